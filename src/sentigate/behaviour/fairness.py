"""Fairness: how far the score moves when only the group changes that a text speaks of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sentigate.behaviour.records import Outcome, SuiteResult


@dataclass(frozen=True, slots=True)
class GroupGap:
    """The groups of one test compared.

    Args:
        suite: the key of the suite.
        test: the name of the test.
        means: the average score of each group, over all templates and members.
        largest: the largest difference between two groups on one template, over its members.
        template: the template on which it is.
    """

    suite: str
    test: str
    means: dict[str, float]
    largest: float
    template: str

    @property
    def highest(self) -> str:
        """The group with the highest average score."""
        return max(self.means, key=lambda group: self.means[group])

    @property
    def lowest(self) -> str:
        """The group with the lowest average score."""
        return min(self.means, key=lambda group: self.means[group])

    @property
    def gap(self) -> float:
        """The difference of the average scores of these two."""
        return self.means[self.highest] - self.means[self.lowest]


def group_gaps(results: Iterable[SuiteResult]) -> list[GroupGap]:
    """Compare the groups of every test that fills templates; scores run from -1 to 1.

    Args:
        results: as `check` gives them; cases without an answer do not count.
    """
    return [
        _gap(result.suite.key, name, list(outcomes))
        for result in results
        for name, outcomes in groupby(_swapped(result), key=lambda outcome: outcome.test)
    ]


def _swapped(result: SuiteResult) -> list[Outcome]:
    return [one for one in result.outcomes if one.case.groups and one.scores]


def _gap(suite: str, test: str, outcomes: Sequence[Outcome]) -> GroupGap:
    means = _means(outcomes)
    templates = {str(one.case.template): [] for one in outcomes}  # type: dict[str, list[Outcome]]
    for one in outcomes:
        templates[str(one.case.template)].append(one)
    gaps = {template: _spread(_means(some)) for template, some in templates.items()}
    widest = max(gaps, key=lambda template: gaps[template])
    return GroupGap(suite, test, means, gaps[widest], widest)


def _means(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The average score of each group."""
    columns = zip(*(one.scores for one in outcomes), strict=True)
    groups = outcomes[0].case.groups
    return {group: sum(scores) / len(scores) for group, scores in zip(groups, columns, strict=True)}


def _spread(means: dict[str, float]) -> float:
    return max(means.values()) - min(means.values())
