"""`sentigate serve` and `sentigate key`: the HTTP server, and the keys of who may ask it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sentigate.cli.settings import as_values, with_settings
from sentigate.errors import ConfigError
from sentigate.extras import require
from sentigate.serve.security import add_key
from sentigate.serve.settings import ServeConfig


@with_settings(ServeConfig)
def serve(
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="<[name=]model>",
            help="Shipped model or model folder, and its name; several times. [default: shipped]",
        ),
    ] = None,
    *,
    settings: Mapping[str, str | bool],
) -> None:
    """Answer over HTTP, with a web page at /.

    The documentation of the interface is at /docs.
    """
    config = ServeConfig.from_dict(as_values(ServeConfig, settings))
    models = _named(model or [])
    require("fastapi", "serve")
    require("uvicorn", "serve")
    from sentigate.serve.run import serve as run

    run(config, models)


def key(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Whose key it is; stands in the logs.")
    ],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="File of keys; made where there is none.")
    ],
) -> None:
    """Make an API key for the server.

    Its hash goes into a file; the key itself is printed once and kept nowhere. To withdraw a key,
    delete its line and send the server SIGHUP.
    """
    typer.echo(add_key(file, name))
    typer.echo(f"this is shown once; {file} holds its hash", err=True)


def _named(models: list[str]) -> dict[str, str]:
    """Read `name=model`; a model alone is served under the last part of its path.

    Example:
        >>> _named(["en", "mine=models/mine", "models/other/"])
        {'en': 'en', 'mine': 'models/mine', 'other': 'models/other/'}
    """
    named: dict[str, str] = {}
    for one in models:
        name, given, model = one.partition("=")
        name, model = (name, model) if given else (Path(one).name, one)
        if name in named or name in ("", "auto"):
            raise ConfigError([f"--model {one}: {name!r} cannot be its name: say NAME={model}"])
        named[name] = model
    return named
