"""Explanations from inside the cell: what was written, kept and shown, and what it came to.

With its gates held as they stood, the network is linear in its tokens, so their contributions make
up the score to the last digit; `sentigate.lstm.contributions` has the algebra. Without torch.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentigate.data.batching import make_batches
from sentigate.explain.records import Contribution, GateCourse, GateReading, Rows, placed
from sentigate.explain.subject import Subject, Unread, open_subject
from sentigate.explain.target import Target, choose_head, choose_target
from sentigate.lstm.contributions import Contributions, contributions, memory_shares
from sentigate.lstm.traces import GateTrace
from sentigate.records import Batch, Status
from sentigate.runtime.numpy_engine import NumpyEngine
from sentigate.runtime.readings import Reader
from sentigate.text.tokenizer import SPACE

Floats = NDArray[np.floating]
GROUPS = 8
MOST_TOKENS = 4_096
"""Tokens laid open at once; each takes some ten kilobytes."""
BLANK = "␣"


class Opened(NamedTuple):
    """Windows of a text, laid open.

    Args:
        traces: every gate, a row a window.
        told: the contributions of their tokens to the score.
    """

    traces: list[GateTrace]
    told: Contributions


def read_gates(
    readers: Sequence[Reader], text: object, head: str | None = None, label: str | None = None
) -> GateReading:
    """Say what every gate did at every token of a text, up to the end of its first window.

    Args:
        readers: the models; the first that reads the text's language is opened.
        text: the input; anything that is no readable text gets a status.
        head: the head by whose answer the units are grouped, as in `explain`.
        label: the label, as in `explain`.

    Raises:
        ConfigError: there is no such head or label, or the model has no gates.
    """
    subject = open_subject(readers, text)
    if isinstance(subject, Unread):
        return GateReading(subject.text, subject.status, subject.language)
    first = replace(subject, cuts=subject.cuts[:1])
    chosen = choose_head(subject.model.config, head, label)
    logits = subject.model.read_rows(first.windows)[chosen.name][0]
    target = choose_target(chosen, label, logits[None])
    engine, end = subject.model.equations, subject.cuts[0][1]
    bias = engine.weights[f"heads.{chosen.name}.bias"]
    (batch,) = make_batches(first.windows)
    opened = open_windows(engine, batch, target, target.slopes(bias, logits))
    tokens = placed(subject.text, subject.encoded.spans[:end], opened.told.inputs[0])
    pieces = subject.pieces[:end]
    return GateReading(
        text=subject.text,
        status=Status.OK,
        language=subject.language,
        model=subject.model.config.name,
        head=chosen.name,
        label=target.label,
        score=float(target.score(logits[None])[0]),
        baseline=float(target.score(bias[None])[0] + opened.told.biases[0]),
        tokens=tuple(_named(token, piece) for token, piece in zip(tokens, pieces, strict=True)),
        courses=gate_courses(opened),
        unread=len(subject.encoded.ids) - end,
    )


def _named(token: Contribution, piece: str) -> Contribution:
    """Give a token that stands for nothing visible the name it has in the tokeniser."""
    return token if token.text else token._replace(text=piece.strip(SPACE) or BLANK)


def gate_contributions(
    subject: Subject, target: Target, logits: Floats
) -> tuple[NDArray[np.float64], float]:
    """Return what each token contributes, and what the score would be without any contribution.

    The baseline is the score of the head's bias and of what the candidates' biases write; with the
    contributions it makes up the score exactly, but for rounding.

    Args:
        subject: the text; a plain RNN has no gates and is refused.
        target: what is explained.
        logits: of the text, [logits].

    Returns:
        float64 [tokens], and the baseline.

    Raises:
        ConfigError: the model has no gates.
    """
    engine = subject.model.equations
    bias = engine.weights[f"heads.{target.head.name}.bias"]
    slopes = target.slopes(bias, logits)
    baseline = float(target.score(bias[None])[0])
    values = np.zeros(len(subject.encoded.ids))
    for batch in make_batches(subject.windows, max_tokens=MOST_TOKENS):
        told = open_windows(engine, batch, target, slopes).told
        baseline += float(told.biases @ subject.shares[batch.order])
        for row, place in enumerate(batch.order.tolist()):
            start, end = subject.cuts[place]
            values[start:end] = told.inputs[row, : end - start] * subject.shares[place]
    return values, baseline


def open_windows(engine: NumpyEngine, batch: Batch, target: Target, slopes: Floats) -> Opened:
    """Read windows and follow the score of each back to its tokens.

    Args:
        engine: the equations of the model.
        batch: the windows.
        target: what is explained.
        slopes: by how much each logit counts, [logits].
    """
    traces = engine.trace(batch)
    last = engine.config.encoder.num_layers - 1
    steps = np.concatenate([one.hidden for one in traces if one.layer == last], axis=2)
    features = slopes @ engine.weights[f"heads.{target.head.name}.weight"]
    demand = _demand(engine, batch, steps, features)
    told = contributions(engine.embed(batch), batch.lengths, engine.layers, traces, demand)
    return Opened(traces, told)


def _demand(engine: NumpyEngine, batch: Batch, steps: Floats, features: Floats) -> Floats:
    """By how much each output counts in the score, [batch, time, width], from how the pooled do."""
    kinds = engine.config.encoder.pooling
    return np.asarray(
        sum(
            engine.shares(kind, steps, batch) * weight
            for kind, weight in zip(kinds, np.split(features, len(kinds)), strict=True)
        )
    )


def gate_courses(opened: Opened, groups: int = GROUPS) -> tuple[GateCourse, ...]:
    """Return what the gates did, token by token, for each layer and direction.

    Args:
        opened: one window laid open.
        groups: into how many the units of a direction are put.
    """
    courses = []
    for layer, demand in enumerate(opened.told.demands):
        traces = [one for one in opened.traces if one.layer == layer]
        for one, half in zip(traces, np.split(demand, len(traces), axis=2), strict=True):
            spoke = (half * one.hidden)[0].sum(axis=0)
            courses.append(_course(one, np.array_split(np.argsort(-spoke), groups)))
    return tuple(courses)


def _course(one: GateTrace, groups: list[NDArray[np.int64]]) -> GateCourse:
    gates, memory = one.gates, one.memory[0]
    before = np.roll(memory, -1 if one.reverse else 1, axis=0)
    before[-1 if one.reverse else 0] = 0.0
    seen = np.tanh(np.abs(memory))
    left = np.abs(memory_shares(one, np.array([len(memory)]))[0]).sum(axis=1)
    kept = _ratio((gates.forget[0] * np.abs(before)).sum(axis=1), np.abs(before).sum(axis=1))
    return GateCourse(
        layer=one.layer,
        reverse=one.reverse,
        **{
            name: _means(course[0], groups)
            for name, course in (*gates._asdict().items(), ("memory", one.memory))
        },
        written=tuple(np.abs(gates.input * gates.candidate)[0].mean(axis=1).tolist()),
        kept=tuple(None if np.isnan(share) else share for share in kept.tolist()),
        shown=tuple(_ratio((gates.output[0] * seen).sum(axis=1), seen.sum(axis=1)).tolist()),
        left=tuple(_ratio(left, left.sum()).tolist()),
    )


def _ratio(part: Floats, whole: Floats) -> Floats:
    """NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=np.asarray(whole) > 0)


def _means(course: Floats, groups: list[NDArray[np.int64]]) -> Rows:
    """[time, hidden] -> the mean of each group's units, [time][groups]."""
    columns = np.stack([course[:, units].mean(axis=1) for units in groups if len(units)], axis=1)
    return tuple(map(tuple, columns.tolist()))
