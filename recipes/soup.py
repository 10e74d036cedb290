"""Average the weights of several models of a recipe into one: a model soup.

    python recipes/soup.py zh DATA MODEL MODEL ... -o OUT

The models must have started from the same encoder (`make.py --encoder`, with other seeds, say):
only then is their mean a good network too. It may know more than each, and costs no more than one.
A model that is named three times counts three times.
Temperatures, thresholds and figures are those of the mean.

Source: Wortsman et al. 2022, "Model soups", https://arxiv.org/abs/2203.05482.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from make import dev_sets, read_encoder
from recipe import Recipe, read_recipe, read_sources, recipe_parser, say

from sentigate.config import TrainConfig
from sentigate.errors import ModelError
from sentigate.model.artifact import Artifact, load_artifact
from sentigate.train.folder import ModelFacts, write_model
from sentigate.train.loop import Weights


def soup(recipe: Recipe, data: Path, folders: Sequence[Path], output: Path, command: str) -> None:
    """Average the models of the folders, measure the mean, and write it."""
    models = [load_artifact(folder) for folder in folders]
    weights = mean_weights(models)
    config, tokenizer, _ = read_encoder(folders[0], TrainConfig.from_dict(recipe.train))
    learnt = {part["name"]: part for model in models for part in model.metrics["data"]}
    facts = ModelFacts(
        name=recipe.name,
        languages=recipe.languages,
        data=list(learnt.values()),
        licence=recipe.licence,
        limits=list(recipe.limits),
        command="\n".join([*dict.fromkeys(model.metrics["command"] for model in models), command]),
    )
    dev = dev_sets(recipe, read_sources(recipe, data))
    write_model(output, weights, models[0].config.heads, tokenizer, config, dev, facts)
    say(f"wrote {output}")


def mean_weights(models: Sequence[Artifact]) -> Weights:
    """The mean of each array over models of one vocabulary, one form and the same labels.

    Raises:
        ModelError: they differ.
    """
    if len({_form(model) for model in models}) > 1:
        raise ModelError(
            "the models differ in vocabulary, form or labels: use one recipe and encoder"
        )
    return {
        name: np.mean([model.weights[name] for model in models], axis=0, dtype=np.float32)
        for name in models[0].weights
    }


def _form(model: Artifact) -> tuple[object, ...]:
    heads = ((head.name, head.labels) for head in model.config.heads)
    shapes = ((name, array.shape) for name, array in sorted(model.weights.items()))
    return model.tokenizer, *heads, *shapes


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the mean of the models."""
    parser = recipe_parser(__doc__)
    parser.add_argument("models", type=Path, nargs="+", help="model folders of this recipe")
    parser.add_argument("-o", "--output", type=Path, required=True, help="model folder to write")
    given = parser.parse_args(arguments)
    recipe = read_recipe(given.recipe)
    names = " ".join(folder.name for folder in given.models)
    command = f"python recipes/soup.py {recipe.name} DATA {names} -o {given.output.name}"
    soup(recipe, given.data, given.models, given.output, command)


if __name__ == "__main__":
    main()
