"""Encodings: sniffed from bytes, line by line on a stream, and never an exception."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.data.encoding import decode, read_lines, sniff

CHINESE = "这家餐厅太棒了，下次还来！"
FRENCH = "Très déçu, l’hôtel était sale et le café froid."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-16"),
        (CHINESE, "gb18030"),
        ("ok 好 " + CHINESE, "gb18030"),
        (FRENCH, "utf-8"),
        (FRENCH, "cp1252"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        ("plain", "utf-8"),
    ],
)
def test_encodings_are_told_apart(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode("\ufeffa".encode("utf-8-sig").removeprefix("\ufeff".encode()))[0] == "a"
    assert list(read_lines(io.BytesIO("a\nb".encode("utf-8-sig")))) == ["a", "b"]


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))))
def test_lines_in_utf_8_come_back(lines: list[str]) -> None:
    data = "".join(line + "\r\n" for line in lines).encode()
    assert sniff(data) in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
    if not data.startswith((b"\xef\xbb\xbf",)) and b"\x00" not in data:
        assert list(read_lines(io.BytesIO(data))) == lines


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_lines_in_utf_16_come_back(encoding: str) -> None:
    lines = ["some words", "", FRENCH, CHINESE, "end"]
    data = "\r\n".join(lines).encode(encoding)
    assert list(read_lines(io.BytesIO(data))) == lines


def test_each_line_has_its_own_encoding() -> None:
    data = b"\n".join([CHINESE.encode(), CHINESE.encode("gb18030"), FRENCH.encode("cp1252")])
    assert list(read_lines(io.BytesIO(data))) == [CHINESE, CHINESE, FRENCH]


@given(st.binary())
def test_no_bytes_end_the_reading(data: bytes) -> None:
    decode(data)
    lines = list(read_lines(io.BytesIO(data)))
    if not sniff(data.split(b"\n")[0]).startswith("utf-16"):
        assert len(lines) == data.count(b"\n") + (not data.endswith(b"\n") and data != b"")


def test_lines_come_as_soon_as_they_are_there() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            buffer[:2] = b"x\n"
            return 2

    lines = read_lines(io.BufferedReader(Endless()))  # type: ignore[arg-type]
    assert [next(lines) for _ in range(3)] == ["x", "x", "x"]
