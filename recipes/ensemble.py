"""Let several models together say what they think of a recipe's texts.

    python recipes/ensemble.py zh DATA MODEL MODEL ... -o scores.parquet
    python recipes/ensemble.py en DATA MODEL --scores teacher.parquet -o scores.parquet
    python recipes/make.py zh DATA -o OUT --teacher scores.parquet

The models are those of one recipe, with several seeds perhaps (`make.py --set seed=1`); a file of
scores (`teacher.py`) may be one more voice. What is written is the mean of all probabilities.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from recipe import read_recipe, read_sources, recipe_parser
from scores import answers, texts_to_score, write_scores

from sentigate.config import HeadConfig
from sentigate.runtime.decide import probabilities
from sentigate.runtime.model import Model

Voice = Mapping[str, NDArray[np.float32]]


def ask(model: Model, texts: Sequence[str]) -> Voice:
    """What a model says: for each head float32 [texts, labels]."""
    logits, _tokens = model.logits(texts)
    return {head.name: probabilities(head, logits[head.name]) for head in model.config.heads}


def together(voices: Sequence[Voice], heads: Sequence[HeadConfig]) -> Voice:
    """The mean of what all say."""
    return {
        head.name: np.mean([voice[head.name] for voice in voices], axis=0, dtype=np.float32)
        for head in heads
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write what the models say."""
    parser = recipe_parser(__doc__)
    parser.add_argument("models", type=Path, nargs="+", help="model folders of this recipe")
    parser.add_argument("--scores", type=Path, help="scores of a teacher; its texts are taken")
    parser.add_argument("-o", "--output", type=Path, required=True, help="Parquet file to write")
    parser.add_argument("--rows", type=int, default=20_000, help="most texts of a set to score")
    given = parser.parse_args(arguments)
    models = [Model.open(folder) for folder in given.models]
    heads = models[0].config.heads
    voices = []
    if given.scores:
        table = pq.read_table(given.scores)
        texts = table["text"].to_pylist()
        voices.append({head.name: answers(table, head) for head in heads})
    else:
        recipe = read_recipe(given.recipe)
        splits = read_sources(recipe, given.data)
        texts = texts_to_score(recipe, splits, given.data, given.rows)
    voices += [ask(model, texts) for model in models]
    write_scores(texts, together(voices, heads), heads, given.output)


if __name__ == "__main__":
    main()
