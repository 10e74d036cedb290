"""`sentigate check`: does a model do what any reader would expect of it?"""

import json
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sentigate.analyzer import Analyzer, load
from sentigate.behaviour.check import check as check_model
from sentigate.behaviour.fairness import GroupGap, group_gaps
from sentigate.behaviour.floors import SHIPPED, floors_of, render_floors, require_floors
from sentigate.behaviour.junit import describe, junit
from sentigate.behaviour.reading import read_head
from sentigate.behaviour.records import Outcome, SuiteResult
from sentigate.behaviour.suites import select, shipped_suites
from sentigate.cli.console import print_table, watching
from sentigate.errors import ConfigError
from sentigate.model.artifact import shipped


class Format(StrEnum):
    """What the results are printed as."""

    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"
    FLOORS = "floors"


def check(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL", help="Shipped model or model folder; else all shipped models together."
        ),
    ] = None,
    suite: Annotated[
        list[str] | None,
        typer.Option(help="Suites by name, or files of your own (.toml), with commas; else all."),
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Languages, with commas; else those the model reads.")
    ] = None,
    head: Annotated[
        str | None, typer.Option(help="Head to check; else the one that tells polarity.")
    ] = None,
    floor: Annotated[
        str | None,
        typer.Option(
            help="Least share of passed cases: a number for every suite, or a TOML file of floors; "
            "shipped models have floors of their own."
        ),
    ] = None,
    failures: Annotated[
        int, typer.Option(min=0, help="How many failed cases of each suite to show.")
    ] = 0,
    format: Annotated[
        Format,
        typer.Option(
            help="table, json, junit, or floors: a TOML file for --floor, each 0.02 below what was "
            "measured."
        ),
    ] = Format.TABLE,
) -> None:
    """Put behaviour tests to a model.

    The exit code is 3 where a suite is below its floor. The floors that are shipped are of all
    shipped models together; one alone may be below them.
    """
    analyzer = load(model)
    reading = read_head((one for reader in analyzer.readers for one in reader.config.heads), head)
    suites = select(_listed(*suite or ()), _listed(lang) if lang else _languages(analyzer))
    fitting = [suite for suite in suites if reading.fits(suite)]
    floors = floors_of(analyzer.readers, fitting, _floor(floor, model))
    with watching() as watch:
        results = check_model(analyzer.stream, suites, reading, floors, watch)
    if reading.assumed:
        typer.echo(reading.assumed, err=True)
    if format is Format.FLOORS:
        typer.echo(render_floors(analyzer.readers, results))
    else:
        _print(format, reading.head, results, failures)
        require_floors(results)


def _print(format: Format, head: str, results: Sequence[SuiteResult], most: int) -> None:
    if format is Format.JSON:
        typer.echo(json.dumps(_to_dict(head, results, most), ensure_ascii=False))
    elif format is Format.JUNIT:
        typer.echo(junit(results, most))
    else:
        _show(results, most)


def _listed(*values: str) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _languages(analyzer: Analyzer) -> list[str]:
    """The languages of the models that there are suites in; empty where a model reads any.

    Where there are suites in none of them, all of them: `select` says what there is.
    """
    languages = [reader.config.languages for reader in analyzer.readers]
    if not all(languages):
        return []
    read = {one for some in languages for one in some}
    return sorted(read & {suite.language for suite in shipped_suites()} or read)


def _floor(given: str | None, model: str | None) -> float | Path | None:
    """A number, a file, or what the model has: the floors of the package for a shipped one."""
    if given is None:
        return SHIPPED if model is None or model in shipped() else None
    try:
        share = float(given)
    except ValueError:
        return Path(given)
    if not 0 <= share <= 1:
        raise ConfigError([f"a floor is a share from 0 to 1, got {given}"])
    return share


def _show(results: Sequence[SuiteResult], most: int) -> None:
    columns = ["suite", "cases", "skipped", "passed", "floor", ""]
    print_table(columns, [_row(result) for result in results])
    for reason, count in Counter(one.reason for r in results for one in r.skipped).items():
        typer.echo(f"skipped: {count:,} cases: {reason}")
    if gaps := group_gaps(results):
        typer.echo("\nScores between groups, from -1 to 1; means over all templates, and the")
        typer.echo("largest difference on one template\n")
        columns = ["swapped", "highest", "mean", "lowest", "mean", "gap", "largest"]
        print_table(columns, [_gap_row(gap) for gap in gaps])
    for result in results if most else ():
        _show_failures(result, most)


def _row(result: SuiteResult) -> list[str]:
    floor = "–" if result.floor is None else f"{result.floor:.2f}"
    share = "–" if result.share is None else f"{result.share:.2f}"
    verdict = "below" if result.below else "" if result.suite.required else "reported only"
    return [
        result.suite.key,
        f"{result.asked}",
        f"{len(result.skipped) or ''}",
        share,
        floor,
        verdict,
    ]


def _gap_row(gap: GroupGap) -> list[str]:
    return [
        f"{gap.suite}: {gap.test}",
        gap.highest,
        f"{gap.means[gap.highest]:+.2f}",
        gap.lowest,
        f"{gap.means[gap.lowest]:+.2f}",
        f"{gap.gap:.3f}",
        f"{gap.largest:.2f}",
    ]


def _show_failures(result: SuiteResult, most: int) -> None:
    failed = result.failures
    if failed:
        typer.echo(f"\n{result.suite.key}: {min(most, len(failed))} of {len(failed)} failures")
    for outcome in failed[:most]:
        typer.echo(f"\n{describe(outcome)}")


def _to_dict(head: str, results: Sequence[SuiteResult], most: int) -> dict[str, Any]:
    return {
        "head": head,
        "passed": not any(result.below for result in results),
        "suites": [_suite(result, most) for result in results],
        "fairness": [
            {
                "suite": gap.suite,
                "test": gap.test,
                "means": gap.means,
                "gap": gap.gap,
                "largest": gap.largest,
                "template": gap.template,
            }
            for gap in group_gaps(results)
        ],
    }


def _suite(result: SuiteResult, most: int) -> dict[str, Any]:
    return {
        "suite": result.suite.key,
        "required": result.suite.required,
        "asked": result.asked,
        "skipped": len(result.skipped),
        "skipped_because": dict(Counter(outcome.reason for outcome in result.skipped)),
        "share": result.share,
        "tests": result.by_test,
        "floor": result.floor,
        "below": result.below,
        "failures": [_failure(outcome) for outcome in result.failures[:most]],
    }


def _failure(outcome: Outcome) -> dict[str, Any]:
    return {
        "test": outcome.test,
        "expected": outcome.expected,
        "reason": outcome.reason,
        "texts": list(outcome.case.texts),
        "scores": list(outcome.scores),
        "labels": list(outcome.labels),
    }
