"""An evaluation as a page, as Markdown, as metrics.json and as files of plots.

    Evaluations, Comparisons, Duplicates ─Report─> report.html  report.md  metrics.json  plots/

Everything is computed elsewhere; here it is chosen, named and written. Needs the extra `report`.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from sentigate import __version__
from sentigate.evaluate.abstain import Band, band, risk_coverage
from sentigate.evaluate.calibration import reliability
from sentigate.evaluate.compare import Comparison
from sentigate.evaluate.duplicates import Duplicate
from sentigate.evaluate.errors import (
    Confusion,
    Mistake,
    Suspect,
    confusions,
    mistakes,
    suspects,
)
from sentigate.evaluate.evaluation import TITLES, Evaluation, uncalibrated
from sentigate.evaluate.plots import (
    MOST_CURVES,
    Plot,
    coverage_plot,
    numbers_plot,
    precision_recall_plot,
    reliability_plot,
    roc_plot,
)
from sentigate.evaluate.slices import Slice
from sentigate.extras import require
from sentigate.files import write_aside
from sentigate.pages import figure, render
from sentigate.records import gives_one_label

MOST_ROWS, MOST_GROUPS = 30, 8
BANDS = (0.5, 0.6, 0.7, 0.8, 0.9)
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Chapter:
    """What a report tells of one model beside its figures.

    Args:
        number: from 1; names the files of its plots.
        evaluation: the figures.
    """

    number: int
    evaluation: Evaluation

    @cached_property
    def mistakes(self) -> list[Mistake]:
        """All wrong answers, the worst first."""
        return mistakes(self.evaluation.answers)

    @cached_property
    def confusions(self) -> list[Confusion]:
        """Which label is taken for which."""
        return confusions(self.evaluation.answers)

    @cached_property
    def suspects(self) -> list[Suspect]:
        """Labels of the file that look wrong."""
        return suspects(self.evaluation.answers)

    @cached_property
    def suspect_groups(self) -> list[list[Suspect]]:
        """The same by which label looks like which, the largest groups first."""
        groups: dict[tuple[str, str], list[Suspect]] = defaultdict(list)
        for one in self.suspects:
            groups[one.given, one.likely].append(one)
        return sorted(groups.values(), key=len, reverse=True)[:MOST_GROUPS]

    @cached_property
    def slices(self) -> list[tuple[str, list[Slice]]]:
        """The slices by what parts them."""
        parts = groupby(self.evaluation.slices, key=lambda one: one.by)
        return [(by, list(slices)) for by, slices in parts]

    @cached_property
    def bands(self) -> list[Band]:
        """What is left if answers below some probabilities are withheld."""
        answers, asked = self.evaluation.answers, self.evaluation.abstain
        if not gives_one_label(answers.head.kind):
            return []
        bounds = {*BANDS, *([asked.below] if asked else [])}
        return [band(answers, below) for below in sorted(bounds)]

    @cached_property
    def plots(self) -> dict[str, Plot]:
        """The plots that this kind of head has, by what they show."""
        names = ("roc", "precision-recall", "reliability", "coverage", "numbers")
        return dict(self._plots({name: f"{name}-{self.number}" for name in names}))

    def _plots(self, names: dict[str, str]) -> Iterator[tuple[str, Plot]]:
        answers = self.evaluation.answers
        if answers.head.kind == "regression":
            said, true = answers.logits[:, 0].astype(float), answers.targets.astype(float)
            yield "numbers", numbers_plot(names["numbers"], true, said)
            return
        frequent = self.drawn
        if frequent:
            yield "roc", roc_plot(names["roc"], frequent)
            yield "precision_recall", precision_recall_plot(names["precision-recall"], frequent)
        bins = {
            name: reliability(one.probabilities, one.claims)
            for name, one in (("as it is", answers), ("without temperature", uncalibrated(answers)))
        }
        yield "reliability", reliability_plot(names["reliability"], bins)
        if gives_one_label(answers.head.kind):
            yield "coverage", coverage_plot(names["coverage"], risk_coverage(answers))

    @property
    def drawn(self) -> list[Any]:
        """The curves that are drawn: those of the most frequent classes."""
        support = self.evaluation.figures["per_class"]
        ranked = sorted(self.evaluation.curves, key=lambda one: -support[one.label]["support"])
        chosen = {one.label for one in ranked[:MOST_CURVES]}
        return [one for one in self.evaluation.curves if one.label in chosen]

    def to_dict(self) -> dict[str, Any]:
        """Return what `metrics.json` holds of one model."""
        return self.evaluation.to_dict() | {
            "bands": [asdict(one) for one in self.bands],
            "mistakes": [asdict(one) for one in self.mistakes[:MOST_ROWS]],
            "confusions": [asdict(one) for one in self.confusions[:MOST_ROWS]],
            "likely_label_errors": len(self.suspects),
            "suspects": [asdict(one) for one in self.suspects[:MOST_ROWS]],
        }


@dataclass(frozen=True)
class Report:
    """All that is told of one or several models on one file.

    Args:
        data: name of the file.
        evaluations: of each model.
        comparisons: of the first model with each of the others.
        train: name of the training file that was searched for the texts of this one, or None.
        duplicates: what was found there.
        command: what makes this report again.
    """

    data: str
    evaluations: Sequence[Evaluation]
    comparisons: Sequence[Comparison] = ()
    train: str | None = None
    duplicates: Sequence[Duplicate] = ()
    command: str = ""

    @cached_property
    def chapters(self) -> list[Chapter]:
        """One for each model."""
        return [Chapter(number, one) for number, one in enumerate(self.evaluations, start=1)]

    def to_dict(self) -> dict[str, Any]:
        """Return what `metrics.json` holds."""
        return {
            "sentigate": __version__,
            "data": self.data,
            "command": self.command,
            "models": [chapter.to_dict() for chapter in self.chapters],
            "comparisons": [asdict(one) for one in self.comparisons],
            "train": self.train,
            "near_duplicates": [asdict(one) for one in self.duplicates],
        }

    def html(self) -> str:
        """Return the page: one file that opens offline."""
        return render("report.html", **self._values())

    def markdown(self) -> str:
        """Return the same as Markdown, whose plots lie beside it."""
        return render("report.md", **self._values())

    def _values(self) -> dict[str, Any]:
        return {
            "report": self,
            "several": len(self.evaluations) > 1,
            "named": TITLES,
            "shown": [
                name for name in TITLES if any(name in one.figures for one in self.evaluations)
            ],
            "most": MOST_ROWS,
            "version": __version__,
            "excerpt": excerpt,
        }


def check_installed() -> None:
    """Make sure that a report can be made, before the work that it will tell of.

    Raises:
        MissingExtraError: jinja2 or matplotlib is not installed.
    """
    for module in ("jinja2", "matplotlib"):
        require(module, "report")


def write_report(report: Report, folder: Path) -> None:
    """Write all files of a report; others that lie in the folder stay.

    Args:
        report: what to tell.
        folder: where to; made if need be.

    Raises:
        OutputError: the place cannot be written.
        MissingExtraError: jinja2 or matplotlib is not installed.
    """
    metrics = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    files = {"report.html": report.html(), "report.md": report.markdown(), "metrics.json": metrics}
    for plot in (plot for chapter in report.chapters for plot in chapter.plots.values()):
        plot.write(folder / "plots")
    for name, content in files.items():
        with write_aside(folder / name) as aside:
            # A lone surrogate in a text must not end the report.
            aside.write_bytes(content.encode("utf-8", "replace"))


def card_section(result: Evaluation, data: str) -> tuple[str, str]:
    """Return a section for the card of a model: its title and its content as Markdown.

    Args:
        result: the figures.
        data: name of the file.
    """
    named = [(title, name) for name, title in TITLES.items() if name in result.figures]
    rows = [
        f"| {title} | {figure(result.figures[name])} | {_bounds(result.intervals.get(name))} |"
        for title, name in named
    ]
    heading = f"{figure(result.figures['n'])} labelled texts, head `{result.answers.head.name}`."
    table = "\n".join(["| | value | 95 % interval |", "| --- | ---: | ---: |", *rows])
    return f"Measured on {' '.join(data.split())}", f"{heading}\n\n{table}"


def _bounds(interval: Sequence[float] | None) -> str:
    return f"{figure(interval[0])}–{figure(interval[1])}" if interval else ""


def excerpt(text: str) -> str:
    r"""Return the beginning of a text as a page may hold it: without control characters.

    Example:
        >>> excerpt("bell\a and\nline")
        'bell\ufffd and\nline'
    """
    cut = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT].rstrip()} …"
    return "".join(
        "\ufffd" if unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" else one
        for one in cut
    )
