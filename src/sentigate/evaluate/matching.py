"""Which label of a head a label in a file means, where it is spelt another way.

Only what is unambiguous is matched; the rest is refused with a way out.
"""

from collections.abc import Sequence

from sentigate.data.scales import canonical, polarity
from sentigate.errors import DataError, suggestion

# Numberings of polarity in data sets; one counts only if a file has exactly its numbers.
NUMBERINGS: tuple[dict[str, str], ...] = (
    {"0": "negative", "1": "positive"},
    {"-1": "negative", "1": "positive"},
    {"0": "negative", "4": "positive"},
    {"-1": "negative", "0": "neutral", "1": "positive"},
    {"0": "negative", "1": "neutral", "2": "positive"},
    {"0": "negative", "2": "neutral", "4": "positive"},
)


def match_labels(found: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Say for each label of a file which label of the head it means.

    Args:
        found: the distinct labels of the file.
        known: the labels of the head.

    Raises:
        DataError: a label of the file means none of the head's, or nobody can tell which.

    Example:
        >>> match_labels(["pos", "Negative"], ["negative", "neutral", "positive"])
        {'pos': 'positive', 'Negative': 'negative'}
        >>> match_labels(["0", "1"], ["negative", "neutral", "positive"])
        {'0': 'negative', '1': 'positive'}
    """
    matches = {label: _match(label, known) for label in found}
    if None in matches.values():
        words = _numbering(found)
        matches = {label: _match(words.get(canonical(label), label), known) for label in found}
    for label, match in matches.items():
        if match is None:
            raise DataError(
                f"the label {label!r} is none of the head's{suggestion(label, list(known))}; "
                "rename it in the file, choose another head with --head, or train a model on "
                "these labels with `sentigate train`"
            )
    return {label: match for label, match in matches.items() if match is not None}


def _match(label: str, known: Sequence[str]) -> str | None:
    """The one label of the head that is written so, or stands for the same feeling."""
    if label in known:
        return label
    same = [name for name in known if canonical(name) == canonical(label)]
    alike = [name for name in known if polarity(name) == polarity(label) is not None]
    candidates = same or alike
    return candidates[0] if len(candidates) == 1 else None


def _numbering(found: Sequence[str]) -> dict[str, str]:
    """The words behind the numbers of a file, by canonical number; nothing if nobody can tell."""
    numbers = {canonical(label) for label in found}
    for numbering in NUMBERINGS:
        words = {canonical(number): word for number, word in numbering.items()}
        if set(words) == numbers:
            return words
    return {}
