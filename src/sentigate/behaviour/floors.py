"""Floors: the share of passed cases that a model must keep, as data beside the suites.

A file of floors has a table for each model, and in it a number for each suite:

    [en]
    "en/negation" = 0.62
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sentigate.behaviour.records import Suite, SuiteResult
from sentigate.behaviour.suites import FOLDER, read_toml
from sentigate.errors import BelowFloorError, ConfigError
from sentigate.runtime.readings import Reader

SHIPPED = FOLDER / "floors.toml"
MARGIN = 0.02
"""How far below the measured share a floor is set."""


def floors_of(
    readers: Sequence[Reader], suites: Iterable[Suite], source: float | Path | None
) -> dict[str, float]:
    """Return the floor of each suite that must keep one, by its key.

    Args:
        readers: the models; a suite's floor is that of the model that reads its language.
        suites: those to be checked, of which the head can be asked something.
        source: one floor for all, a file of floors, or None for no floors.

    Raises:
        ConfigError: the file cannot be read, or holds what is no share.
    """
    required = [suite for suite in suites if suite.required]
    if source is None:
        return {}
    if isinstance(source, float):
        return dict.fromkeys((suite.key for suite in required), source)
    table = read_floors(source)
    found = {
        suite.key: table.get(model_for(readers, suite), {}).get(suite.key) for suite in required
    }
    return {key: floor for key, floor in found.items() if floor is not None}


def read_floors(file: Path) -> dict[str, dict[str, float]]:
    """Read a file of floors: for each model the floor of each suite.

    Raises:
        ConfigError: it is no TOML, or holds what is no share; names every fault.
    """
    values = read_toml(file)
    faults = []
    for model, table in values.items():
        if not isinstance(table, Mapping):
            faults.append(f"{file}: {model}: expected a table of floors, got {table!r}")
            continue
        faults += [
            f"{file}: {model}: {suite}: expected a share from 0 to 1, got {floor!r}"
            for suite, floor in table.items()
            if isinstance(floor, bool) or not isinstance(floor, int | float) or not 0 <= floor <= 1
        ]
    if faults:
        raise ConfigError(faults)
    return {model: dict(table) for model, table in values.items()}


def model_for(readers: Sequence[Reader], suite: Suite) -> str:
    """Return the name of the model that reads the language of a suite, or else of the first."""
    names = [one.config.name for one in readers if one.reads(suite.language)]
    return names[0] if names else readers[0].config.name


def render_floors(readers: Sequence[Reader], results: Iterable[SuiteResult]) -> str:
    """Return a file of floors a little below what was measured."""
    tables: dict[str, list[str]] = {}
    for result in results:
        if result.suite.required and result.share is not None:
            floor = max(0, math.floor(100 * (result.share - MARGIN)) / 100)
            lines = tables.setdefault(model_for(readers, result.suite), [])
            lines.append(f'"{result.suite.key}" = {floor:.2f}')
    return "\n\n".join("\n".join([f"[{_key(model)}]", *lines]) for model, lines in tables.items())


def require_floors(results: Iterable[SuiteResult]) -> None:
    """Raise where a suite is below its floor.

    Raises:
        BelowFloorError: names each such suite, what it reached and its floor.
    """
    below = [result for result in results if result.below]
    if below:
        raise BelowFloorError("; ".join(_told(result) for result in below))


def _key(name: str) -> str:
    """A name as TOML takes it; a JSON string is one of TOML."""
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else json.dumps(name)


def _told(result: SuiteResult) -> str:
    if result.share is None:
        return f"{result.suite.key}: no case could be asked, floor {result.floor:.2f}"
    return f"{result.suite.key}: {result.share:.2f} passed, floor {result.floor:.2f}"
