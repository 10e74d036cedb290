"""What a network starts from: nothing, or the tokeniser and encoder of a trained model, the base.

    texts ─language─> base ─> tokeniser, sizes of the encoder, first weights

Howard and Ruder 2018, "Universal language model fine-tuning for text classification". Knows
nothing of the training that follows.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.config import Config, EncoderConfig, HeadConfig, TrainConfig
from sentigate.errors import ConfigError, DataError
from sentigate.evaluate.matching import match_labels
from sentigate.model.artifact import Artifact, find_model, load_artifact, read_config, shipped
from sentigate.text.language import detect
from sentigate.text.tokenizer import Tokenizer, train_tokenizer
from sentigate.train.loop import Weights
from sentigate.train.vectors import cooccurrence_vectors

Report = Callable[[str], None]
MOST_LOOKED_AT = 1000
AS_GOOD = 0.9
ENCODER = ("embedding.", "lstm.", "attention.")
WITH_A_BASE: Mapping[str, Any] = {
    "learning_rate": 2e-3,
    "layer_decay": 0.5,
    "unfreeze": 0.2,
    "ema": 0.99,
    "adversarial": 1.0,
}
"""Settings that take these values where a base is started from, unless they were given."""


@dataclass(frozen=True)
class Start:
    """Where a training begins.

    Args:
        tokenizer: from text to token ids.
        config: all settings; those of the encoder are the ones it will have, and `base` is the
            name of what was taken, or "none".
        weights: first weights by name; what is not among them starts at random.
        base: the model that was taken, or None.
    """

    tokenizer: Tokenizer
    config: TrainConfig
    weights: Weights | None = None
    base: Artifact | None = None

    @property
    def data(self) -> list[dict[str, Any]]:
        """What a card says of the base among the data, as rows for `ModelFacts.data`."""
        return [on_card(self.base, self.config.base)] if self.base else []


def on_card(base: Artifact, name: str) -> dict[str, Any]:
    """Return what a card says, among the data, of a base that was started from."""
    note = "the base: its vocabulary and encoder were started from; its own data are on its card"
    return {"name": name, "rows": 0, "licence": base.metrics.get("licence") or "", "note": note}


def begin(
    texts: Sequence[str], heads: Sequence[HeadConfig], config: TrainConfig, report: Report
) -> Start:
    """Choose what to start from, as `config.base` says, and tell what was chosen.

    Args:
        texts: training texts; most of them decide on the language.
        heads: those to be trained; one whose labels a head of the base has starts from that.
        config: all settings; `base` is "auto" (the shipped model of the texts' language), "none",
            a shipped model's name or a model folder.
        report: takes one line of text at a time, for people.

    Raises:
        ConfigError: a setting of the encoder was given and is not that of the base.
        ModelError: there is no such base, or its folder is damaged.
    """
    if config.base == "none":
        return _from_nothing(texts, config)
    chosen: str | Path | None = config.base
    if config.base == "auto":
        chosen, reason = _of_language(texts)
        report(f"{reason}; another start with --base")
    if chosen is None:
        return _from_nothing(texts, config)
    return _from_base(load_artifact(find_model(chosen)), str(chosen), heads, config, report)


def _from_nothing(texts: Sequence[str], config: TrainConfig) -> Start:
    """A tokeniser trained on the training texts and, with `vectors`, their co-occurrences."""
    plain = config.model_copy(update={"base": "none"})
    tokenizer = train_tokenizer(texts, config.vocab_size, seed=config.seed)
    if not config.vectors:
        return Start(tokenizer, plain)
    vectors = cooccurrence_vectors(
        tokenizer.encode_ids(texts), tokenizer.vocab_size, config.embedding_size, config.seed
    )
    return Start(tokenizer, plain, {"embedding.weight": vectors})


def _of_language(texts: Sequence[str]) -> tuple[str | None, str]:
    """The shipped model that reads most texts, of several as good the one of fewest languages."""
    some = texts[:: len(texts) // MOST_LOOKED_AT + 1]
    counts = Counter(detect(text) for text in some)
    languages = {name: read_config(folder).languages for name, folder in shipped().items()}
    read = {name: sum(counts[one] for one in several) for name, several in languages.items()}
    enough = max(len(some) / 2, AS_GOOD * max(read.values(), default=0))
    fitting = [name for name, count in read.items() if count > enough]
    if not fitting:
        return None, "starting from nothing: no shipped model reads the language of most texts"
    name = min(fitting, key=lambda name: (len(languages[name]), name))
    share = read[name] / len(some)
    return name, f"starting from the shipped model {name!r}, which reads {share:.0%} of the texts"


def _from_base(
    base: Artifact, name: str, heads: Sequence[HeadConfig], config: TrainConfig, report: Report
) -> Start:
    changed = _fitted(base.config.encoder, name, config)
    weights = {
        key: values.astype(np.float32)
        for key, values in base.weights.items()
        if key.startswith(ENCODER)
    }
    for head in heads:
        source, first = _head_weights(base, head)
        weights |= first
        if source:
            report(f"head {head.name}: starts from the head {source!r} of {name}")
    return Start(Tokenizer(base.tokenizer), changed, weights, base)


def _fitted(encoder: EncoderConfig, name: str, config: TrainConfig) -> TrainConfig:
    """Take the encoder's settings from the base, and those that suit a base."""
    suited = {k: v for k, v in WITH_A_BASE.items() if k not in config.model_fields_set}
    sizes = encoder_settings(encoder, name, config)
    return config.model_copy(update={**sizes, **suited, "base": name})


def encoder_settings(encoder: EncoderConfig, name: str, config: Config) -> dict[str, Any]:
    """Return the encoder's settings for a configuration that starts from it.

    Args:
        encoder: that of the base.
        name: the base's.
        config: what was asked for.

    Raises:
        ConfigError: a setting of the encoder was given and is not that of the base.
    """
    wanted = encoder.model_dump()
    given = {key: getattr(config, key) for key in wanted if key in config.model_fields_set}
    faults = [
        f"{key} is {value}, but the base {name!r} has {wanted[key]}: leave it out, or give "
        "--base none to start from nothing"
        for key, value in given.items()
        if value != wanted[key]
    ]
    if faults:
        raise ConfigError(faults)
    return wanted


def _head_weights(base: Artifact, head: HeadConfig) -> tuple[str | None, dict[str, NDArray[Any]]]:
    """The first head of the base that has a head's labels, and weights for it from there."""
    for known in sorted(base.config.heads, key=lambda known: known.name != head.name):
        places = _places(known, head)
        if places is None:
            continue
        parts = {part: base.weights[f"heads.{known.name}.{part}"] for part in ("weight", "bias")}
        return known.name, {
            f"heads.{head.name}.{part}": _rows(values.astype(np.float32), places, known, head)
            for part, values in parts.items()
        }
    return None, {}


def _rows(
    values: NDArray[np.float32], places: list[int], known: HeadConfig, head: HeadConfig
) -> NDArray[np.float32]:
    """Weights [logits, ...] of a known head as those of a head with labels in these places."""
    if head.kind == "ordinal":
        return values
    if known.kind == "binary":
        values = np.concatenate([np.zeros_like(values), values])
    rows = values[places]
    # One logit for two labels is what speaks for the second and against the first.
    return rows[1:] - rows[:1] if head.kind == "binary" else rows


def _places(known: HeadConfig, head: HeadConfig) -> list[int] | None:
    """Where the labels of a head stand among those of another; None where that is no help."""
    if not known.labels or not head.labels:
        return None
    try:
        meant = match_labels(head.labels, known.labels)
    except DataError:
        return None
    places = [known.labels.index(meant[label]) for label in head.labels]
    if "ordinal" in (known.kind, head.kind):  # its logits are steps between labels
        is_same = known.kind == head.kind and places == list(range(len(known.labels)))
        return places if is_same else None
    return places if len(set(places)) == len(places) else None
