"""Texts with coloured words on a terminal, and bars of blocks; plain where there is no terminal."""

from collections.abc import Sequence

from rich.text import Text

from sentigate.cli.show import UNSHOWABLE
from sentigate.data.scales import side
from sentigate.explain.records import Contribution, Reading

FAINT, STRONG = 0.2, 0.6
COLOURS = {-1: ("red", "green"), 1: ("green", "red"), 0: ("cyan", "yellow")}
BLOCKS = " ▏▎▍▌▋▊▉█"


def coloured(
    text: str, words: Sequence[Contribution | Reading], label: str | None, most: float
) -> Text:
    """Colour the words of a text by their values, which are at most `most`."""
    # Character for character, for the places of the words count them.
    shown = UNSHOWABLE.sub(lambda match: " " * len(match[0]), text)
    line = Text("".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in shown))
    for word in words:
        line.stylize(style(word.value, label, abs(word.value) / most), word.start, word.end)
    return line


def style(value: float, label: str | None, strength: float) -> str:
    """Return the style of a word that speaks for (above zero) or against a label."""
    if strength < FAINT:
        return "none"
    towards, against = COLOURS[1 if label is None else side(label)]
    return f"{'bold ' if strength >= STRONG else ''}{towards if value >= 0 else against}"


def bar(share: float, width: int) -> str:
    """Return a bar of blocks that takes a share of a width, in steps of an eighth of a cell.

    Example:
        >>> bar(0.5, 3)
        '█▌'
    """
    eighths = round(8 * width * min(1.0, max(0.0, share)))
    return "█" * (eighths // 8) + BLOCKS[eighths % 8].strip()
