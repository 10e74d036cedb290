import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.config import HeadConfig
from sentigate.errors import DataError
from sentigate.train.sources import (
    Source,
    adjustments,
    class_weights,
    crop,
    dev_loader,
    soft_source,
    train_loader,
)

THREE = HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive"))


def source(lengths, rows_per_epoch=0, first=1):
    ids = tuple(
        np.full(length, first + place, dtype=np.int32) for place, length in enumerate(lengths)
    )
    targets = np.arange(len(lengths)) % 3
    return Source("s", "sentiment", ids, targets, np.unique(targets), rows_per_epoch)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(1, 8), st.integers(0, 9))
def test_an_epoch_holds_every_row_of_every_source_once(lengths, batch_size, seed):
    sources = [source(lengths), source(lengths, first=1000)]
    batches = list(train_loader(sources, batch_size, seed))
    seen = sorted(int(ids) for batch in batches for ids in batch.ids[:, 0])
    assert seen == sorted(int(row[0]) for one in sources for row in one.ids)
    for batch in batches:
        assert 1 <= len(batch.ids) <= batch_size
        first = sources[batch.source].ids[0][0]
        for ids, length, target in zip(batch.ids, batch.lengths, batch.targets, strict=True):
            place = int(ids[0]) - int(first)
            assert int(length) == lengths[place]
            assert int(target) == place % 3
            assert not ids[length:].any()


def test_batches_depend_on_seed_and_epoch_alone():
    def order(seed, epoch):
        loader = train_loader([source(range(1, 60))], 4, seed)
        loader.sampler.set_epoch(epoch)
        return [batch.ids[:, 0].tolist() for batch in loader]

    assert order(3, 0) == order(3, 0)
    assert order(3, 0) != order(4, 0)
    assert order(3, 0) != order(3, 1)


@pytest.mark.parametrize(("rows", "least", "most"), [(3, 0, 1), (25, 2, 3)])
def test_rows_per_epoch_draws_evenly(rows, least, most):
    drawn = source([5] * 10, rows_per_epoch=rows).draw(seed=1)
    counts = np.bincount(drawn, minlength=10)
    assert len(drawn) == rows
    assert counts.min() >= least
    assert counts.max() <= most


def test_dev_rows_come_once_each():
    batches = list(dev_loader([source([3, 9, 1, 4])], 3))
    assert sorted(int(ids) for batch in batches for ids in batch.ids[:, 0]) == [1, 2, 3, 4]


@given(st.integers(1, 50), st.integers(1, 20))
def test_crop_keeps_beginning_and_end(length, max_tokens):
    ids = np.arange(length, dtype=np.int32)
    kept = crop(ids, max_tokens)
    assert len(kept) == min(length, max_tokens)
    assert kept[0] == 0
    assert max_tokens == 1 or kept[-1] == length - 1


@pytest.mark.parametrize("kind", ["multiclass", "ordinal"])
def test_balanced_weights_give_each_class_the_same_total(kind):
    rows = source([1] * 12)
    unbalanced = Source(
        "s", "sentiment", rows.ids, np.array([0] * 9 + [2] * 3), np.array([0, 2]), 0
    )
    weights = class_weights(unbalanced, THREE.model_copy(update={"kind": kind}))
    assert weights.tolist() == pytest.approx([12 / 18, 2.0])


TEXTS = ["the food was good", "", "the food was bad", "it is open on Monday"]
ANSWERS = np.array([[0.1, 0.1, 0.8], [1, 0, 0], [np.nan] * 3, [0.2, 0.5, 0.3]], np.float32)


def test_a_text_without_tokens_or_answer_teaches_nothing(tokenizer):
    soft = soft_source("web", TEXTS, ANSWERS, THREE, tokenizer, 64)
    np.testing.assert_allclose(soft.targets, ANSWERS[[0, 3]], rtol=1e-6)
    assert len(soft.ids) == 2
    (batch,) = train_loader([soft], 4, seed=0)
    assert batch.targets.shape == (2, 3)


def test_answers_are_not_balanced_unless_asked_for_and_then_by_their_sums(tokenizer):
    soft = soft_source("web", TEXTS, ANSWERS, THREE, tokenizer, 64)
    assert class_weights(soft, THREE) is None
    assert adjustments(soft, THREE)[1] is None
    columns, added = adjustments(replace(soft, logit_adjustment=1.0), THREE)
    shares = np.maximum(ANSWERS[[0, 3]].sum(axis=0), 1) / 2
    np.testing.assert_allclose(added, np.log(shares), rtol=1e-6)
    assert columns.tolist() == [0, 1, 2]


def test_half_the_adjustment_is_half_for_unseen_labels_too():
    two = Source("s", "sentiment", (np.array([1]),) * 4, np.array([0, 2, 0, 2]), np.array([0, 2]))
    two = replace(two, unseen_share=0.15)
    for power in (1.0, 0.5):
        columns, added = adjustments(replace(two, logit_adjustment=power), THREE)
        assert columns.tolist() == [0, 1, 2]
        np.testing.assert_allclose(added, power * np.log([0.5, 0.15, 0.5]), rtol=1e-6)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (np.ones((4, 2)), "expected (4, 3)"),
        (np.full((4, 3), -2.0), "not logits"),
        (np.full((4, 3), 0.5), "add up to 1.5"),
    ],
)
def test_answers_that_are_no_probabilities_are_refused(tokenizer, answers, said):
    with pytest.raises(DataError, match=re.escape(said)):
        soft_source("web", TEXTS, answers.astype(np.float32), THREE, tokenizer, 64)


@pytest.mark.parametrize(
    ("kind", "labels", "answers", "targets"),
    [
        ("binary", ("no", "yes"), [[0.25, 0.75]], [0.75]),
        ("multilabel", ("joy", "fear"), [[0.5, 1.0]], [[0.5, 1.0]]),
        ("regression", (), [[4.5]], [4.5]),
    ],
)
def test_soft_targets_of_each_kind(tokenizer, kind, labels, answers, targets):
    head = HeadConfig(name="label", kind=kind, labels=labels)
    soft = soft_source("web", ["good"], np.array(answers, np.float32), head, tokenizer, 64)
    assert soft.targets.tolist() == targets
