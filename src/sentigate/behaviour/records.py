"""The records of a behaviour suite: what a file holds, and what became of it.

The three kinds of test are those of CheckList (Ribeiro et al., "Beyond Accuracy: Behavioral Testing
of NLP Models with CheckList", ACL 2020, https://arxiv.org/abs/2005.04118): the label that is due
(minimum functionality), a score that stays (invariance), one that rises or falls (direction).
Knows neither files nor models.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sentigate.config import Config

Polarity = Literal["negative", "neutral", "positive"]
Kind = Literal["label", "same", "rises", "falls"]
_SLOT = re.compile(r"\{(\w+)\}")


def _several(value: object) -> object:
    """One label may be written without brackets."""
    return (value,) if isinstance(value, str) else value


Labels = Annotated[tuple[Polarity, ...], BeforeValidator(_several), Field(min_length=1)]
Row = Annotated[tuple[str, ...], Field(min_length=2)]
Filler = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the model: a text, or several that are compared.

    Args:
        texts: what the model reads.
        groups: the group that each text speaks of, where a template was filled.
        template: the template, where there was one.
    """

    texts: tuple[str, ...]
    groups: tuple[str, ...] = ()
    template: str | None = None


class BehaviourTest(Config):
    """Cases of one sort, and what must hold for each.

    The cases are `texts`, `pairs` (rows of two or more texts) or `templates`, each filled with the
    members of `groups`: the first of all groups make a case, the second make the next.

    Args:
        name: what is tested, in a few words.
        kind: `label`: each text has the label that is due. `same`: the scores of a case lie no
            further apart than `within`. `rises`, `falls`: the score does, by at least `by` from
            each text to the next.
        label: for `texts` of the kind `label`: the label, or those that are right.
        labels: for `pairs` of the kind `label`: the same for each text of a row.
        within: for `same`; scores run from -1 to 1.
        by: for `rises` and `falls`.
        texts: single texts.
        pairs: rows of texts.
        templates: texts with slots, such as `{name}`.
        groups: by name, what fills the slots: strings for the only slot, tables for several.

    Example:
        >>> test = BehaviourTest.from_dict(
        ...     {
        ...         "name": "names",
        ...         "kind": "same",
        ...         "within": 0.1,
        ...         "templates": ["{name} was late."],
        ...         "groups": {"a": ["Emma", "Grace"], "b": ["Aisha", "Fatima"]},
        ...     }
        ... )
        >>> [case.texts for case in test.cases()]
        [('Emma was late.', 'Aisha was late.'), ('Grace was late.', 'Fatima was late.')]
    """

    name: str = Field(min_length=1)
    kind: Kind
    label: Labels | None = None
    labels: tuple[Labels, ...] = ()
    within: float | None = Field(default=None, gt=0, lt=2)
    by: float | None = Field(default=None, gt=0, lt=2)
    texts: tuple[str, ...] = ()
    pairs: tuple[Row, ...] = ()
    templates: tuple[str, ...] = ()
    groups: Mapping[str, tuple[Filler, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        faults = [*self._faults_of_kind(), *self._faults_of_cases()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults_of_kind(self) -> Iterator[str]:
        wanted = {"label": "label", "same": "within", "rises": "by", "falls": "by"}[self.kind]
        if self.kind == "label" and self.pairs:
            wanted = "labels"
        given = {key for key in ("label", "labels", "within", "by") if getattr(self, key)}
        if given != {wanted}:
            told = ", ".join(sorted(given)) or "none of them"
            yield f"the kind {self.kind!r} of these cases needs the key {wanted!r}, got {told}"
        if self.kind != "label" and self.texts:
            yield f"the kind {self.kind!r} compares texts: give pairs or templates"
        if self.labels and any(len(row) != len(self.labels) for row in self.pairs):
            yield f"each row needs {len(self.labels)} texts, one for each of the labels"

    def _faults_of_cases(self) -> Iterator[str]:
        given = [key for key in ("texts", "pairs", "templates") if getattr(self, key)]
        if len(given) != 1:
            yield f"give texts, pairs or templates, one of them; got {', '.join(given) or 'none'}"
        if any(not text.strip() for text in chain(self.texts, *self.pairs, self.templates)):
            yield "a text is empty"
        if bool(self.templates) != bool(self.groups):
            yield "templates and groups go together"
        elif self.templates:
            yield from self._faults_of_templates()

    def _faults_of_templates(self) -> Iterator[str]:
        if len(self.groups) < 2 or len({len(members) for members in self.groups.values()}) > 1:
            yield "give two groups or more, with the same number of members"
        slots = {frozenset(_SLOT.findall(template)) for template in self.templates}
        for template in self.templates:
            if not _SLOT.search(template):
                yield f"the template {template!r} has no slot such as {{name}}"
        for name, members in self.groups.items():
            for member in members:
                if not all(_fits(member, wanted) for wanted in slots):
                    yield f"the member {member!r} of {name!r} does not fill each template"

    def cases(self) -> list[Case]:
        """Return the cases in the order of the file."""
        if self.templates:
            return list(self._filled())
        return [Case((text,)) for text in self.texts] or [Case(row) for row in self.pairs]

    def _filled(self) -> Iterator[Case]:
        for template in self.templates:
            for members in zip(*self.groups.values(), strict=True):
                texts = tuple(_fill(template, member) for member in members)
                yield Case(texts, tuple(self.groups), template)


class Suite(Config):
    """One capability in one language: a file.

    Args:
        name: the name of the file without its ending.
        language: ISO 639-1 code of its texts.
        about: what is expected, in a sentence.
        required: whether it must keep a floor; false where it is only reported.
        tests: at least one.
    """

    name: str
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    about: str = Field(min_length=1)
    required: bool = True
    tests: tuple[BehaviourTest, ...] = Field(min_length=1)

    @property
    def key(self) -> str:
        """Language and name, as in "en/negation"."""
        return f"{self.language}/{self.name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case.

    Args:
        test: the name of its test.
        case: the texts.
        scores: one a text, in [-1, 1]; empty where a text has no answer.
        labels: one a text, as polarities; empty where a text has no answer.
        expected: what had to hold, in words.
        passed: whether it did; None where the case was skipped.
        reason: why it was skipped or has no answer; else empty.
    """

    test: str
    case: Case
    scores: tuple[float, ...]
    labels: tuple[Polarity, ...]
    expected: str
    passed: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What became of a suite.

    Args:
        suite: what was asked.
        outcomes: one a case, in order.
        floor: the least share of passed cases; None where none is stated.
    """

    suite: Suite
    outcomes: tuple[Outcome, ...]
    floor: float | None = None

    @property
    def failures(self) -> list[Outcome]:
        """The cases that failed."""
        return [outcome for outcome in self.outcomes if outcome.passed is False]

    @property
    def skipped(self) -> list[Outcome]:
        """The cases that this model cannot be asked."""
        return [outcome for outcome in self.outcomes if outcome.passed is None]

    @property
    def asked(self) -> int:
        """How many cases passed or failed."""
        return len(self.outcomes) - len(self.skipped)

    @property
    def share(self) -> float | None:
        """The share of passed cases among those asked; None where none was."""
        return 1 - len(self.failures) / self.asked if self.asked else None

    @property
    def by_test(self) -> dict[str, float]:
        """The share of passed cases of each test of which any was asked."""
        asked: dict[str, list[bool]] = {}
        for outcome in self.outcomes:
            if outcome.passed is not None:
                asked.setdefault(outcome.test, []).append(outcome.passed)
        return {test: sum(passed) / len(passed) for test, passed in asked.items()}

    @property
    def below(self) -> bool:
        """Whether a floor is stated and not kept; a suite that could not be asked keeps none."""
        return self.floor is not None and (self.share is None or self.share < self.floor)


def _fits(member: Filler, slots: frozenset[str]) -> bool:
    return len(slots) == 1 if isinstance(member, str) else slots <= set(member)


def _fill(template: str, member: Filler) -> str:
    return _SLOT.sub(lambda slot: member if isinstance(member, str) else member[slot[1]], template)
