"""Configuration records: checked on construction, unknown keys refused, all faults at once.

`ModelConfig` is what a model folder holds; `TrainConfig` is what `sentigate train` takes, from a
preset, a file and flags, in this order. Knows nothing of what is built from it.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from sentigate.errors import ConfigError, suggestion
from sentigate.records import HeadKind

FORMAT_VERSION = 2
"""The newest format of model folders that is read; 2 brought ordinal heads and encoders."""
Pooling = Literal["last", "mean", "max", "attention"]
Cell = Literal["lstm", "rnn"]


def _not_an_input(name: str) -> str:
    if name in ("ids", "lengths"):
        raise ValueError("this is the name of an input of the network: take another")
    return name


HeadName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$"), AfterValidator(_not_an_input)]


class Config(BaseModel):
    """Base of all configuration records: frozen; faults are raised as one `ConfigError`."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from plain values.

        Raises:
            ConfigError: unknown keys or values that do not fit; names every fault.

        Example:
            >>> EncoderConfig.from_dict({"hiden_size": 64, "num_layers": 0})
            Traceback (most recent call last):
            ...
            sentigate.errors.ConfigError: unknown key 'hiden_size', did you mean 'hidden_size'?;
            num_layers: Input should be greater than or equal to 1, got 0
        """
        try:
            return cls(**values)
        except ValidationError as error:
            raise ConfigError(sorted(_faults(error, cls), reverse=True)) from None


class HeadConfig(Config):
    """One question a model answers.

    A binary or regression head has one logit, an ordinal one a logit for each step from a label to
    the next, the others one for each label. The first label of a binary head is the negative one;
    the labels of an ordinal head stand from low to high. `thresholds` has one value for each logit
    (binary and multilabel) and is fitted on dev data; so is `temperature`, by which logits are
    divided.
    """

    name: HeadName
    kind: HeadKind
    labels: tuple[str, ...] = ()
    temperature: float = Field(default=1.0, gt=0)
    thresholds: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        least = {"regression": 0, "multilabel": 1, "ordinal": 3}.get(self.kind, 2)
        most = {"binary": 2, "regression": 0}.get(self.kind, 100_000)
        if not least <= len(self.labels) <= most:
            raise ValueError(
                f"a head of kind {self.kind} has {len(self.labels)} labels, "
                f"expected {least} to {most}"
            )
        if len(set(self.labels)) < len(self.labels):
            raise ValueError(f"labels must differ, got {self.labels}")
        expected = {"binary": 1, "multilabel": len(self.labels)}.get(self.kind, 0)
        if len(self.thresholds) not in (0, expected):
            raise ValueError(f"{len(self.thresholds)} thresholds, expected {expected}")
        return self

    @property
    def logits(self) -> int:
        """How many numbers the network gives for this head."""
        if self.kind == "ordinal":
            return len(self.labels) - 1
        return len(self.labels) if self.kind in ("multiclass", "multilabel") else 1


class EncoderConfig(Config):
    """The network from token ids to one vector per text."""

    cell: Cell = "lstm"
    vocab_size: int = Field(default=12_000, ge=2)
    embedding_size: int = Field(default=128, ge=1)
    hidden_size: int = Field(default=128, ge=1)
    num_layers: int = Field(default=1, ge=1)
    bidirectional: bool = True
    pooling: tuple[Pooling, ...] = Field(default=("mean", "max"), min_length=1)

    @property
    def output_size(self) -> int:
        """Width of one step's output: both directions side by side."""
        return self.hidden_size * (2 if self.bidirectional else 1)


class ModelConfig(Config):
    """What `config.json` of a model folder holds.

    `languages` are the ISO 639-1 codes the model was trained for; empty means any. Without heads it
    is an encoder, which answers nothing but can be trained from. `window` is how
    many tokens are read in one go; a longer text is read in consecutive windows.
    """

    format_version: int = Field(default=1, ge=1)
    name: str
    languages: tuple[str, ...] = ()
    encoder: EncoderConfig
    heads: tuple[HeadConfig, ...] = ()
    window: int = Field(default=512, ge=8)

    @property
    def oldest_format(self) -> int:
        """The oldest format that holds this model: what is written, so that old readers read it."""
        is_newer = not self.heads or any(head.kind == "ordinal" for head in self.heads)
        return 2 if is_newer else 1

    def head(self, name: str | None) -> HeadConfig:
        """Return a head by name; without a name, the only head.

        Raises:
            ConfigError: there is no such head, or no name was given and there are several.
        """
        names = [head.name for head in self.heads]
        if name is None and len(names) == 1:
            return self.heads[0]
        if name is None:
            raise ConfigError(
                [f"the model has the heads {', '.join(names)}: name one of them (--head)"]
            )
        if name not in names:
            raise ConfigError([f"the model has no head {name!r}{suggestion(name, names)}"])
        return self.heads[names.index(name)]


class TrainConfig(Config):
    """All that can be set for training; one flat level, so that each key is a flag.

    The sentence under each key is what `docs/configuration.md` prints.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    head: HeadName = "label"
    """Name of the head to be trained; `sentiment` and `emotion` have properties of their own."""
    task: Literal["auto", HeadKind] = "auto"
    """What sort of question the labels answer; `auto` looks at them and says what it sees."""
    label_order: tuple[str, ...] = ()
    """All labels from low to high, where their names do not tell (`cold,warm,hot`)."""
    dev_fraction: float = Field(default=0.1, gt=0, lt=0.9)
    """Share of the rows held out for choosing the best epoch, where no dev file is given."""

    base: str = Field(default="auto", min_length=1)
    """Start from: a shipped model, a folder, `none`; `auto`: what is shipped for the language."""
    cell: Cell = "lstm"
    """The recurrent cell; `rnn` is the plain one, for comparison."""
    vocab_size: int = Field(default=12_000, ge=300)
    """Tokens of the SentencePiece vocabulary; fewer where the texts do not hold as many."""
    embedding_size: int = Field(default=128, ge=1)
    """Width of a token's vector."""
    hidden_size: int = Field(default=128, ge=1)
    """Width of the hidden state and of the memory, in each direction."""
    num_layers: int = Field(default=1, ge=1)
    """Recurrent layers on top of each other."""
    bidirectional: bool = True
    """Read from both ends."""
    pooling: tuple[Pooling, ...] = Field(default=("mean", "max"), min_length=1)
    """How the steps' outputs become one vector; several are put side by side."""

    epochs: int = Field(default=0, ge=0)
    """Most passes over the data; 0 chooses ten, more where the rows are few, fewer, down to three,
    where the texts are together longer than 600,000 tokens."""
    batch_size: int = Field(default=64, ge=1)
    """Texts per step."""
    max_tokens: int = Field(default=256, ge=1)
    """Tokens of a text that training reads: of a longer one the beginning and the end."""
    learning_rate: float = Field(default=4e-3, gt=0)
    """Highest learning rate of AdamW; with a base 0.002."""
    schedule: Literal["one_cycle", "warmup", "constant"] = "one_cycle"
    """Course of the learning rate: up and down in cosines, up and down in lines, or level."""
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps in which the learning rate rises."""
    layer_decay: float = Field(default=1.0, gt=0, le=1)
    """Learning rate of a layer as a share of that of the layer above it, from the heads down;
    with a base 0.5."""
    unfreeze: float = Field(default=0.0, ge=0, lt=1)
    """Share of the training after which all layers learn; they thaw from the heads down;
    with a base 0.2."""
    weight_decay: float = Field(default=0.01, ge=0)
    """Decoupled weight decay."""
    clip_norm: float = Field(default=1.0, ge=0)
    """Longest gradient; 0 leaves it as it is."""
    word_dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of tokens replaced by the unknown one in training."""
    embedding_dropout: float = Field(default=0.2, ge=0, lt=1)
    """Dropout on embeddings, the same for all steps of a text."""
    layer_dropout: float = Field(default=0.2, ge=0, lt=1)
    """Dropout between recurrent layers."""
    weight_drop: float = Field(default=0.0, ge=0, lt=1)
    """DropConnect on the recurrent matrices."""
    dropout: float = Field(default=0.4, ge=0, lt=1)
    """Dropout on the pooled vector."""
    adversarial: float = Field(default=0.0, ge=0)
    """How far a text's token vectors are pushed uphill for a second loss (FGM), at twice the time;
    0 is none; with a base 1.0; never where a teacher's answers are learnt."""
    label_smoothing: float = Field(default=0.05, ge=0, lt=0.5)
    """Share of probability spread over the other labels, where a row has one label."""
    class_weight: Literal["balanced", "none"] = "balanced"
    """Weigh rows so that each class counts the same; for several labels per row, more alike."""
    positive_power: float = Field(default=0.3, ge=0, le=1)
    """Multi-label: (negatives / positives) to this power weighs a label's positive rows."""
    logit_adjustment: float = Field(default=0.0, ge=0)
    """Instead of weights: this times the log of a class's share, added to its logit in training."""
    vectors: bool = True
    """Start the embeddings from the company that tokens keep in the texts."""
    ema: float = Field(default=0.0, ge=0, lt=1)
    """Decay of the running average of the weights that is evaluated and kept; 0 is none, and
    runs of fewer than 2 / (1 - ema) steps have none; with a base 0.99."""
    keep: Literal["auto", "best", "last"] = "auto"
    """Epoch that is kept: the best on the dev rows, or the last; `auto`: the last where fewer than
    200 dev rows are to judge a head that starts from nothing."""
    patience: int = Field(default=0, ge=0)
    """Epochs without a better dev score before training stops; 0 allows a third of all. Where the
    last epoch is kept, training never stops early."""
    precision: Literal["auto", "32", "bf16"] = "auto"
    """Arithmetic; `auto` takes bfloat16 where the hardware has it."""
    storage: Literal["float16", "float32"] = "float16"
    """How the weights are stored; they are widened on load."""
    window: int = Field(default=512, ge=8)
    """Tokens that the model reads in one go; a longer text is read in consecutive windows."""
    devices: int = Field(default=1, ge=1)
    """GPUs, or processes on a CPU, among which the texts of a step are shared out; on each node."""
    nodes: int = Field(default=1, ge=1)
    """Machines that train together, started by torchrun."""
    threads: int = Field(default=0, ge=0)
    """CPU threads; 0 leaves the choice to torch."""
    seed: int = Field(default=0, ge=0)
    """Of everything random: same seed, same weights."""

    def encoder(self, vocab_size: int) -> EncoderConfig:
        """Return the part that describes the network, for the vocabulary that the texts gave."""
        values = {key: getattr(self, key) for key in EncoderConfig.model_fields}
        return EncoderConfig(**{**values, "vocab_size": vocab_size})


class PretrainConfig(Config):
    """All that can be set for pre-training a language model; flat, as `TrainConfig` is."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    base: str = Field(default="none", min_length=1)
    """Go on from the encoder of a shipped model or a folder, with its vocabulary and sizes."""
    dev_fraction: float = Field(default=0.02, gt=0, lt=0.9)
    """Share of the texts held out to measure perplexity on."""

    vocab_size: int = Field(default=12_000, ge=300)
    """Tokens of the SentencePiece vocabulary; fewer where the texts do not hold as many."""
    embedding_size: int = Field(default=128, ge=1)
    """Width of a token's vector."""
    hidden_size: int = Field(default=192, ge=1)
    """Width of the hidden state and of the memory, in each direction."""
    num_layers: int = Field(default=1, ge=1)
    """Recurrent layers on top of each other, in each direction."""
    bidirectional: bool = True
    """Learn a second model that reads backwards, for encoders that read from both ends."""
    pooling: tuple[Pooling, ...] = Field(default=("last", "mean", "max"), min_length=1)
    """How the encoder's outputs will become one vector; not used before there is a head."""

    epochs: int = Field(default=5, ge=1)
    """Passes over the texts."""
    batch_size: int = Field(default=64, ge=1)
    """Rows of text read side by side."""
    bptt: int = Field(default=64, ge=1)
    """Tokens of each row a step reads before the gradient is cut; the state is carried on."""
    negatives: int = Field(default=2048, ge=0)
    """Tokens drawn beside a step's own targets for the sampled softmax; 0 takes the full one."""
    learning_rate: float = Field(default=4e-3, gt=0)
    """Highest learning rate of AdamW."""
    warmup: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps in which the learning rate rises; then it falls in a line."""
    weight_decay: float = Field(default=0.01, ge=0)
    """Decoupled weight decay."""
    clip_norm: float = Field(default=0.5, ge=0)
    """Longest gradient; 0 leaves it as it is."""
    word_dropout: float = Field(default=0.05, ge=0, lt=1)
    """Share of tokens replaced by the unknown one in training."""
    embedding_dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout on embeddings, the same for all tokens of a step's row."""
    layer_dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout between recurrent layers."""
    weight_drop: float = Field(default=0.1, ge=0, lt=1)
    """DropConnect on the recurrent matrices."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout on the outputs, the same for all tokens of a step's row."""
    stretch: int = Field(default=200, ge=1)
    """Steps between checkpoints, from which `--resume` goes on."""
    precision: Literal["auto", "32", "bf16"] = "auto"
    """Arithmetic; `auto` takes bfloat16 where the hardware has it."""
    storage: Literal["float16", "float32"] = "float16"
    """How the weights are stored; they are widened on load."""
    window: int = Field(default=512, ge=8)
    """Tokens that models trained from it read in one go."""
    threads: int = Field(default=0, ge=0)
    """CPU threads; 0 leaves the choice to torch."""
    seed: int = Field(default=0, ge=0)
    """Of everything random: same seed, same weights."""

    def encoder(self, vocab_size: int) -> EncoderConfig:
        """Return the part that describes the encoder, for the vocabulary that the texts gave."""
        values = {k: getattr(self, k) for k in EncoderConfig.model_fields if k != "cell"}
        return EncoderConfig(**{**values, "vocab_size": vocab_size})


def presets() -> dict[str, Mapping[str, Any]]:
    """Return the shipped training presets by name, as they stand in `presets/*.toml`."""
    folder = resources.files("sentigate") / "presets"
    return {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }


def train_config(
    preset: str = "default",
    file: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> TrainConfig:
    """Lay a preset, a TOML file and single values over each other, the later over the earlier.

    Raises:
        ConfigError: no such preset or file, a file that is no TOML, or values that do not fit.

    Example:
        >>> train_config("tiny", overrides={"seed": 7}).seed
        7
    """
    known = presets()
    if preset not in known:
        raise ConfigError([f"there is no preset {preset!r}{suggestion(preset, list(known))}"])
    values = {**known[preset], **(_read_toml(file) if file else {}), **(overrides or {})}
    return TrainConfig.from_dict(values)


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError([f"there is no file {file}: give a TOML file of settings"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{file} is not valid TOML: {error}"]) from None


def _faults(error: ValidationError, cls: type[Config]) -> list[str]:
    """One sentence a fault; an unknown key gets the nearest known one."""
    sentences = []
    for fault in _innermost(error):
        place = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            sentences.append(f"unknown key {place!r}{suggestion(place, list(cls.model_fields))}")
        else:
            what = fault["msg"].removeprefix("Value error, ")
            sentences.append(f"{place}: {what}, got {fault['input']!r}" if place else what)
    return sentences


def _innermost(error: ValidationError) -> list[ErrorDetails]:
    """The faults without those that only follow from one further in."""
    faults = error.errors()
    outer = {fault["loc"][:end] for fault in faults for end in range(1, len(fault["loc"]))}
    return [fault for fault in faults if fault["loc"] not in outer]
