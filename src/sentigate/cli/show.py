"""Predictions as a table, as JSON lines and as Hugging Face pipelines give them."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text

from sentigate.cli.console import plain_console
from sentigate.compat.hugging_face import choose_head, ranked
from sentigate.config import HeadConfig
from sentigate.data.scales import polarity
from sentigate.records import UNCERTAIN, HeadResult, Prediction, Status

Blocks = Iterable[Sequence[Prediction]]
Heads = Mapping[str, HeadConfig]

GAP = "  "
NOTHING = "–"
LEAST_TEXT = 24
WIDTH_OF_SEVERAL = 32
LONGEST_STATUS = max(len(status.words or "") for status in Status)
STYLES = ("red", "red", "yellow", "green", "green")  # from very negative to very positive
# Line breaks would break the table; other control characters may command the terminal.
UNSHOWABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def json_lines(blocks: Blocks) -> None:
    """Print one JSON object a prediction, each block as soon as it is there."""
    for block in blocks:
        for prediction in block:
            print_line(json.dumps(prediction.to_dict(), ensure_ascii=False))
        sys.stdout.flush()


def hugging_face(blocks: Blocks, heads: Heads) -> None:
    """Print one JSON list of {"label", "score"}, as a text-classification pipeline returns it.

    Raises:
        ConfigError: the model has several heads, none of them `sentiment`.
    """
    head = choose_head(heads, advice="use --format json")
    opening = "["
    for block in blocks:
        for prediction in block:
            answer = ranked(prediction, head)[0]
            sys.stdout.write(f"{opening}{json.dumps(answer, ensure_ascii=False)}")
            opening = ",\n "
        sys.stdout.flush()
    print_line("[]" if opening == "[" else "]")


def table(blocks: Blocks, heads: Heads, *, fit: bool) -> None:
    """Print one line per prediction, in columns.

    Args:
        blocks: the predictions; each block is printed as soon as it is there.
        heads: the heads of the models, a column each.
        fit: whether the text column may be as narrow as the first block's texts.
    """
    console = plain_console()
    widths: dict[str, int] = {}
    for block in blocks:
        if not widths:
            widths = _widths(heads, console.width, block if fit else None)
            console.print(_line([(name, "bold", width) for name, width in widths.items()]))
        for prediction in block:
            console.print(_line(_cells(prediction, heads, widths)))


def print_line(line: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{line}\n")


def _widths(heads: Heads, width: int, shown: Sequence[Prediction] | None) -> dict[str, int]:
    """The width of each column in terminal cells; the text gets what the others leave."""
    answers = {_title(head): _head_width(head) for head in heads.values()}
    if shown is None or any(one.status is not Status.OK for one in shown):
        *_, last = answers
        answers[last] += max(0, LONGEST_STATUS - _together(list(answers.values())))
    others = {"lang": 4, **answers}
    left = max(LEAST_TEXT, width - sum(len(GAP) + other for other in others.values()))
    if shown is not None:
        longest = max((Text(readable(one.text, left)).cell_len for one in shown), default=0)
        left = min(left, max(LEAST_TEXT, longest))
    return {"text": left, **others}


def _together(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _head_width(head: HeadConfig) -> int:
    if head.kind == "regression":
        return max(len(head.name), 8)
    if head.kind == "multilabel":
        return WIDTH_OF_SEVERAL
    longest = max(Text(label).cell_len for label in head.labels)
    return max(len(head.name), len(UNCERTAIN), min(longest, WIDTH_OF_SEVERAL - 7) + 7)


def _title(head: HeadConfig) -> str:
    return "emotions" if (head.name, head.kind) == ("emotion", "multilabel") else head.name


def _cells(
    prediction: Prediction, heads: Heads, widths: Mapping[str, int]
) -> list[tuple[str, str, int]]:
    """What stands in each column: text, style, width. A status in words takes all the rest."""
    text, language, *others = widths.values()
    start = [
        (readable(prediction.text, text) or NOTHING, "", text),
        (prediction.language or NOTHING, "dim", language),
    ]
    if prediction.status is not Status.OK:
        words = prediction.status.words or NOTHING
        return [*start, (words, "dim italic", _together(others))]
    answers = [prediction.heads.get(name) for name in heads]
    return [
        *start,
        *((*_answer(answer, width), width) for answer, width in zip(answers, others, strict=True)),
    ]


def _answer(head: HeadResult | None, width: int) -> tuple[str, str]:
    """A head's answer in a few words that fit the width, and its style."""
    if head is None:
        return NOTHING, "dim"
    if head.kind == "regression":
        return f"{head.value:.3g}", ""
    if head.kind == "multilabel":
        return (_several(head, width), "cyan") if head.labels else (NOTHING, "dim")
    if not head.labels:
        return UNCERTAIN, "dim"
    (label,) = head.labels
    number = f"{head.probabilities[label]:.2f}" if head.score is None else f"{head.score:+.2f}"
    widest = max(Text(each).cell_len for each in head.probabilities)
    rank = polarity(label)
    style = "cyan" if rank is None else STYLES[rank]
    return f"{label}{' ' * (widest - Text(label).cell_len)}  {number}", style


def _several(head: HeadResult, width: int) -> str:
    """The labels decided on, the most probable first; "+2" says that two more do not fit."""
    ranked = sorted(head.labels, key=lambda label: -head.probabilities[label])
    shown = [f"{label} {head.probabilities[label]:.2f}" for label in ranked]
    for count in range(len(shown), 0, -1):
        rest = f" +{len(shown) - count}" if count < len(shown) else ""
        line = ", ".join(shown[:count]) + rest
        if Text(line).cell_len <= width:
            return line
    return shown[0]


def _line(cells: Sequence[tuple[str, str, int]]) -> Text:
    """Join cells; too long ones end in an ellipsis, by width on the screen and not by length."""
    parts = []
    for content, style, width in cells:
        part = Text(content, style=style, no_wrap=True)
        part.truncate(width, overflow="ellipsis", pad=True)
        parts.append(part)
    line = Text(GAP, no_wrap=True).join(parts)
    line.rstrip()
    return line


def readable(text: str | None, width: int) -> str:
    """The beginning of a text on one line, without what a terminal might obey."""
    beginning = (text or "")[: 4 * width]
    return _SURROGATE.sub("\ufffd", UNSHOWABLE.sub(" ", beginning)).strip()
