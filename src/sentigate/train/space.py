"""What a search for settings may change, and within which bounds; knows nothing of searching."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sentigate.config import EncoderConfig, TrainConfig
from sentigate.errors import ConfigError, suggestion
from sentigate.records import HeadKind

_DECADE = 10


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, both included; `log`: as likely in each order of magnitude."""

    low: float
    high: float
    log: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values; several pooling modes at once are one value, joined by "+"."""

    values: tuple[str | float, ...]


Domain = Range | Choice
Space = Mapping[str, Domain]

TRAINING: Space = {
    "learning_rate": Range(5e-4, 2e-2, log=True),
    "weight_decay": Range(0.0, 0.1),
    "dropout": Range(0.0, 0.6),
    "embedding_dropout": Range(0.0, 0.5),
    "word_dropout": Range(0.0, 0.3),
    "label_smoothing": Range(0.0, 0.2),
}
WITH_A_BASE: Space = {"layer_decay": Range(0.2, 1.0), "unfreeze": Range(0.0, 0.5)}
FROM_NOTHING: Space = {
    "vocab_size": Choice((2_000, 4_000, 8_000, 12_000, 16_000)),
    "embedding_size": Choice((32, 64, 128, 192)),
    "hidden_size": Choice((32, 64, 128, 192)),
    "num_layers": Choice((1, 2)),
    "pooling": Choice(("mean+max", "mean+max+attention", "attention", "last")),
}


def default_space(kind: HeadKind, *, base: bool, fixed: frozenset[str]) -> Space:
    """Return what is searched where nothing else is asked for.

    Args:
        kind: of the head; label smoothing is for rows of one label only.
        base: whether the network starts from a trained one, whose sizes are then given.
        fixed: settings that were given and so are left alone.

    Raises:
        ConfigError: nothing is left to be searched.

    Example:
        >>> list(default_space("regression", base=True, fixed=frozenset({"dropout"})))
        ['learning_rate', 'weight_decay', 'embedding_dropout', 'word_dropout', 'layer_decay',
         'unfreeze']
    """
    left_out = fixed | (set() if kind in ("binary", "multiclass") else {"label_smoothing"})
    whole = {**TRAINING, **(WITH_A_BASE if base else FROM_NOTHING)}
    space = {key: domain for key, domain in whole.items() if key not in left_out}
    if not space:
        raise ConfigError(["every setting is given, nothing is left to search: leave some out"])
    return space


def parse_space(pairs: Sequence[str]) -> Space:
    """Read `key=low..high` and `key=a,b,c`.

    Raises:
        ConfigError: a text of neither form, an unknown key or a value that does not fit; all told.

    Example:
        >>> space = parse_space(["learning_rate=0.001..0.01", "hidden_size=64,128"])
        >>> space["learning_rate"], space["hidden_size"]
        (Range(low=0.001, high=0.01, log=True, whole=False), Choice(values=('64', '128')))
    """
    space: dict[str, Domain] = {}
    faults = []
    for pair in pairs:
        key, _, text = (part.strip() for part in pair.partition("="))
        try:
            space[key] = _domain(key, text)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return space


def applied(config: TrainConfig, values: Mapping[str, str | float]) -> TrainConfig:
    """Return the settings with some of them changed.

    Raises:
        ConfigError: values that do not fit.

    Example:
        >>> applied(TrainConfig(seed=7), {"pooling": "mean+max"}).pooling
        ('mean', 'max')
    """
    split = {
        key: tuple(str(value).split("+")) if _holds_several(key) else value
        for key, value in values.items()
    }
    return TrainConfig.from_dict({**config.model_dump(exclude_unset=True), **split})


def widened(space: Space, config: TrainConfig) -> tuple[Space, dict[str, str | float]]:
    """Make room for the settings as they are; return the space and their values in it.

    Example:
        >>> widened({"hidden_size": Choice((32, 64))}, TrainConfig(hidden_size=48))
        ({'hidden_size': Choice(values=(32, 64, 48))}, {'hidden_size': 48})
    """
    wide: dict[str, Domain] = {}
    values: dict[str, str | float] = {}
    for key, domain in space.items():
        value = getattr(config, key)
        if isinstance(domain, Range):
            wide[key], values[key] = _reaching(domain, value), value
        else:
            plain = "+".join(value) if isinstance(value, tuple) else value
            # Choices from the command line are texts, whatever they stand for.
            values[key] = next((one for one in domain.values if str(one) == str(plain)), plain)
            wide[key] = Choice(tuple(dict.fromkeys((*domain.values, values[key]))))
    return wide, values


def encoder_keys(space: Space) -> list[str]:
    """Return those searched settings that a base would fix."""
    return [key for key in space if key in EncoderConfig.model_fields]


def _reaching(domain: Range, value: float) -> Range:
    low = min(domain.low, value)
    return replace(domain, low=low, high=max(domain.high, value), log=domain.log and low > 0)


def _domain(key: str, text: str) -> Domain:
    fields = TrainConfig.model_fields
    if key not in fields:
        raise ConfigError([f"unknown key {key!r}{suggestion(key, list(fields))}"])
    low, dots, high = (part.strip() for part in text.partition(".."))
    ends = [low, high] if dots else [part.strip() for part in text.split(",")]
    if len(set(ends)) < 2:
        raise ConfigError([f"{key}={text}: expected low..high, or several values with commas"])
    for end in ends:
        applied(TrainConfig(), {key: end})
    return _range(key, low, high) if dots else Choice(tuple(ends))


def _range(key: str, low: str, high: str) -> Range:
    try:
        first, last = float(low), float(high)
    except ValueError:
        raise ConfigError([f"{key}={low}..{high}: expected numbers on both sides"]) from None
    if first >= last:
        raise ConfigError([f"{key}={low}..{high}: the first number must be the smaller one"])
    whole = TrainConfig.model_fields[key].annotation is int
    return Range(first, last, log=first > 0 and last / first >= _DECADE, whole=whole)


def _holds_several(key: str) -> bool:
    return isinstance(TrainConfig.model_fields[key].default, tuple)
