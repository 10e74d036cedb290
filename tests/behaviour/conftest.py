"""A stand-in for a model: from a function that gives a text its score."""

import pytest

from sentigate.records import HeadResult, Prediction, Status

LABELS = ("negative", "neutral", "positive")


def prediction(text, table):
    """What a head with these probabilities would say."""
    head = HeadResult("multiclass", (max(table, key=table.get),), table)
    return Prediction(text, Status.OK, "en", "stub", {"sentiment": head}, 3)


@pytest.fixture
def answer_by():
    """Return a function that makes an `answer` for `check` from a scoring function."""

    def make(score, labels=LABELS):
        def answer(texts):
            for text in texts:
                value = score(text)
                table = dict.fromkeys(labels, (1 - abs(value)) / len(labels))
                if value:
                    table["negative" if value < 0 else "positive"] += abs(value)
                else:
                    table[labels[1]] += 0.01
                yield prediction(text, table)

        return answer

    return make
