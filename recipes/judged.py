"""Labels that a large language model gave to texts of the sets: a teacher that no script can ask.

`judged/en-films.tsv` holds its answers for sentences of English film reviews. A line has the
`text` as a digest only, for the texts stay with their sets; the `grade`, from 1 (very negative) by
way of 3 (neutral) to 5 (very positive); and `emotions` with commas between them, where they were
asked for. `judged/instructions.md` is what it was told.
"""

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sentigate.errors import DataError

FOLDER = Path(__file__).with_name("judged")


def read_judged(name: str, texts: Iterable[str]) -> list[dict[str, Any]]:
    """Find those of the texts that were judged: `text`, `grade`, and a list of `emotions`.

    Raises:
        DataError: none of them was, so the texts are others than those that were judged.
    """
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        answers = {row["text"]: row for row in csv.DictReader(lines, delimiter="\t")}
    found = ((text, answers.pop(digest(text), None)) for text in texts)
    rows = [
        {"text": text, "grade": row["grade"], "emotions": _names(row["emotions"])}
        for text, row in found
        if row
    ]
    if not rows:
        raise DataError(f"no text of judged/{name}.tsv is among these: is it the same data set?")
    return rows


def digest(text: str) -> str:
    """What stands for a text: the first 12 hexadecimal digits of its SHA-256.

    Example:
        >>> digest("a fine film")
        'bac6d0ff1e0a'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _names(text: str) -> list[str]:
    return text.split(",") if text else []
