"""Optional dependencies: import one, or say in one sentence how to get it."""

from importlib import import_module
from types import ModuleType

from sentigate.errors import MissingExtraError


def require(module: str, extra: str) -> ModuleType:
    """Import an optional module.

    Args:
        module: dotted name, such as "pyarrow.parquet".
        extra: the extra of this package that installs it.

    Returns:
        The imported module.

    Raises:
        MissingExtraError: it is not installed; the message holds the command that installs it.

    Example:
        >>> require("json", "files").dumps([1])
        '[1]'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        raise MissingExtraError(
            f"this needs the package {package!r}, which is not installed; "
            f"run: pip install 'sentigate[{extra}]'"
        ) from error
