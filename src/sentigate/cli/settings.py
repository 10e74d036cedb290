"""Every key of a configuration record as a command-line option, made from the record itself."""

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer

from sentigate.config import Config
from sentigate.errors import ConfigError


def with_settings(record: type[Config]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command one option for each key of a record.

    The command takes a parameter `settings`, which becomes the mapping of those keys that were
    given, as text; the record checks and converts them, so that all faults are told at once.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)

        @wraps(command)
        def run(**values: Any) -> None:
            settings = {key: values.pop(key) for key in record.model_fields}
            given = {key: value for key, value in settings.items() if value is not None}
            command(**values, settings=given)

        kept = [param for param in own.parameters.values() if param.name != "settings"]
        made = [_parameter(record, key) for key in record.model_fields]
        run.__signature__ = own.replace(parameters=[*kept, *made])  # type: ignore[attr-defined]
        return run

    return decorate


def parse_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """Read `key=value` texts.

    Raises:
        ConfigError: a text is no such pair; names all that are not.

    Example:
        >>> parse_pairs(["hidden_size=64", "pooling=mean,max"])
        {'hidden_size': '64', 'pooling': 'mean,max'}
    """
    faults = [f"{pair!r} is not of the form key=value" for pair in pairs if "=" not in pair]
    if faults:
        raise ConfigError(faults)
    return {key.strip(): value.strip() for key, _, value in (pair.partition("=") for pair in pairs)}


def given_values(
    record: type[Config], pairs: Sequence[str] | None, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Put together what a command was given as `--set key=value` and as flags, which win.

    Raises:
        ConfigError: a text is no pair.
    """
    return as_values(record, {**parse_pairs(pairs or []), **settings})


def as_values(record: type[Config], texts: Mapping[str, Any]) -> dict[str, Any]:
    """Split the texts of keys that hold several values; the record converts the rest.

    Example:
        >>> from sentigate.config import TrainConfig
        >>> as_values(TrainConfig, {"pooling": "mean, max", "seed": "7"})
        {'pooling': ('mean', 'max'), 'seed': '7'}
    """
    return {
        key: tuple(part.strip() for part in value.split(","))
        if isinstance(value, str) and _holds_several(record, key)
        else value
        for key, value in texts.items()
    }


def _parameter(record: type[Config], key: str) -> inspect.Parameter:
    field = record.model_fields[key]
    flag = key.replace("_", "-")
    is_switch = field.annotation is bool
    option = typer.Option(
        f"--{flag}/--no-{flag}" if is_switch else f"--{flag}",
        help=_help(field.description, field.default),
        metavar=None if is_switch else _metavar(field.annotation),
        show_default=False,
    )
    return inspect.Parameter(
        key,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[bool | None if is_switch else str | None, option],
    )


def _help(description: str | None, default: Any) -> str:
    """What an option means, in one line, and its default unless that is an empty list."""
    told = " ".join((description or "").split())
    return told if default == () else f"{told} [default: {_shown(default)}]"


def _shown(default: Any) -> str:
    return ",".join(default) if isinstance(default, tuple) else str(default).lower()


def _metavar(annotation: Any) -> str:
    """What stands behind the option in the help: the choices, or the sort of value.

    Example:
        >>> _metavar(Literal["a", "b"]), _metavar(int | None), _metavar(tuple[Literal["a"], ...])
        ('<a|b>', '<int>', '<a,...>')
    """
    if get_origin(annotation) is tuple:
        return f"<{_sort(get_args(annotation)[0])},...>"
    return f"<{_sort(annotation)}>"


def _sort(annotation: Any) -> str:
    choices = _choices(annotation)
    if choices:
        return "|".join(choices)
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not types.NoneType]
    return str(kinds[0].__name__).lower()


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    if get_origin(annotation) in (Union, types.UnionType):
        return [choice for part in get_args(annotation) for choice in _choices(part)]
    return []


def _holds_several(record: type[Config], key: str) -> bool:
    field = record.model_fields.get(key)
    return field is not None and get_origin(field.annotation) is tuple
