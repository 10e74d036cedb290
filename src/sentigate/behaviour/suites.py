"""Suites from files: those of the package, found by name, and a user's own by path.

Every fault of a file is told at once. Knows no model.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sentigate.behaviour.records import BehaviourTest, Suite
from sentigate.errors import ConfigError, suggestion

FOLDER = Path(str(resources.files("sentigate") / "suites"))
ENDING = ".toml"


def read_suite(file: Path) -> Suite:
    """Read one suite; its name is that of the file.

    Raises:
        ConfigError: no such file, no TOML, or tests that cannot be; names every fault.
    """
    values = read_toml(file)
    tests, faults = _tests(values.get("tests"))
    try:
        suite = Suite.from_dict({"name": file.stem, **values, "tests": tests})
    except ConfigError as error:
        faults += [fault for fault in error.faults if not (faults and fault.startswith("tests"))]
    if faults:
        raise ConfigError([f"{file}: {fault}" for fault in faults])
    return suite


@cache
def shipped_suites() -> tuple[Suite, ...]:
    """Return the suites of the package, by language and name.

    Example:
        >>> "en/negation" in [suite.key for suite in shipped_suites()]
        True
    """
    return tuple(read_suite(file) for file in sorted(FOLDER.glob(f"*/*{ENDING}")))


def select(wanted: Iterable[str] = (), languages: Iterable[str] = ()) -> list[Suite]:
    """Choose suites.

    Args:
        wanted: names ("negation", "en/negation") and files that end in ".toml"; empty for all
            of the package.
        languages: of which; empty for any. A file is taken whatever its language.

    Raises:
        ConfigError: no suite of that name or language, or a file that cannot be read.

    Example:
        >>> [suite.key for suite in select(["negation"], ["zh"])]
        ['zh/negation']
    """
    names, tongues = list(wanted), list(languages)
    suites = list(shipped_suites())
    own = [read_suite(Path(name)) for name in names if name.endswith(ENDING)]
    names_only = [name for name in names if not name.endswith(ENDING)]
    faults = [*_unknown(names_only, suites), *_unknown_languages(tongues, suites)]
    if faults:
        raise ConfigError(faults)
    chosen = [
        suite
        for suite in suites
        if (not names or {suite.name, suite.key} & set(names_only))
        and (not tongues or suite.language in tongues)
    ]
    if not chosen and not own:
        asked = f"{', '.join(names) or 'all suites'} in {', '.join(tongues) or 'any language'}"
        raise ConfigError([f"there is no suite for {asked}; there is: {_listed(suites)}"])
    return chosen + own


def read_toml(file: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ConfigError: it is not there, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([f"cannot read {file}: {error.strerror}; give a TOML file"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{file} is not valid TOML: {error}"]) from None


def _tests(tables: object) -> tuple[list[BehaviourTest], list[str]]:
    """The tests that can be, and the faults of the others, each with the name of its test."""
    tests, faults = [], []
    for number, table in enumerate(tables if isinstance(tables, list) else [], start=1):
        if not isinstance(table, Mapping):
            faults.append(f"tests.{number}: expected a table [[tests]], got {table!r}")
            continue
        try:
            tests.append(BehaviourTest.from_dict(table))
        except ConfigError as error:
            name = f"test {table.get('name', number)!r}"
            faults += [f"{name}: {fault}" for fault in error.faults]
    return tests, faults


def _unknown(names: Sequence[str], suites: Sequence[Suite]) -> list[str]:
    known = sorted({suite.name for suite in suites})
    keys = {suite.key for suite in suites}
    return [
        f"there is no suite {name!r}{suggestion(name, known)}"
        + ("; a file of suites of your own ends in .toml" if Path(name).exists() else "")
        for name in names
        if name not in known and name not in keys
    ]


def _unknown_languages(languages: Sequence[str], suites: Sequence[Suite]) -> list[str]:
    known = sorted({suite.language for suite in suites})
    return [
        f"there is no suite in the language {language!r}{suggestion(language, known)}"
        for language in languages
        if language not in known
    ]


def _listed(suites: Sequence[Suite]) -> str:
    return ", ".join(suite.key for suite in suites) or "none"
