"""Make a shipped model from its recipe and a folder of data.

    python recipes/make.py en DATA -o src/sentigate/models/en
    python recipes/make.py zh DATA -o src/sentigate/models/zh --resume

DATA holds one folder a set with `train.parquet` and `dev.parquet` (columns `text` and `label` or
`labels`), named as the recipe's `path`s say. A recipe is a TOML file beside this one; `Recipe`
below says what may stand in it. The run goes on where it was killed if `--resume` is given.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from pydantic import Field

from sentigate.config import Config, HeadConfig, TrainConfig
from sentigate.data.labels import LabelSpace
from sentigate.records import Example, HeadKind
from sentigate.text.normalise import normalise
from sentigate.text.tokenizer import Tokenizer, train_tokenizer
from sentigate.train.folder import DevSet, ModelFacts, write_model
from sentigate.train.loop import Run, fit
from sentigate.train.sources import Source, make_source
from sentigate.train.vectors import cooccurrence_vectors


class HoldOut(Config):
    """Rows kept apart as dev where a set has no dev split: whole groups of a column."""

    column: str
    fraction: float = Field(gt=0, lt=1)


class SourceRecipe(Config):
    """One set and how it is read.

    `map` renames labels and `drop_labels` leaves rows (or, of several labels, these) out. With
    `agree` rows of several labels teach a head of one: those whose labels, renamed, are all alike.
    """

    name: str
    path: str
    head: str
    label: str | None = None
    map: dict[str, str] = Field(default_factory=dict)
    drop_labels: tuple[str, ...] = ()
    agree: bool = False
    strip: str | None = None
    min_words: int = 0
    hold_out: HoldOut | None = None
    rows: int = Field(default=0, ge=0)
    logit_adjustment: float = Field(default=1.0, ge=0)
    unseen_share: float = Field(default=0.0, ge=0, lt=1)
    dev: bool = False
    licence: str
    note: str = ""


class HeadRecipe(Config):
    """A head; labels left out are read off the data; an auxiliary head is not shipped."""

    name: str
    kind: HeadKind
    labels: tuple[str, ...] = ()
    auxiliary: bool = False


class Unlabelled(Config):
    """Texts for the embeddings alone."""

    path: str
    rows: int


class Recipe(Config):
    """All that a shipped model is made of."""

    name: str
    languages: tuple[str, ...]
    licence: str
    tokenizer_rows: int
    train: dict[str, Any]
    heads: tuple[HeadRecipe, ...]
    sources: tuple[SourceRecipe, ...]
    unlabelled: tuple[Unlabelled, ...] = ()
    limits: tuple[str, ...] = ()


Splits = tuple[list[Example], list[Example]]


def make(recipe: Recipe, data: Path, output: Path, command: str, resume: bool) -> None:
    """Read the sets, train, and write the model folder."""
    config = TrainConfig.from_dict(recipe.train)
    splits = without_leaks([read_source(source, data) for source in recipe.sources])
    heads = [make_head(head, recipe.sources, splits) for head in recipe.heads]
    tokenizer, vectors = tokens(recipe, config, splits, data)
    by_name = {head.name: head for head in heads}

    def sources(part: int) -> list[Source]:
        return [
            replace(
                make_source(
                    source.name, split[part], by_name[source.head], tokenizer, config.max_tokens
                ),
                rows_per_epoch=source.rows if part == 0 else 0,
                logit_adjustment=source.logit_adjustment,
                unseen_share=source.unseen_share,
            )
            for source, split in zip(recipe.sources, splits, strict=True)
            if part == 0 or source.dev
        ]

    run = Run(config, heads, sources(0), sources(1), tokenizer.vocab_size, vectors)
    for source in run.sources:
        say(f"{source.name:24} {len(source.ids):7,} rows  {source.lengths.sum():10,} tokens")
    folder = output.with_name(f"{output.name}.training")
    weights = fit(run, folder, resume=resume, progress=sys.stderr.isatty(), report=say)
    dev = [
        DevSet(source.name, source.head, split[1])
        for source, split in zip(recipe.sources, splits, strict=True)
        if source.dev
    ]
    shipped = [by_name[head.name] for head in recipe.heads if not head.auxiliary]
    facts = model_facts(recipe, run, command)
    write_model(output, weights, shipped, tokenizer, config, dev, facts)
    say(f"wrote {output}")


def tokens(
    recipe: Recipe, config: TrainConfig, splits: Sequence[Splits], data: Path
) -> tuple[Tokenizer, dict[str, Any]]:
    """Train the tokeniser and first embeddings on the training texts and the unlabelled ones."""
    labelled = list(dict.fromkeys(row.text for train, _dev in splits for row in train if row.text))
    extra = [text for part in recipe.unlabelled for text in read_texts(data / part.path, part.rows)]
    texts = [labelled[row] for row in np.random.default_rng(config.seed).permutation(len(labelled))]
    tokenizer = train_tokenizer(
        [*texts[: recipe.tokenizer_rows], *extra[: recipe.tokenizer_rows // 30]],
        config.vocab_size,
        seed=config.seed,
    )
    rows = tokenizer.encode_ids([*labelled, *extra])
    say(f"tokeniser of {tokenizer.vocab_size:,}; {sum(map(len, rows)):,} tokens for embeddings")
    vectors = cooccurrence_vectors(
        rows, tokenizer.vocab_size, config.embedding_size, seed=config.seed
    )
    return tokenizer, {"embedding.weight": vectors}


def read_source(source: SourceRecipe, data: Path) -> Splits:
    """Read a set's train and dev rows."""
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


def examples(rows: list[dict[str, Any]], source: SourceRecipe) -> list[Example]:
    """Turn rows into examples with the recipe's labels; rows of dropped labels go."""
    found = []
    for place, row in enumerate(rows, start=1):
        text = re.sub(source.strip, " ", row["text"]) if source.strip else row["text"]
        label = relabel(row[source.label or ("labels" if "labels" in row else "label")], source)
        if label is not None and len(text.split()) >= source.min_words and text.strip():
            found.append(Example(text, label, place))
    return found


def relabel(label: str | list[str], source: SourceRecipe) -> str | tuple[str, ...] | None:
    """Map and drop labels; None drops the row."""
    if isinstance(label, str):
        return None if label in source.drop_labels else source.map.get(label, label)
    names = tuple(source.map.get(one, one) for one in label if one not in source.drop_labels)
    if source.agree:
        return names[0] if len(set(names)) == 1 else None
    return names


def without_leaks(splits: Sequence[Splits]) -> list[Splits]:
    """Remove from all train parts every text that stands in any dev part, however punctuated."""
    held = {bare(row.text) for _train, dev in splits for row in dev}
    return [([row for row in train if bare(row.text) not in held], dev) for train, dev in splits]


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


def read_texts(file: Path, rows: int) -> list[str]:
    """Read a seeded sample of a column `text`."""
    texts = pq.read_table(file, columns=["text"])["text"].to_pylist()
    order = np.random.default_rng(0).permutation(len(texts))[:rows]
    return [texts[place] for place in order]


def model_facts(recipe: Recipe, run: Run, command: str) -> ModelFacts:
    """What the card tells of the data."""
    sizes = {source.name: len(source.ids) for source in run.sources}
    return ModelFacts(
        name=recipe.name,
        languages=recipe.languages,
        data=[
            {"name": s.name, "rows": sizes[s.name], "licence": s.licence, "note": s.note}
            for s in recipe.sources
        ],
        licence=recipe.licence,
        limits=list(recipe.limits),
        command=command,
    )


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and make the model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", help="name of a recipe beside this file, or a TOML file")
    parser.add_argument("data", type=Path, help="folder of the data sets")
    parser.add_argument("-o", "--output", type=Path, required=True, help="model folder to write")
    parser.add_argument("--resume", action="store_true", help="go on where the run was killed")
    parser.add_argument("--set", action="append", default=[], help="key=value, over [train]")
    given = parser.parse_args(arguments)
    file = Path(given.recipe)
    file = file if file.suffix == ".toml" else Path(__file__).with_name(f"{given.recipe}.toml")
    recipe = Recipe.from_dict(tomllib.loads(file.read_text(encoding="utf-8")))
    overrides = tomllib.loads("\n".join(given.set))
    recipe = recipe.model_copy(update={"train": {**recipe.train, **overrides}})
    command = f"python recipes/make.py {recipe.name} DATA -o {given.output.name}"
    make(recipe, given.data, given.output, command, given.resume)


if __name__ == "__main__":
    main()
