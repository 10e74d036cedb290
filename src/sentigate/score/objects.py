"""Rows that are JSON objects: which keys and which kinds of values there are, lines and columns.

Files are read twice: which columns there are is known only at the end. Knows no blocks.
"""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from sentigate.data.encoding import open_text
from sentigate.errors import DataError
from sentigate.score.arrow import pa, storable

LINE = "line"
LINES = {"sentigate": "lines of JSON"}
NO_TEXT = b""
_EXACT = 2**53
_BLANK = "\ufeff \t\r\n"

Object = dict[str, Any]


@dataclass(slots=True)
class Survey:
    """What keys all objects of a file have.

    Args:
        kinds: by key, in the order in which they appear, what sorts of values there are.
        rows: how many objects there are.
        broken: how many of them are lines that are no JSON objects.
    """

    kinds: dict[str, set[str]] = field(default_factory=dict)
    rows: int = 0
    broken: int = 0

    def types(self) -> list[tuple[str, pa.DataType]]:
        """Return the type of each column: what holds all its values, else text."""
        return [(storable(key), _type(kinds)) for key, kinds in self.kinds.items()]


def survey(open_file: Callable[[], BinaryIO], name: str) -> Survey:
    """Read a whole file once, for its keys.

    Raises:
        DataError: it holds no objects at all.
    """
    found = Survey()
    for line, item in read_objects(open_file()):
        found.rows += 1
        found.broken += line is None
        for key, value in item.items():
            found.kinds.setdefault(key, set()).add(_kind(value))
    if found.rows == found.broken:
        raise DataError(f'{name} holds no JSON objects such as {{"text": "..."}}')
    return found


def read_objects(file: BinaryIO) -> Iterator[tuple[str | None, Object]]:
    r"""Yield each object and its line; a line that is no object is kept in one, without a line.

    A file that is one JSON list is read whole.

    Example:
        >>> import io
        >>> list(read_objects(io.BytesIO(b'{"text": "good"}\n\n{"text"\n')))
        [('{"text": "good"}', {'text': 'good'}), (None, {'line': '{"text"'})]
    """
    beginning, lines = open_text(file)
    if beginning.lstrip(_BLANK).startswith("["):
        whole = lines.read()
        items = _list(whole.lstrip(_BLANK))
        if items is not None:
            yield from ((storable(json.dumps(item, ensure_ascii=False)), item) for item in items)
            return
        lines = io.StringIO(whole)
    for line in lines:
        stripped = line.strip(_BLANK)
        if stripped:
            item = _parsed(stripped)
            broken = not isinstance(item, dict)
            yield (None, {LINE: stripped}) if broken else (stripped, item)


def _list(text: str) -> list[Object] | None:
    items = _parsed(text)
    whole = isinstance(items, list) and all(isinstance(item, dict) for item in items)
    return items if whole else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def as_line(line: str | None, item: Object) -> str:
    """Return the JSON of an object: its line where there is one.

    Example:
        >>> as_line(None, {"line": "?"})
        '{"line": "?"}'
    """
    return json.dumps(item, ensure_ascii=False) if line is None else line


def as_cells(item: Object, types: Sequence[tuple[str, pa.DataType]]) -> list[Any]:
    """Return the cells of an object; in a column of text, what is no text stands as JSON.

    Example:
        >>> as_cells({"a": [1], "b": 2}, [("a", pa.string()), ("b", pa.int64()), ("c", pa.int64())])
        ['[1]', 2, None]
    """
    return [_cell(item.get(key), kind) for key, kind in types]


def _cell(value: Any, kind: pa.DataType) -> Any:
    if value is None or kind != pa.string():
        return value
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        return "long"
    return type(value).__name__


def _type(kinds: set[str]) -> pa.DataType:
    kinds = kinds - {"null"}
    if kinds == {"bool"}:
        return pa.bool_()
    if kinds == {"int"}:
        return pa.int64()
    if kinds and kinds <= {"int", "float"}:
        return pa.float64()
    return pa.string()
