"""The file `weights.safetensors`: named arrays to bytes and back, and where each one lies.

The ONNX graph of a model folder holds no weights; it points into this file. Knows no network.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from sentigate.errors import TamperedModelError

_HEADER_SIZE = 8


class Place(NamedTuple):
    """Where one array lies in the file, in bytes."""

    offset: int
    length: int


def to_bytes(weights: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the file's content; the same weights give the same bytes."""
    return save(dict(weights))


def from_bytes(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the named arrays of a file's content.

    Raises:
        TamperedModelError: this is no safetensors file.

    Example:
        >>> import numpy as np
        >>> from_bytes(to_bytes({"bias": np.ones(2, np.float16)}))
        {'bias': array([1., 1.], dtype=float16)}
    """
    try:
        return dict(load(content))
    except SafetensorError as error:
        raise TamperedModelError(
            f"weights.safetensors cannot be read ({error}): get the model folder again"
        ) from error


def places(content: bytes) -> dict[str, Place]:
    """Return where each array lies, counted from the start of the file.

    Example:
        >>> import numpy as np
        >>> content = to_bytes({"bias": np.array([65, 66], np.int8)})
        >>> place = places(content)["bias"]
        >>> content[place.offset : place.offset + place.length]
        b'AB'
    """
    size = int.from_bytes(content[:_HEADER_SIZE], "little")
    start = _HEADER_SIZE + size
    header = json.loads(content[_HEADER_SIZE:start])
    header.pop("__metadata__", None)
    return {
        name: Place(start + begin, end - begin)
        for name, (begin, end) in ((name, row["data_offsets"]) for name, row in header.items())
    }
