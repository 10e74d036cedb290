"""Make a shipped model from its recipe and a folder of data.

    python recipes/make.py en DATA -o src/sentigate/models/en
    python recipes/make.py zh DATA -o src/sentigate/models/zh --resume

`recipe.py` says what may stand in a recipe and how DATA looks, `Aids` what a model may have beside
it. The run goes on where it was killed if `--resume` is given.
"""

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from recipe import (
    EMOJI,
    Recipe,
    Splits,
    make_head,
    make_sources,
    read_recipe,
    read_sources,
    recipe_parser,
    say,
    shipped,
)
from scores import read_scores, sense_head
from texts import read_texts

from sentigate.config import TrainConfig
from sentigate.model.artifact import load_artifact
from sentigate.text.tokenizer import Tokenizer, train_tokenizer
from sentigate.train.folder import DevSet, ModelFacts, write_model
from sentigate.train.loop import Run, Weights, fit
from sentigate.train.ranks import refuse_several
from sentigate.train.start import ENCODER, encoder_settings
from sentigate.train.vectors import cooccurrence_vectors

UNLABELLED = "texts without labels, for first embeddings and, with --encoder, a language model"


@dataclass(frozen=True)
class Aids:
    """What a model has beside the labelled rows.

    Args:
        teacher: scores to learn from for the heads that are shipped (`teacher.py`, `ensemble.py`).
        sense: scores of a head of their own, not shipped, that keep the encoder's sense of which
            texts are alike (`vectors.py`).
        encoder: the folder to start from (`corpus.py`), perhaps one that has learnt `sense`.
    """

    teacher: Path | None = None
    sense: Path | None = None
    encoder: Path | None = None

    @property
    def flags(self) -> str:
        """How they were given, without paths."""
        given = [name for name, path in vars(self).items() if path]
        return "".join(f" --{name} {name.upper()}" for name in given)


def make(recipe: Recipe, data: Path, output: Path, command: str, resume: bool, aids: Aids) -> None:
    """Read the sets, train, and write the model folder."""
    config = TrainConfig.from_dict(recipe.train)
    refuse_several(config, "recipes/make.py")
    splits = read_sources(recipe, data)
    heads = [make_head(head, recipe.sources, splits) for head in recipe.heads]
    if aids.encoder:
        config, tokenizer, first = read_encoder(aids.encoder, config)
    else:
        tokenizer, first = tokens(recipe, config, splits, data)
    training, dev = make_sources(recipe, splits, heads, tokenizer, config.max_tokens)
    kept = shipped(recipe, heads)
    if aids.teacher:
        training += read_scores(aids.teacher, recipe, kept, tokenizer, config.max_tokens)
    if aids.sense:
        heads.append(sense_head(aids.sense))
        training += read_scores(aids.sense, recipe, heads[-1:], tokenizer, config.max_tokens)
    run = Run(config, heads, training, dev, tokenizer.vocab_size, first)
    for source in run.sources:
        say(f"{source.name:24} {len(source.ids):7,} rows  {source.lengths.sum():10,} tokens")
    folder = output.with_name(f"{output.name}.training")
    weights = fit(run, folder, resume=resume, progress=sys.stderr.isatty(), report=say)
    facts = model_facts(recipe, run, command)
    write_model(output, weights, kept, tokenizer, config, dev_sets(recipe, splits), facts)
    say(f"wrote {output}")


def dev_sets(recipe: Recipe, splits: Sequence[Splits]) -> list[DevSet]:
    """What a model is measured on."""
    return [
        DevSet(source.name, source.head, dev, calibrates=source.chooses)
        for source, (_train, dev) in zip(recipe.sources, splits, strict=True)
        if source.dev
    ]


def read_encoder(folder: Path, config: TrainConfig) -> tuple[TrainConfig, Tokenizer, Weights]:
    """Take vocabulary, sizes and first weights from an encoder that read the texts before."""
    base = load_artifact(folder)
    sizes = encoder_settings(base.config.encoder, folder.name, config)
    first = {
        name: values.astype(np.float32)
        for name, values in base.weights.items()
        if name.startswith(ENCODER)
    }
    return config.model_copy(update=sizes), Tokenizer(base.tokenizer), first


def tokens(
    recipe: Recipe, config: TrainConfig, splits: Sequence[Splits], data: Path
) -> tuple[Tokenizer, dict[str, Any]]:
    """Train the tokeniser and first embeddings on the training texts and the unlabelled ones."""
    labelled = list(dict.fromkeys(row.text for train, _dev in splits for row in train if row.text))
    pool = drawn(recipe, splits) if recipe.tokenizer_as_epoch else labelled
    extra = [text for part in recipe.unlabelled for text in read_texts(data / part.path, part.rows)]
    texts = [pool[row] for row in np.random.default_rng(config.seed).permutation(len(pool))]
    tokenizer = train_tokenizer(
        [*texts[: recipe.tokenizer_rows], *extra[: recipe.tokenizer_rows // 30]],
        config.vocab_size,
        seed=config.seed,
        characters="".join(EMOJI.values()),
    )
    rows = tokenizer.encode_ids([*labelled, *extra])
    say(f"tokeniser of {tokenizer.vocab_size:,}; {sum(map(len, rows)):,} tokens for embeddings")
    vectors = cooccurrence_vectors(
        rows, tokenizer.vocab_size, config.embedding_size, seed=config.seed
    )
    return tokenizer, {"embedding.weight": vectors}


def drawn(recipe: Recipe, splits: Sequence[Splits]) -> list[str]:
    """As many texts of each set as an epoch draws, so that a large set does not take all pieces."""
    rng = np.random.default_rng(0)
    texts = [[row.text for row in train if row.text] for train, _dev in splits]
    return [
        some[place]
        for source, some in zip(recipe.sources, texts, strict=True)
        for place in rng.permutation(len(some))[: source.rows or None]
    ]


def model_facts(recipe: Recipe, run: Run, command: str) -> ModelFacts:
    """What the card tells of the data, the teacher's answers among them."""
    of = {source.name: source for source in recipe.sources}
    teacher = recipe.distil.who if recipe.distil else ""
    data = [
        {
            "name": source.name,
            "rows": len(source.ids),
            "licence": of[source.name].licence if source.name in of else "texts of the other sets",
            "note": of[source.name].note if source.name in of else f"answers of {teacher}",
        }
        for source in run.sources
    ]
    data += [
        {
            "name": part.path,
            "rows": part.rows,
            "licence": "as its labelled part",
            "note": UNLABELLED,
        }
        for part in recipe.unlabelled
    ]
    return ModelFacts(
        name=recipe.name,
        languages=recipe.languages,
        data=data,
        licence=recipe.licence,
        limits=list(recipe.limits),
        command=command,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and make the model."""
    parser = recipe_parser(__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="model folder to write")
    parser.add_argument("--resume", action="store_true", help="go on where the run was killed")
    parser.add_argument("--teacher", type=Path, help="scores to distil, see teacher.py")
    parser.add_argument("--sense", type=Path, help="vectors to distil, see vectors.py")
    parser.add_argument("--encoder", type=Path, help="what to start from, see corpus.py")
    parser.add_argument("--set", action="append", default=[], help="key=value, over [train]")
    given = parser.parse_args(arguments)
    recipe = read_recipe(given.recipe)
    overrides = tomllib.loads("\n".join(given.set))
    recipe = recipe.model_copy(update={"train": {**recipe.train, **overrides}})
    aids = Aids(given.teacher, given.sense, given.encoder)
    command = f"python recipes/make.py {recipe.name} DATA -o {given.output.name}{aids.flags}"
    make(recipe, given.data, given.output, command, given.resume, aids)


if __name__ == "__main__":
    main()
