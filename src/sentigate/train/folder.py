"""From trained weights to a model folder: fit what is fitted on dev data, measure, write.

All figures are those of the artifact as it is stored, through the engine that serves it, not of the
network as it was trained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate import __version__
from sentigate.config import (
    Config,
    HeadConfig,
    ModelConfig,
    PretrainConfig,
    TrainConfig,
)
from sentigate.data.labels import LabelSpace
from sentigate.errors import DataError, OutputError
from sentigate.evaluate.calibration import fit_temperature, fit_thresholds
from sentigate.evaluate.metrics import evaluate_head
from sentigate.model.artifact import Artifact, save
from sentigate.model.card import card
from sentigate.nn.export import build_onnx
from sentigate.records import Example
from sentigate.runtime.decide import probabilities
from sentigate.runtime.model import Model
from sentigate.text.tokenizer import Tokenizer

Weights = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class DevSet:
    """Rows that dev figures are measured on.

    Args:
        name: for the figures.
        head: whose.
        examples: rows with text and label.
        calibrates: temperature and thresholds are fitted on them too.
    """

    name: str
    head: str
    examples: Sequence[Example]
    calibrates: bool = True


@dataclass(frozen=True)
class ModelFacts:
    """What the card tells beside the figures.

    Args:
        name: the model's name.
        languages: ISO 639-1 codes; empty means any.
        data: what it was trained on: name, rows, licence, note of each set.
        licence: of the weights, as an SPDX name; empty where the user has not said.
        limits: sentences on what it is not for.
        command: what makes it again.
    """

    name: str
    languages: tuple[str, ...] = ()
    data: list[dict[str, Any]] = field(default_factory=list)
    licence: str = ""
    limits: list[str] = field(default_factory=list)
    command: str = ""


@dataclass(frozen=True)
class _Measured:
    """A dev set's logits and targets under the stored model."""

    name: str
    head: str
    calibrates: bool
    logits: NDArray[np.float32]
    targets: NDArray[Any]

    def columns(self, head: HeadConfig) -> list[str]:
        """The labels that occur; all of them, except in a set that holds some of the classes."""
        found = np.unique(self.targets) if head.kind in ("multiclass", "ordinal") else ()
        return [head.labels[place] for place in found] if len(found) > 1 else list(head.labels)


def working_folder(output: Path) -> Path:
    """Return where a training keeps its checkpoints and logs: beside the model folder."""
    return output.with_name(f"{output.name}.training")


def check_output(output: Path) -> None:
    """Check that a model may be written here.

    Raises:
        OutputError: it is there and no model folder, and so not ours to replace, or has no name.
    """
    if output.name in ("", ".."):
        raise OutputError(f"{output} names no new folder: give one with -o, such as models/mine")
    if output.is_file() or (
        output.is_dir() and any(output.iterdir()) and not (output / "config.json").exists()
    ):
        raise OutputError(f"{output} exists and is no model folder: choose another place with -o")


def write_model(
    output: Path,
    weights: Weights,
    heads: Sequence[HeadConfig],
    tokenizer: Tokenizer,
    config: TrainConfig,
    dev_sets: Sequence[DevSet],
    facts: ModelFacts,
) -> None:
    """Store the weights, fit temperatures and thresholds on dev data, measure, write the folder.

    Args:
        output: the model folder.
        weights: of the trained network; those of heads that are not in `heads` are left out.
        heads: the heads to keep.
        tokenizer: what the network was trained with.
        config: the settings it was trained with.
        dev_sets: labelled rows; every head needs one at least.
        facts: what the card tells beside the figures.

    Raises:
        DataError: the weights are no finite numbers.
        OutputError: the folder cannot be written.
    """
    encoder = config.encoder(tokenizer.vocab_size)
    draft = ModelConfig(
        name=facts.name,
        languages=facts.languages,
        encoder=encoder,
        heads=tuple(heads),
        window=config.window,
    )
    stored = _stored(weights, heads, config.storage)
    artifact = Artifact(draft, tokenizer.model, stored, build_onnx(draft, stored), {}, None)
    measured = _measure(Model.open(artifact), draft, dev_sets)
    fitted = tuple(
        _fit(head, [part for part in measured if part.head == head.name and part.calibrates])
        for head in heads
    )
    final = draft.model_copy(update={"heads": fitted})
    metrics = {
        "sentigate": __version__,
        "dev": {f"{part.name}/{part.head}": _figures(final, part) for part in measured},
        **_told(facts, config),
    }
    save(
        replace(artifact, config=final, metrics=metrics),
        output,
        card(final, metrics, asdict(facts)),
    )


def write_encoder(
    output: Path,
    weights: Weights,
    tokenizer: Tokenizer,
    config: PretrainConfig,
    perplexity: float,
    facts: ModelFacts,
) -> None:
    """Write the folder of a pre-trained encoder: a model folder without heads.

    Args:
        output: the folder.
        weights: of the language model.
        tokenizer: what it was trained with.
        config: the settings it was trained with.
        perplexity: on texts held out, over the whole vocabulary.
        facts: what the card tells beside the figures.

    Raises:
        OutputError: the folder cannot be written.
    """
    encoder = config.encoder(tokenizer.vocab_size)
    final = ModelConfig(name=facts.name, encoder=encoder, window=config.window)
    metrics = {"sentigate": __version__, "perplexity": perplexity, **_told(facts, config)}
    stored = _stored(weights, (), config.storage)
    artifact = Artifact(final, tokenizer.model, stored, b"", metrics)
    save(artifact, output, card(final, metrics, asdict(facts)))


def _told(facts: ModelFacts, config: Config) -> dict[str, Any]:
    return {
        "licence": facts.licence,
        "data": facts.data,
        "limits": facts.limits,
        "command": facts.command,
        "settings": config.model_dump(mode="json"),
    }


def _stored(weights: Weights, heads: Sequence[HeadConfig], storage: str) -> dict[str, NDArray[Any]]:
    kept = {f"heads.{head.name}" for head in heads}
    with np.errstate(over="ignore"):  # infinite weights are noticed by what they answer
        return {
            name: values.astype(storage)
            for name, values in weights.items()
            if not name.startswith("heads.") or name.rpartition(".")[0] in kept
        }


def _measure(model: Model, config: ModelConfig, dev_sets: Sequence[DevSet]) -> list[_Measured]:
    measured = []
    for part in dev_sets:
        space = LabelSpace.from_head(config.head(part.head))
        rows = [
            (row.text, row.label) for row in part.examples if row.text and row.label is not None
        ]
        logits, tokens = model.logits([text for text, _ in rows])
        if not np.isfinite(logits[part.head]).all():
            raise DataError(
                "the training went astray, its weights are no finite numbers: "
                "try again with a lower --learning-rate"
            )
        read = np.flatnonzero(tokens)
        targets = np.array([space.encode(rows[place][1]) for place in read])
        measured.append(
            _Measured(part.name, part.head, part.calibrates, logits[part.head][read], targets)
        )
    return measured


def _fit(head: HeadConfig, parts: Sequence[_Measured]) -> HeadConfig:
    """Fit on the dev sets that hold all of the head's labels; where there is none, on all."""
    if not parts:
        return head
    whole = [part for part in parts if len(part.columns(head)) == len(head.labels)] or parts
    logits = np.concatenate([part.logits for part in whole])
    targets = np.concatenate([part.targets for part in whole])
    cooled = head.model_copy(update={"temperature": fit_temperature(logits, targets, head.kind)})
    if head.kind != "multilabel":
        return cooled
    thresholds = fit_thresholds(probabilities(cooled, logits), targets)
    return cooled.model_copy(update={"thresholds": thresholds})


def _figures(config: ModelConfig, part: _Measured) -> dict[str, Any]:
    head = config.head(part.head)
    return evaluate_head(head, part.logits, part.targets, part.columns(head) or None)
