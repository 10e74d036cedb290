"""Plots, for what a number does not say: curves and points, as SVG for a page and as files.

The only importer of matplotlib (extra `report`). Knows arrays and names, no model and no page.
"""

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sentigate.evaluate.answers import Floats
from sentigate.evaluate.calibration import Bin
from sentigate.evaluate.curves import Curves
from sentigate.extras import require
from sentigate.files import write_aside

INK, MUTED, LINE = "#1f2023", "#686970", "#e2dfd8"
SERIES = ("#2c5a8c", "#b0432b", "#17756a", "#8a6d1f", "#74508f", "#5d5e66")
STROKES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (3, 3)))
PROPERTIES = {
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    **{colour: f"--series-{place}" for place, colour in enumerate(SERIES, start=1)},
}
"""The custom property of a page that stands for each colour: plots turn dark with their page."""

MOST_CURVES = len(SERIES)
_POINTS = 300
_FONTS = ("DejaVu Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei")
_FORMATS = ("svg", "png")
_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


@dataclass(frozen=True, slots=True)
class Plot:
    """A finished plot.

    Args:
        name: a name for its files.
        title: what it shows, in a few words, also for those who cannot see it.
        figure: matplotlib's figure.
    """

    name: str
    title: str
    figure: Any

    def svg(self) -> str:
        """Return it as SVG to stand in a page: with the page's colours and fonts, without ids."""
        stream = io.StringIO()
        with _style():
            self.figure.savefig(stream, format="svg", metadata=_NO_METADATA, transparent=True)
        text = re.sub(
            r"<style.*?</style>|<g id=\"[^\"]*\"", _only_tag, stream.getvalue(), flags=re.S
        )
        text = re.sub(r"font-family: [^;\"]*;?", "", text[text.index("<svg") :])
        for colour, name in PROPERTIES.items():
            text = text.replace(colour, f"var({name})")
        return text.replace("<svg", f'<svg role="img" aria-label="{self.title}"', 1)

    def write(self, folder: Path) -> None:
        """Write it as NAME.svg and NAME.png.

        Raises:
            OutputError: the place cannot be written.
        """
        for form in _FORMATS:
            with _style(), write_aside(folder / f"{self.name}.{form}") as aside:
                metadata = _NO_METADATA if form == "svg" else None
                self.figure.savefig(aside, format=form, dpi=200, metadata=metadata)


def reliability_plot(name: str, series: Mapping[str, Sequence[Bin]]) -> Plot:
    """Draw how often claims came true against how probable they were said to be.

    Args:
        name: of the plot's files.
        series: by name, bins of claims; the size of a point tells how many claims it stands for.
    """
    with _axes("claimed probability", "share that came true") as (figure, axes):
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
        for place, (label, bins) in enumerate(series.items()):
            claimed, true, n = (np.array(column) for column in zip(*bins, strict=True))
            axes.plot(claimed, true, label=label, **_pen(place))
            axes.scatter(claimed, true, s=5 + 60 * n / n.max(), color=SERIES[place], linewidths=0)
        axes.legend(loc="upper left")
    return Plot(name, "How often what is claimed with some probability is true", figure)


def coverage_plot(name: str, curve: Floats) -> Plot:
    """Draw the accuracy of what is answered against the share that is; [2, points]."""
    with _axes("share of rows answered, the surest first", "accuracy of the answers") as (
        figure,
        axes,
    ):
        axes.plot(*_thinned(curve), **_pen(0))
        axes.set_ylim(max(0.0, float(curve[1].min()) - 0.05), 1.01)
    return Plot(name, "Accuracy of the surest answers", figure)


def roc_plot(name: str, curves: Sequence[Curves]) -> Plot:
    """Draw the ROC curves of at most six classes."""
    with _axes("false positive rate", "true positive rate") as (figure, axes):
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=":")
        for place, one in enumerate(curves[:MOST_CURVES]):
            axes.plot(*_thinned(one.roc), label=one.label, **_pen(place))
        axes.legend(loc="lower right")
    return Plot(name, "ROC curves", figure)


def precision_recall_plot(name: str, curves: Sequence[Curves]) -> Plot:
    """Draw the precision-recall curves of at most six classes."""
    with _axes("recall", "precision") as (figure, axes):
        for place, one in enumerate(curves[:MOST_CURVES]):
            axes.plot(*_thinned(one.precision_recall), label=one.label, **_pen(place))
        axes.set_ylim(0, 1.02)
        axes.legend(loc="best")
    return Plot(name, "Precision-recall curves", figure)


def numbers_plot(name: str, true: Floats, said: Floats) -> Plot:
    """Draw the answers of a regression head against the truth; each [rows]."""
    with _axes("the file says", "the model says", layout="constrained") as (figure, axes):
        low, high = float(min(true.min(), said.min())), float(max(true.max(), said.max()))
        axes.plot([low, high], [low, high], color=MUTED, linewidth=0.8, linestyle=":")
        axes.scatter(true, said, s=8, alpha=0.5, color=SERIES[0], linewidths=0, rasterized=True)
    return Plot(name, "Answers against the truth", figure)


@contextmanager
def _axes(x: str, y: str, layout: str | None = None) -> Iterator[tuple[Any, Any]]:
    """A figure with one pair of axes, in the house style while it is drawn.

    Shares and rates have ticks of one width, so that fixed margins do; a layout that measures
    takes three times as long.
    """
    with _style():
        figure = require("matplotlib.figure", "report").Figure(figsize=(4.4, 3.4), layout=layout)
        if layout is None:
            figure.subplots_adjust(left=0.15, right=0.985, bottom=0.135, top=0.98)
        axes = figure.add_subplot(xlabel=x, ylabel=y)
        yield figure, axes


@contextmanager
def _style() -> Iterator[None]:
    matplotlib = require("matplotlib", "report")
    known = set(require("matplotlib.font_manager", "report").get_font_names())
    settings = {
        "font.family": [font for font in _FONTS if font in known],
        "font.size": 9,
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "sentigate",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": LINE,
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "legend.fontsize": 8,
        "legend.handlelength": 3,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # A label in a script that no font here has: boxes in the PNG, right in the SVG.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _pen(place: int) -> dict[str, Any]:
    """Lines differ in stroke too, for those who see no difference of colour."""
    return {"color": SERIES[place], "linestyle": STROKES[place], "linewidth": 1.4}


def _thinned(curve: Floats) -> Floats:
    """At most some hundred points of a curve, its ends among them: [2, points]."""
    last = curve.shape[1] - 1
    return curve[:, np.unique(np.linspace(0, last, _POINTS).round().astype(int))]


def _only_tag(found: re.Match[str]) -> str:
    """A group without its id, as several plots share a page; nothing of a style for all."""
    return "<g" if found[0].startswith("<g") else ""
