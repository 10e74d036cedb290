"""The texts of a recipe for language models to read, and the encoder that they begin with.

    python recipes/corpus.py en DATA -o corpus.parquet --start en-start
    sentigate pretrain corpus.parquet --base en-start --epochs 1 -o en-encoder
    python recipes/make.py en DATA -o OUT --encoder en-encoder

The encoder has the recipe's vocabulary, with pieces of its own for emoji, first embeddings from
what stands beside what, and knows nothing else.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from make import tokens
from recipe import (
    Recipe,
    Splits,
    bare,
    judging,
    read_recipe,
    read_sources,
    recipe_parser,
    say,
)
from texts import read_texts

from sentigate.config import PretrainConfig, TrainConfig
from sentigate.files import write_aside
from sentigate.nn.language_model import build_language_model
from sentigate.train.folder import ModelFacts, write_encoder


def corpus(recipe: Recipe, splits: Sequence[Splits], data: Path) -> list[str]:
    """All texts once: whole ones that nobody put together by a rule, none of them a dev text."""
    return list(dict.fromkeys(_texts(recipe, splits, data)))


def _texts(recipe: Recipe, splits: Sequence[Splits], data: Path) -> Iterator[str]:
    for source, (train, _dev) in zip(recipe.sources, splits, strict=True):
        if source.whole and not (source.written or source.emoji or source.words):
            yield from (row.text for row in train if row.text)
    held = judging(splits)  # the labelled rows come without what judges
    for part in recipe.unlabelled:
        yield from (
            text for text in read_texts(data / part.path, part.rows) if bare(text) not in held
        )


def start(recipe: Recipe, splits: Sequence[Splits], data: Path, output: Path) -> None:
    """Write an encoder that knows the vocabulary and first embeddings."""
    config = TrainConfig.from_dict(recipe.train)
    tokenizer, vectors = tokens(recipe, config, splits, data)
    sizes = config.encoder(tokenizer.vocab_size)
    network = build_language_model(sizes)
    network.load_weights({**network.to_weights(), **vectors})
    settings = PretrainConfig(**sizes.model_dump(exclude={"cell"}))
    facts = ModelFacts(name=output.name, command=f"python recipes/corpus.py {recipe.name} DATA")
    write_encoder(
        output, network.to_weights(), tokenizer, settings, float(tokenizer.vocab_size), facts
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, write the corpus and the encoder."""
    parser = recipe_parser(__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="Parquet file to write")
    parser.add_argument("--start", type=Path, required=True, help="encoder folder to write")
    given = parser.parse_args(arguments)
    recipe = read_recipe(given.recipe)
    splits = read_sources(recipe, given.data)
    texts = corpus(recipe, splits, given.data)
    say(f"{len(texts):,} texts, {sum(map(len, texts)):,} characters")
    start(recipe, splits, given.data, given.start)
    with write_aside(given.output) as aside:  # last and whole: the Makefile goes by it
        pq.write_table(pa.table({"text": texts}), aside)


if __name__ == "__main__":
    main()
