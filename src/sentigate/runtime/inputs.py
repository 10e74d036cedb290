"""Whether what a caller hands in is a text that can be read. Knows no model."""

import numpy as np

from sentigate.records import Status


def examine(value: object) -> tuple[str | None, Status]:
    """Say whether an input is a text that can be read, and give the text.

    Example:
        >>> examine("good"), examine("  "), examine(float("nan")), examine(b"bytes")
        (('good', <Status.OK: 'ok'>), ('  ', <Status.EMPTY: 'empty'>),
         (None, <Status.MISSING: 'missing'>), (None, <Status.NOT_TEXT: 'not_text'>))
    """
    if isinstance(value, str):
        return value, Status.EMPTY if not value or value.isspace() else Status.OK
    return None, Status.MISSING if _is_missing(value) else Status.NOT_TEXT


def _is_missing(value: object) -> bool:
    """None, NaN and the missing values of pandas, which is not imported for the question."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | np.floating) and bool(np.isnan(value))
