"""Texts that a large language model wrote for a recipe: kinds of text that the sets do not hold.

`synthetic/en/travel.tsv` holds English ones about travel. A line has a `label`, in some languages
the `emotions` with commas between them, and the `text`; README.md tells how they were asked for.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("synthetic")


def read_synthetic(files: Iterable[str]) -> list[dict[str, Any]]:
    """Read the lines of files, named as `en/travel`: `label`, `text`, and a list of `emotions`.

    Example:
        >>> sorted(read_synthetic(["en/travel"])[0])
        ['emotions', 'label', 'text']
    """
    return [row for file in files for row in _rows(FOLDER / f"{file}.tsv")]


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows: list[dict[str, Any]] = list(
            csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        )
    for row in rows:
        if "emotions" in row:
            row["emotions"] = row["emotions"].split(",")
    return rows
