"""How far explanations can be trusted: what the model says when the words they name are gone.

    ranking ─remove the first, keep only the first─> texts ─model─> probability of the label

A faithful ranking makes the probability fall fast as its words are removed (deletion curve,
comprehensiveness) and rise fast as only they are kept (insertion curve, sufficiency). Samek et al.,
"Evaluating the Visualization of What a Deep Neural Network Has Learned", 2017; DeYoung et al.,
"ERASER", 2020. A random ranking stands beside, for words removed at random hurt too.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import ceil
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sentigate.evaluate.answers import Watch
from sentigate.evaluate.intervals import bounds_of, resampled
from sentigate.explain.attribution import attribute, whole_logits
from sentigate.explain.occlusion import NOTHING
from sentigate.explain.records import Method
from sentigate.explain.subject import Subject, Unread, read_subject
from sentigate.explain.target import Target, choose_head, choose_target
from sentigate.explain.units import By, Unit
from sentigate.runtime.inputs import examine
from sentigate.runtime.model import Ids, Model
from sentigate.text.tokenizer import UNK_ID

Removal = Literal["delete", "unknown"]
Floats = NDArray[np.float64]

CURVE = tuple(share / 10 for share in range(11))
"""Shares of the words at which the curves are taken."""
BINS = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Shares over which ERASER averages comprehensiveness and sufficiency."""
SHARES = tuple(sorted({*CURVE, *BINS}))
RANDOM = "random"
RANKINGS = 5
LEAST_UNITS = 2


FIGURES = ("comprehensiveness", "sufficiency", "aopc_deletion", "aopc_insertion")


def faithfulness(
    model: Model,
    texts: Sequence[object],
    *,
    head: str | None = None,
    methods: Sequence[Method] = ("gates", "occlusion"),
    by: By = "word",
    removal: Removal = "delete",
    watch: Watch = lambda _done, _all: None,
) -> dict[str, Any]:
    """Measure how faithful explanations of a model's decisions are.

    For each text the label decided on is explained, and the model reads the text again with the
    first words of each ranking removed, and with only these kept.

    Args:
        model: the model.
        texts: inputs; what cannot be read, is a single word or is longer than a window is counted
            and left out.
        head: the question, as in `explain`.
        methods: the methods to compare; a random ranking stands beside them.
        by: what is ranked.
        removal: "delete" leaves tokens out; "unknown" puts the unknown token in their place, which
            keeps the text's length.
        watch: called with the number of texts done and of all.

    Returns:
        `n` texts, what was `skipped`, the `shares` of the curves, and for each of the `methods`,
        "random" among them, means over the texts: `comprehensiveness` (p - p without the first
        words, over 1 to 50 % of them; higher is better), `sufficiency` (p - p of only these;
        lower is better), `aopc_deletion` and `aopc_insertion` (mean fall and rise over the whole
        curve; higher is better), the curves `deletion` and `insertion`, `seconds` a text, and
        `above_random`: the difference to the random ranking for each figure, with its 95 %
        interval.

    Raises:
        ConfigError: there is no such head, or a method does not fit the model.

    Example:
        >>> from sentigate.model.artifact import find_model
        >>> found = faithfulness(Model.open(find_model("en")), ["What a lovely day!"] * 20)
        >>> found["methods"]["gates"]["above_random"]["comprehensiveness"]["difference"] > 0
        True
    """
    skipped: Counter[str] = Counter()
    seconds: dict[str, float] = defaultdict(float)
    found: list[Mapping[str, Floats]] = []
    for number, value in enumerate(texts, start=1):
        text, status = examine(value)
        subject = read_subject(model, text) if text is not None else Unread(None, status)
        if isinstance(subject, Unread):
            skipped[str(subject.status)] += 1
        elif len(subject.cuts) > 1:
            skipped["long"] += 1
        elif len(units := subject.units(by)) < LEAST_UNITS:
            skipped["short"] += 1
        else:
            target, logits = _asked(subject, head)
            rankings = _rankings(subject, target, logits, units, methods, seconds)
            found.append(_curves(subject, target, units, rankings, removal))
        watch(number, len(texts))
    return {
        "model": model.config.name,
        "n": len(found),
        "skipped": dict(skipped),
        "by": by,
        "removal": removal,
        "shares": list(CURVE),
        "methods": _summary(found, seconds) if found else {},
    }


def sample(texts: Sequence[str], most: int, seed: int = 0) -> list[str]:
    """Draw texts without replacement; the same ones for the same texts and seed.

    Example:
        >>> sample(["a", "b", "c"], 2) == sample(["a", "b", "c"], 2)
        True
    """
    places = np.random.default_rng(seed).permutation(len(texts))[:most]
    return [texts[place] for place in sorted(places.tolist())]


def _asked(subject: Subject, head: str | None) -> tuple[Target, NDArray[np.float32]]:
    """What is explained, and the logits of the whole text."""
    chosen = choose_head(subject.model.config, head, None)
    logits = whole_logits(subject, chosen.name)
    return choose_target(chosen, None, logits[None]), logits


def _rankings(
    subject: Subject,
    target: Target,
    logits: NDArray[np.float32],
    units: Sequence[Unit],
    methods: Sequence[Method],
    seconds: dict[str, float],
) -> dict[str, list[NDArray[np.int64]]]:
    """The units from the strongest to the weakest, by each method, and by chance several times."""
    rankings = {}
    for method in methods:
        start = perf_counter()
        values = attribute(subject, target, logits, method, units).units
        seconds[method] += perf_counter() - start
        rankings[str(method)] = [np.argsort(-values, kind="stable")]
    random = np.random.default_rng(len(units))
    rankings[RANDOM] = [random.permutation(len(units)) for _ in range(RANKINGS)]
    return rankings


def _curves(
    subject: Subject,
    target: Target,
    units: Sequence[Unit],
    rankings: Mapping[str, Sequence[NDArray[np.int64]]],
    removal: Removal,
) -> dict[str, Floats]:
    """The label's probability without the first units and with only these, [2, shares] a method."""
    counts = [ceil(share * len(units)) for share in SHARES]
    rows: dict[bytes, Ids] = {}
    places: dict[str, list[bytes]] = defaultdict(list)
    for method, orders in rankings.items():
        for order in orders:
            parts = [(order[count:], order[:count]) for count in counts]
            for kept in (*(rest for rest, _ in parts), *(first for _, first in parts)):
                row = _with_only(subject, units, kept, removal)
                places[method].append(row.tobytes())
                rows[row.tobytes()] = row
    logits = subject.model.read_rows(list(rows.values()))[target.head.name]
    read = dict(zip(rows, target.probability(logits).tolist(), strict=True))
    return {
        method: np.array([read[key] for key in keys]).reshape(-1, 2, len(SHARES)).mean(axis=0)
        for method, keys in places.items()
    }


def _with_only(
    subject: Subject, units: Sequence[Unit], kept: NDArray[np.int64], removal: Removal
) -> Ids:
    """The tokens of a text of which only some units are left."""
    stays = np.zeros(len(subject.encoded.ids), dtype=bool)
    for place in kept.tolist():
        stays[units[place].first : units[place].last] = True
    if removal == "unknown":
        return np.where(stays, subject.encoded.ids, np.int32(UNK_ID))
    row = subject.encoded.ids[stays]
    return row if len(row) else NOTHING


def _figures(curves: Floats) -> Floats:
    """[texts, 2, shares] -> [texts, figures]."""
    whole, nothing = curves[:, 0, 0], curves[:, 1, 0]
    bins = [SHARES.index(share) for share in BINS]
    points = [SHARES.index(share) for share in CURVE[1:]]
    removed, kept = curves[:, 0], curves[:, 1]
    return np.stack(
        [
            whole - removed[:, bins].mean(axis=1),
            whole - kept[:, bins].mean(axis=1),
            whole - removed[:, points].mean(axis=1),
            kept[:, points].mean(axis=1) - nothing,
        ],
        axis=1,
    )


def _summary(
    found: Sequence[Mapping[str, Floats]], seconds: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    chance = _figures(np.stack([one[RANDOM] for one in found]))
    points = [SHARES.index(share) for share in CURVE]
    summary = {}
    for method in found[0]:
        curves = np.stack([one[method] for one in found])
        figures = _figures(curves)
        deletion, insertion = curves.mean(axis=0)[:, points].tolist()
        summary[method] = {
            **dict(zip(FIGURES, figures.mean(axis=0).tolist(), strict=True)),
            "deletion": deletion,
            "insertion": insertion,
        }
        if method != RANDOM:
            summary[method]["seconds"] = seconds[method] / len(found)
            summary[method]["above_random"] = _above(figures - chance)
    return summary


def _above(differences: Floats) -> dict[str, dict[str, Any]]:
    """The mean difference of each figure, and between which bounds it lies; [texts, figures]."""
    drawn = resampled(differences) / len(differences)
    return {
        name: {"difference": float(column.mean()), "interval": bounds_of(draws)}
        for name, column, draws in zip(FIGURES, differences.T, drawn.T, strict=True)
    }
