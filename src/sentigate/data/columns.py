"""Which column holds the text and which the label. Knows names only, never the cells."""

import re
from collections.abc import Sequence

from sentigate.errors import DataError, suggestion

TEXT_NAMES = (
    *("text", "review", "content", "sentence", "tweet", "comment", "message", "body", "document"),
    *("utterance", "post", "phrase", "reviews", "texts", "headline", "feedback", "answer"),
    *("文本", "评论", "内容", "评价", "微博", "句子", "留言"),
)
LABEL_NAMES = (
    *("label", "labels", "sentiment", "emotion", "emotions", "class", "category", "polarity"),
    *("target", "stars", "rating", "score", "airline_sentiment", "y"),
    *("标签", "情感", "情绪", "类别", "评分", "星级", "分类"),
)
_NO_CONTENT = {"id", "ids", "count", "date", "time", "url", "len", "length", "lang", "language"}


def choose_columns(
    columns: Sequence[str], text: str | None, label: str | None
) -> tuple[str, str | None, list[str]]:
    """Return the text column, the label column (None: there is none), and what was guessed.

    Raises:
        DataError: a named column is not there, or no column can be recognised as text.

    Example:
        >>> choose_columns(["id", "Review_Text", "stars"], None, None)
        ('Review_Text', 'stars', ["text column guessed: 'Review_Text'",
                                  "label column guessed: 'stars'"])
    """
    _check_name(columns, label, "--label")
    chosen_text, notes = choose_text(columns, text, label)
    chosen_label = (
        label or _guess(columns, LABEL_NAMES, {chosen_text}) or _rest(columns, chosen_text)
    )
    notes += _several(columns, chosen_label)
    if label is None and chosen_label is not None:
        notes.append(f"label column guessed: {chosen_label!r}")
    if chosen_label is None and len(columns) > 1:
        notes.append(f"no label column among {', '.join(columns)}: name it with --label")
    return chosen_text, chosen_label, notes


def choose_text(
    columns: Sequence[str], text: str | None, label: str | None = None
) -> tuple[str, list[str]]:
    """Return the text column, and what was guessed.

    Args:
        columns: the names of all columns.
        text: its name, if given.
        label: the label column, if given; the text is not guessed to be what looks like one.

    Raises:
        DataError: the named column is not there, or no column can be recognised as text.
    """
    _check_name(columns, text, "--text")
    label = label or _guess(columns, LABEL_NAMES, {text})
    chosen = text or _guess(columns, TEXT_NAMES, {label}) or _rest(columns, label)
    if chosen is None:
        raise DataError(
            f"no column looks like text among {', '.join(map(repr, columns))}: "
            "name it with --text (the first row must hold the names)"
        )
    guessed = text is None and len(columns) > 1
    notes = [f"text column guessed: {chosen!r}"] if guessed else []
    return chosen, [*notes, *_several(columns, chosen)]


def _check_name(columns: Sequence[str], name: str | None, flag: str) -> None:
    if name is not None and name not in columns:
        raise DataError(f"{flag}: there is no column {name!r}{suggestion(name, list(columns))}")


def _several(columns: Sequence[str], name: str | None) -> list[str]:
    count = columns.count(name) if name is not None else 0
    return [f"there are {count} columns {name!r}: the first one is read"] if count > 1 else []


def _guess(columns: Sequence[str], known: Sequence[str], taken: set[str | None]) -> str | None:
    """The column whose name is known, else one whose name contains a known word."""
    free = [column for column in columns if column not in taken]
    for name in known:
        for column in free:
            if column.strip().casefold() == name:
                return column
    for name in known:
        for column in free:
            words = _words(column)
            if name in words and not words & _NO_CONTENT:
                return column
    return None


def _words(column: str) -> set[str]:
    """The words of `Review_Text`, `reviewText` or `reviews.text`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    return set(re.split(r"[\W_]+", parted.casefold()))


def _rest(columns: Sequence[str], taken: str | None) -> str | None:
    """The only other column, if there is just one."""
    others = [column for column in columns if column != taken]
    return others[0] if len(others) == 1 else None
