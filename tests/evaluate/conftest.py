"""Answers made of numbers, for tests of what is made from answers."""

import numpy as np
import pytest

from sentigate.config import HeadConfig
from sentigate.evaluate.answers import Answers


@pytest.fixture(scope="session")
def answers_to():
    """Return a function that makes `Answers` from a head, logits and targets."""

    def make(head, logits, targets, **others):
        rows = len(logits)
        values = {
            "model": "m",
            "texts": tuple(f"text {row}" for row in range(rows)),
            "places": np.arange(rows),
            "tokens": np.full(rows, 3),
            "allowed": None,
            "skipped": {},
            "notes": (),
        }
        logits, targets = np.asarray(logits, np.float32), np.asarray(targets)
        return Answers(head=head, logits=logits, targets=targets, **(values | others))

    return make


@pytest.fixture(scope="session")
def drawn(answers_to):
    """Return a function that makes answers of a head which is right more or less often."""

    def make(head, rows=200, skill=1.5, seed=0, **others):
        rng = np.random.default_rng(seed)
        noise = np.random.default_rng(seed + 1).normal(size=(rows, head.logits))
        if head.kind == "regression":
            targets = rng.normal(size=rows)
            return answers_to(head, targets[:, None] + noise / skill, targets, **others)
        if head.kind == "multilabel":
            targets = (rng.random((rows, head.logits)) < 0.3).astype(int)
            return answers_to(head, (2 * targets - 1) * skill + noise, targets, **others)
        targets = rng.integers(0, len(head.labels), size=rows)
        if head.kind == "binary":
            return answers_to(head, (2 * targets[:, None] - 1) * skill + noise, targets, **others)
        if head.kind == "ordinal":
            climbs = 2 * (np.arange(head.logits) < targets[:, None]) - 1
            return answers_to(head, climbs * skill + noise, targets, **others)
        return answers_to(head, np.eye(head.logits)[targets] * skill + noise, targets, **others)

    return make


@pytest.fixture(scope="session")
def heads():
    """One head of each kind, by kind."""
    return {
        head.kind: head
        for head in (
            HeadConfig(name="mood", kind="binary", labels=("bad", "good")),
            HeadConfig(name="label", kind="multiclass", labels=("a", "b", "c")),
            HeadConfig(name="marks", kind="ordinal", labels=("1", "2", "3", "4")),
            HeadConfig(name="tags", kind="multilabel", labels=("x", "y", "z")),
            HeadConfig(name="stars", kind="regression"),
        )
    }
