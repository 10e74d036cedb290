"""What a recipe may say, and its data as examples: read, relabelled, without leaks.

A recipe is a TOML file beside this one. The data are one folder a set with `train.parquet` and
`dev.parquet` (columns `text` and `label` or `labels`), named as the recipe's `path`s say.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from judged import read_judged
from pydantic import Field, model_validator
from synthetic import read_synthetic
from texts import cut, training_texts
from words import with_words
from written import written

from sentigate.behaviour.suites import shipped_suites
from sentigate.config import Config, HeadConfig
from sentigate.data.labels import LabelSpace
from sentigate.records import Example, HeadKind
from sentigate.text.normalise import normalise
from sentigate.train.sources import Source, make_source


class HoldOut(Config):
    """Rows kept apart as dev where a set has no dev split: whole groups of a column."""

    column: str
    fraction: float = Field(gt=0, lt=1)


class SourceRecipe(Config):
    """One set and how it is read; sets of one `domain` are alike in who writes and of what.

    With `written` there is no set: so many sentences are made of the grammar of that language
    (`written.py`). With `synthetic` the texts are those of such files (`synthetic.py`); their
    `label` may be `emotions`. With `judged` a language model's answers for the set's texts, or for
    `sentences` of them, are taken, not the set's own (`judged.py`); their `label` is `grade` or
    `emotions`. With `emoji` the rows are those of the set with emoji behind them, which decide
    where the words are neutral; with `words` those of an English set with words of other languages
    swapped in, and these words alone. `map` renames labels and `drop_labels` leaves
    rows (or, of several labels, these) out. With `agree` rows of several labels teach a head of
    one: those whose labels, renamed, are all alike. `pieces` and `teacher` are for `characters.py`:
    how many new texts are pieced together for each row, and the shipped model that answers the
    rows. Rows that are not `whole` are parts of others, no texts for a language model. A `dev`
    split that does not choose is measured on and no more.
    """

    name: str
    domain: str = ""
    path: str = ""
    written: str = ""
    synthetic: tuple[str, ...] = ()
    judged: str = ""
    sentences: bool = False
    head: str
    label: str | None = None
    map: dict[str, str] = Field(default_factory=dict)
    drop_labels: tuple[str, ...] = ()
    agree: bool = False
    emoji: bool = False
    words: bool = False
    strip: str | None = None
    min_words: int = 0
    hold_out: HoldOut | None = None
    pieces: int = Field(default=0, ge=0)
    teacher: str | None = None
    whole: bool = True
    rows: int = Field(default=0, ge=0)
    logit_adjustment: float = Field(default=1.0, ge=0)
    unseen_share: float = Field(default=0.0, ge=0, lt=1)
    dev: bool = False
    chooses: bool = True
    licence: str
    note: str = ""


class HeadRecipe(Config):
    """A head; labels left out are read off the data; an auxiliary head is not shipped."""

    name: str
    kind: HeadKind
    labels: tuple[str, ...] = ()
    auxiliary: bool = False


class Unlabelled(Config):
    """Texts for the embeddings, and `sentences` of them for a teacher (0: as many as of a set)."""

    domain: str = ""
    path: str
    rows: int
    sentences: int = Field(default=0, ge=0)


class Share(Config):
    """How much of an epoch a teacher's answers for one head are."""

    rows: int = Field(ge=1)
    weight: float = Field(default=1.0, gt=0)


class Distil(Config):
    """What is learnt from a teacher: who it is, and the share of each head."""

    who: str
    heads: dict[str, Share]


class TeacherRecipe(Config):
    """Where a teacher trains otherwise than the model: settings, and rows a pass of some sets."""

    train: dict[str, Any] = Field(default_factory=dict)
    rows: dict[str, int] = Field(default_factory=dict)


class Recipe(Config):
    """All that a shipped model is made of; of its `judges` only the dev rows, to keep them out."""

    name: str
    languages: tuple[str, ...]
    licence: str
    tokenizer_rows: int
    tokenizer_as_epoch: bool = False
    train: dict[str, Any]
    teacher: TeacherRecipe = TeacherRecipe()
    distil: Distil | None = None
    heads: tuple[HeadRecipe, ...]
    sources: tuple[SourceRecipe, ...]
    unlabelled: tuple[Unlabelled, ...] = ()
    judges: tuple[SourceRecipe, ...] = ()
    limits: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _teacher_knows_its_sets(self) -> "Recipe":
        unknown = set(self.teacher.rows) - {source.name for source in self.sources}
        if unknown:
            raise ValueError(f"no source of [teacher.rows] is named {', '.join(sorted(unknown))}")
        return self

    def for_teacher(self) -> "Recipe":
        """The recipe with the rows that its teacher reads of each set."""
        sources = (
            source.model_copy(update={"rows": self.teacher.rows.get(source.name, source.rows)})
            for source in self.sources
        )
        return self.model_copy(update={"sources": tuple(sources)})


WRITTEN_ROWS = 60_000
EMOJI: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("emoji.toml").read_text(encoding="utf-8")
)
"""Emoji by the label that they stand for."""

Splits = tuple[list[Example], list[Example]]


def read_recipe(name: str) -> Recipe:
    """Read a TOML file, or a recipe beside this file by its name."""
    file = Path(name) if name.endswith(".toml") else Path(__file__).with_name(f"{name}.toml")
    return Recipe.from_dict(tomllib.loads(file.read_text(encoding="utf-8")))


def read_sources(recipe: Recipe, data: Path) -> list[Splits]:
    """Read the train and dev rows of every source, without what would leak.

    What is made of other rows is made of those that do not leak, and may not leak itself.
    """
    splits = [read_source(source, data) for source in recipe.sources]
    others = [([], read_source(source, data)[1]) for source in recipe.judges]
    clean = without_leaks([*splits, *others])
    made = [
        (derived(source, train), dev)
        for source, (train, dev) in zip(recipe.sources, clean, strict=False)
    ]
    return without_leaks([*made, *others])[: len(splits)]


def read_source(source: SourceRecipe, data: Path) -> Splits:
    """Read a set's train and dev rows."""
    if source.written:
        return written(source.written, WRITTEN_ROWS), []
    if source.synthetic:
        table = read_synthetic(source.synthetic)
    elif source.judged:
        return examples(read_judged(source.judged, judged_texts(source, data)), source), []
    else:
        table = pq.read_table(data / source.path / "train.parquet").to_pylist()
    dev_file = data / source.path / "dev.parquet"
    if source.hold_out:
        groups = sorted({row[source.hold_out.column] for row in table})
        shuffled = np.random.default_rng(0).permutation(len(groups))
        kept = {groups[place] for place in shuffled[: int(len(groups) * source.hold_out.fraction)]}
        dev = [row for row in table if row[source.hold_out.column] in kept]
        table = [row for row in table if row[source.hold_out.column] not in kept]
    else:
        dev = pq.read_table(dev_file).to_pylist() if dev_file.exists() else []
    return examples(table, source), examples(dev, source)


def derived(source: SourceRecipe, rows: list[Example]) -> list[Example]:
    """Of a set's training rows those that a source asks for: with emoji, or with other words."""
    if source.emoji:
        return with_emoji(rows)
    return with_words(rows) if source.words else rows


def judged_texts(source: SourceRecipe, data: Path) -> Iterator[str]:
    """What of a set may have been judged: its texts, or their sentences."""
    for text in training_texts(data / source.path):
        yield from cut(text) if source.sentences else [text]


def examples(rows: list[dict[str, Any]], source: SourceRecipe) -> list[Example]:
    """Turn rows into examples with the recipe's labels; rows of dropped labels go."""
    found = []
    for place, row in enumerate(rows, start=1):
        text = re.sub(source.strip, " ", row["text"]) if source.strip else row["text"]
        label = relabel(row[source.label or ("labels" if "labels" in row else "label")], source)
        if label is not None and len(text.split()) >= source.min_words and text.strip():
            found.append(Example(text, label, place))
    return found


def with_emoji(rows: list[Example]) -> list[Example]:
    """Put emoji behind texts that do not contradict them, and some emoji alone."""
    rng = np.random.default_rng(0)
    made = [Example(char, label) for label, chars in EMOJI.items() for char in chars] * 5
    for row in rows:
        label = str(rng.choice(list(EMOJI)))
        if row.label in (label, "neutral"):
            some = rng.choice(list(EMOJI[label]), size=rng.integers(1, 3))
            made.append(Example(f"{row.text} {''.join(some.repeat(rng.integers(1, 3)))}", label))
    return made


def relabel(label: str | list[str], source: SourceRecipe) -> str | tuple[str, ...] | None:
    """Map and drop labels; None drops the row."""
    if isinstance(label, str):
        return None if label in source.drop_labels else source.map.get(label, label)
    names = tuple(source.map.get(one, one) for one in label if one not in source.drop_labels)
    if source.agree:
        return names[0] if len(set(names)) == 1 else None
    return names


def without_leaks(splits: Sequence[Splits]) -> list[Splits]:
    """Remove from all train parts every text that judges a model, however punctuated."""
    held = judging(splits)
    return [([row for row in train if bare(row.text) not in held], dev) for train, dev in splits]


def judging(splits: Sequence[Splits]) -> set[str]:
    """The bare texts of all dev parts and of the behaviour suites."""
    texts = [row.text for _train, dev in splits for row in dev]
    tests = [test for suite in shipped_suites() for test in suite.tests]
    texts += [text for test in tests for case in test.cases() for text in case.texts]
    return {bare(text) for text in texts}


def bare(text: str | None) -> str:
    """Letters and digits of a text; the text itself where it has none."""
    plain = normalise(text or "")
    return re.sub(r"<\w+>|[\W_]+", "", plain) or plain


def make_head(
    head: HeadRecipe, sources: Sequence[SourceRecipe], splits: Sequence[Splits]
) -> HeadConfig:
    """Give a head its labels: those of the recipe, or those in the data."""
    if head.labels:
        return HeadConfig(name=head.name, kind=head.kind, labels=head.labels)
    labels = [
        row.label
        for source, (train, _dev) in zip(sources, splits, strict=True)
        if source.head == head.name
        for row in train
    ]
    space = LabelSpace.fit(labels, head.kind)
    return HeadConfig(name=head.name, kind=head.kind, labels=space.labels)


def make_sources(
    recipe: Recipe,
    splits: Sequence[Splits],
    heads: Sequence[HeadConfig],
    tokenizer: Any,
    max_tokens: int,
) -> tuple[list[Source], list[Source]]:
    """The sources to learn from, and those to choose the best epoch on."""
    by_name = {head.name: head for head in heads}
    training, dev = [], []
    for source, (train_rows, dev_rows) in zip(recipe.sources, splits, strict=True):
        head = by_name[source.head]
        taught = make_source(source.name, train_rows, head, tokenizer, max_tokens)
        training.append(
            replace(
                taught,
                rows_per_epoch=source.rows,
                logit_adjustment=source.logit_adjustment,
                unseen_share=source.unseen_share,
            )
        )
        if source.dev and source.chooses:
            dev.append(make_source(source.name, dev_rows, head, tokenizer, max_tokens))
    return training, dev


def without_domain(recipe: Recipe, domain: str) -> Recipe:
    """The recipe without the sets of a domain, its unlabelled texts, and what only they teach."""
    sources = tuple(source for source in recipe.sources if source.domain != domain)
    taught = {source.head for source in sources}
    return recipe.model_copy(
        update={
            "sources": sources,
            "judges": tuple(source for source in recipe.sources if source.domain == domain),
            "heads": tuple(head for head in recipe.heads if head.name in taught),
            "unlabelled": tuple(part for part in recipe.unlabelled if part.domain != domain),
        }
    )


def shipped(recipe: Recipe, heads: Sequence[HeadConfig]) -> list[HeadConfig]:
    """The heads that users get."""
    auxiliary = {head.name for head in recipe.heads if head.auxiliary}
    return [head for head in heads if head.name not in auxiliary]


def recipe_parser(about: str | None) -> argparse.ArgumentParser:
    """A parser of what each of these scripts takes: a recipe, and the folder of its data."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", help="name of a recipe beside this file, or a TOML file")
    parser.add_argument("data", type=Path, help="folder of the data sets")
    return parser


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)
