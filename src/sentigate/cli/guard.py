"""What every command does about errors: one sentence on stderr and an exit code."""

import errno
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from sentigate.errors import INTERRUPTED, OutputError, SentigateError


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the errors that Sentigate raises on purpose, and Ctrl-C, into exit codes.

    Any other exception is a fault of the program and keeps its traceback; a closed pipe is left
    to the application, which ends quietly.
    """

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except SentigateError as error:
            raise _told(str(error), error.exit_code) from None
        except KeyboardInterrupt:
            raise _told("stopped", INTERRUPTED) from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            advice = ": free some space, then run it again" if error.errno == errno.ENOSPC else ""
            raise _told(f"cannot read or write: {error}{advice}", OutputError.exit_code) from None

    return run


def _told(sentence: str, exit_code: int) -> typer.Exit:
    typer.echo(f"sentigate: {sentence}", err=True)
    return typer.Exit(exit_code)
