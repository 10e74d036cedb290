"""From a text to an `Attribution`: which method, which head and label, sums over words."""

from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from sentigate.errors import ConfigError, suggestion
from sentigate.explain.gates import gate_contributions
from sentigate.explain.gradients import gradient_contributions
from sentigate.explain.occlusion import occlusion_effects, reading_cost
from sentigate.explain.records import Attribution, Method, placed
from sentigate.explain.subject import Subject, Unread, open_subject
from sentigate.explain.target import Target, choose_head, choose_target
from sentigate.explain.units import By, Unit
from sentigate.records import Status
from sentigate.runtime.readings import Reader

Floats = NDArray[np.floating]
QUICK = 30_000
"""Tokens to be read up to which occlusion is taken without being asked for: under a second."""


class Found(NamedTuple):
    """What a method finds.

    Args:
        units: the contribution of each unit, float64 [units].
        tokens: of each token, float64 [tokens].
        baseline: the score without any of them; None where the method knows none.
    """

    units: NDArray[np.float64]
    tokens: NDArray[np.float64]
    baseline: float | None


def explain(
    readers: Sequence[Reader],
    text: object,
    head: str | None = None,
    label: str | None = None,
    method: Method = "auto",
    by: By = "word",
) -> Attribution:
    """Say which words an answer comes from.

    Args:
        readers: the models; the first that reads the text's language is explained.
        text: the input; anything that is no readable text gets a status.
        head: the question; without it, the one that knows the label, else `sentiment`.
        label: the answer whose reasons are wanted; without it, the one that the head decides on.
        method: "gates", "occlusion", "gradients", or "auto"; see `best_method`.
        by: "word", "phrase" or "sentence".

    Raises:
        ConfigError: there is no such head, label, method or unit; or the text is too long for the
            method.
        MissingExtraError: for "gradients", torch or Captum is not installed.
    """
    _check("method", method, get_args(Method))
    _check("unit", by, get_args(By))
    subject = open_subject(readers, text)
    if isinstance(subject, Unread):
        return Attribution(subject.text, subject.status, subject.language)
    chosen = choose_head(subject.model.config, head, label)
    logits = whole_logits(subject, chosen.name)
    target = choose_target(chosen, label, logits[None])
    units = subject.units(by)
    if method == "auto":
        method = best_method(subject, units)
    found = attribute(subject, target, logits, method, units)
    return _record(subject, target, logits, method, by, units, found)


def best_method(subject: Subject, units: Sequence[Unit]) -> Method:
    """Return the method that `auto` takes.

    Occlusion, which on the shipped models is as faithful as any and sees what a negation turns
    (`docs/explanations.md` has the figures), for as long as it is quick; then gates, which cost one
    reading, where the network has them.
    """
    gated = subject.model.config.encoder.cell == "lstm"
    return "gates" if gated and reading_cost(subject, units) > QUICK else "occlusion"


def whole_logits(subject: Subject, head: str) -> NDArray[np.float32]:
    """Return the logits of the whole text, float32 [logits], as a prediction has them."""
    windows = subject.model.read_rows(subject.windows)[head]
    logits: NDArray[np.float32] = (windows * subject.shares[:, None]).sum(axis=0)
    return logits


def attribute(
    subject: Subject, target: Target, logits: Floats, method: Method, units: Sequence[Unit]
) -> Found:
    """Find the contributions of units and tokens by a method.

    Args:
        subject: the text.
        target: what is explained.
        logits: of the text, [logits].
        method: any but "auto".
        units: words, phrases or sentences; their contributions are sums over their tokens, save for
            occlusion, where it is the other way round and tokens get equal shares.
    """
    if method == "occlusion":
        effects = occlusion_effects(subject, target, units)
        sizes = [unit.last - unit.first for unit in units]
        return Found(effects, np.repeat(effects / sizes, sizes), None)
    find = gate_contributions if method == "gates" else gradient_contributions
    tokens, baseline = find(subject, target, logits)
    return Found(np.add.reduceat(tokens, [unit.first for unit in units]), tokens, baseline)


def _record(
    subject: Subject,
    target: Target,
    logits: Floats,
    method: Method,
    by: By,
    units: Sequence[Unit],
    found: Found,
) -> Attribution:
    score = float(target.score(logits[None])[0])
    baseline = found.baseline
    residual = None if baseline is None else score - baseline - float(found.tokens.sum())
    return Attribution(
        text=subject.text,
        status=Status.OK,
        language=subject.language,
        model=subject.model.config.name,
        head=target.head.name,
        label=target.label,
        method=method,
        by=by,
        score=score,
        unit=target.unit,
        probability=float(target.probability(logits[None])[0]),
        baseline=baseline,
        residual=residual,
        words=placed(subject.text, [(unit.start, unit.end) for unit in units], found.units),
        tokens=placed(subject.text, subject.encoded.spans, found.tokens),
    )


def _check(what: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ConfigError([f"there is no {what} {name!r}{suggestion(name, list(known))}"])
