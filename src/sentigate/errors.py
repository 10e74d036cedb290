"""Every error a user can meet, in one tree. Knows nothing of the rest of the package.

    SentigateError              the base: one `except` catches what Sentigate raises on purpose
    ├── ConfigError             a setting that does not fit; lists all faults at once
    ├── DataError               a file, column or label that cannot be used
    ├── ModelError              a model folder that cannot be used
    │   ├── TamperedModelError  a file is missing, truncated or not what its hash says
    │   └── NewerFormatError    the folder was written by a newer Sentigate
    ├── OutputError             a result that cannot be written (disk full, path taken)
    ├── BelowFloorError         a model that does less well than it must
    ├── ServerError             a server that cannot be reached, or refuses
    └── MissingExtraError       an optional dependency that is not installed

Each message says what came, what was expected and what to do. The command line prints the message
alone and exits with the class's `exit_code`.
"""

from difflib import get_close_matches
from typing import Self

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class SentigateError(Exception):
    """Base of all errors raised on purpose; `str(error)` is fit to be shown to a user."""

    exit_code = 1


class ConfigError(SentigateError):
    """A configuration that does not fit; `faults` holds one sentence for each fault."""

    exit_code = 2

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))

    def __reduce__(self) -> tuple[type[Self], tuple[list[str]]]:
        """Pickle the faults: an exception is made again of what was said, which is one text."""
        return type(self), (self.faults,)


class DataError(SentigateError, ValueError):
    """Data that cannot be used: unreadable file, missing column, unusable labels.

    A ValueError too, for so scikit-learn and its users know unusable data.
    """


class ModelError(SentigateError):
    """A model folder that cannot be used."""


class TamperedModelError(ModelError):
    """A model file that is missing, truncated or changed since it was written."""


class NewerFormatError(ModelError):
    """A model folder written by a newer version of Sentigate."""


class OutputError(SentigateError):
    """A result that cannot be written."""


class BelowFloorError(SentigateError):
    """A model that does less well than the floor that was set for it."""

    exit_code = 3


class ServerError(SentigateError):
    """A server that cannot be reached, fails, or refuses a request."""


class MissingExtraError(SentigateError):
    """An optional dependency that is needed now and not installed."""


def suggestion(name: str, known: list[str]) -> str:
    """Return ", did you mean 'x'?" for the nearest known name, or the list of what there is.

    Example:
        >>> suggestion("hiden_size", ["hidden_size", "seed"])
        ", did you mean 'hidden_size'?"
    """
    close = get_close_matches(name, known, n=1)
    return f", did you mean {close[0]!r}?" if close else f"; there is: {', '.join(known) or 'none'}"
