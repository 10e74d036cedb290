"""Bytes to text: which encoding a file has, and lines from a stream of bytes.

UTF-8, UTF-16, GB18030 and Latin-1 (as Windows writes it) are told apart with the standard library
alone. Bad bytes become U+FFFD; they never end the reading. Knows nothing of columns.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, TextIO

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 1 << 20
_BLOCK = 1 << 16


def decode(data: bytes) -> tuple[str, str | None]:
    r"""Return the text, and a note where it was not plain UTF-8.

    Example:
        >>> decode("好吃，下次还来".encode("gb18030"))
        ('好吃，下次还来', 'read as gb18030')
        >>> decode(b"caf\xe9")
        ('café', 'read as cp1252')
    """
    encoding = sniff(data)
    text = data.decode(encoding, "replace")
    if encoding in ("utf-8", "utf-8-sig"):
        damaged = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
        return text, f"{damaged} damaged characters (not UTF-8)" if damaged else None
    return text, f"read as {encoding}"


def sniff(data: bytes) -> str:
    """Return the name of the most likely encoding of some bytes, looking at the first megabyte."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    head = data[:_SAMPLE]
    if utf16 := _utf16_without_bom(head):
        return utf16
    if _mostly_well(head, "utf-8"):
        return "utf-8"
    return "gb18030" if _looks_chinese(head) else "cp1252"


def _utf16_without_bom(head: bytes) -> str | None:
    """Western text in UTF-16 has a zero in nearly every second byte."""
    half = len(head) // 2
    if half >= 2 and head[1::2].count(0) > 0.7 * half > head[0::2].count(0):
        return "utf-16-le"
    if half >= 2 and head[0::2].count(0) > 0.7 * half > head[1::2].count(0):
        return "utf-16-be"
    return None


def _mostly_well(head: bytes, encoding: str) -> bool:
    """Whether at most one in twenty characters beyond ASCII is broken.

    A single bad byte in a large file, or one cut character at its end, must not change how all the
    rest is read.
    """
    try:
        head.decode(encoding)
    except UnicodeDecodeError:
        text = head.decode(encoding, "replace")
        beyond_ascii = sum(char > "\x7f" for char in text)
        return text.count("\ufffd") <= 0.05 * beyond_ascii + (len(head) == _SAMPLE)
    return True


def _looks_chinese(head: bytes) -> bool:
    """Chinese in GB18030 comes in runs of pairs; accented letters in Latin-1 mostly stand alone."""
    runs = _HIGH_BYTES.findall(head)
    paired = sum(len(run) for run in runs if len(run) > 1)
    return 2 * paired > sum(map(len, runs)) and _mostly_well(head, "gb18030")


def open_text(stream: BinaryIO) -> tuple[str, TextIO]:
    r"""Return the beginning of a stream (by which its encoding is found) and all of it, as text.

    Line ends stay as they are.

    Example:
        >>> beginning, text = open_text(io.BytesIO("好吃\r\n".encode("gb18030")))
        >>> text.read(), beginning
        ('好吃\r\n', '好吃\r\n')
    """
    sample = stream.read(_SAMPLE)
    encoding = sniff(sample)
    whole = io.BufferedReader(Rejoined(sample, stream))
    text = io.TextIOWrapper(whole, encoding=encoding, errors="replace", newline="")
    return sample.decode(encoding, "replace"), text


class Rejoined(io.RawIOBase):
    """A stream whose beginning was read already; closing it leaves that stream open.

    Args:
        beginning: what was read.
        rest: the stream.
    """

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        self._beginning = memoryview(beginning)
        self._rest = rest

    def readable(self) -> bool:
        """Say that this is a stream to read from."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the next block reaches; return how far."""
        room = memoryview(buffer)
        block = self._beginning[: len(room)] or self._rest.read(len(room))
        self._beginning = self._beginning[len(room) :]
        room[: len(block)] = block
        return len(block)


def read_lines(stream: BinaryIO) -> Iterator[str]:
    r"""Yield the lines of a stream without their ends, each as soon as it is there.

    The encoding is found line by line, so that a file glued together from several is read well.

    Example:
        >>> import io
        >>> list(read_lines(io.BytesIO("好\r\n".encode() + b"caf\xe9\n\nend")))
        ['好', 'café', '', 'end']
    """
    first = stream.readline()
    encoding = sniff(first)
    if encoding.startswith("utf-16"):
        yield from _lines_of(_decoded(first, stream, encoding))
        return
    if first:
        yield _line(first.removeprefix(codecs.BOM_UTF8))
    for line in stream:
        yield _line(line)


def _line(data: bytes) -> str:
    return decode(data.rstrip(b"\r\n"))[0]


def _decoded(first: bytes, stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first)
    while block := stream.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _lines_of(blocks: Iterable[str]) -> Iterator[str]:
    rest = ""
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        for line in lines:
            yield line.rstrip("\r")
    if rest:
        yield rest.rstrip("\r")
