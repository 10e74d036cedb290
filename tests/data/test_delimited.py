"""Rows of cells from lines: what the csv module writes is read, and no broken quote costs a row."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.data import delimited
from sentigate.data.delimited import Dialect, dialect_of, read_cells

COMMA = Dialect(",")
CELLS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(',"\n\r\t '), max_size=20
)


def rows(text, dialect=COMMA):
    return list(read_cells(io.StringIO(text, newline=""), dialect))


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)
    )
)
def test_what_the_csv_module_writes_is_read(table):
    header = [f"column {place}" for place in range(len(table[0]))]
    file = io.StringIO(newline="")
    csv.writer(file).writerows([header, *table])
    text = file.getvalue()
    assert rows(text, dialect_of(text)) == [header, *table]


@given(st.lists(st.text(st.sampled_from('ab ,"'), min_size=1), max_size=30))
def test_no_line_is_lost_whatever_its_quotes(lines):
    """All that is in the lines comes out, though a pair of quotes may make one row of several."""
    found = rows("id,text\n" + "".join(f"{line}\n" for line in lines))[1:]
    letters = [sum(cell.count("a") + cell.count("b") for cell in row) for row in found]
    assert sum(letters) == sum(line.count("a") + line.count("b") for line in lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('1,"two\nlines"\n2,b\n', [["1", "two\nlines"], ["2", "b"]]),
        ('1,"broken\n2,b\n3,c\n', [["1", '"broken'], ["2", "b"], ["3", "c"]]),
        ('1,"broken\n2,"b"\n3,c\n', [["1", '"broken'], ["2", "b"], ["3", "c"]]),
        ('1,"broken\n2,said "b"\n3,c\n', [["1", '"broken'], ["2", 'said "b"'], ["3", "c"]]),
        ('1,"a" more\n2,b\n', [["1", '"a" more'], ["2", "b"]]),
        ('1,"a ""b"" c"\n', [["1", 'a "b" c']]),
        ('1,"a, "b" c"\n', [["1", 'a, b" c"']]),
        ('1,a "b" c\n', [["1", 'a "b" c']]),
        ("1,a, b\n2\n", [["1", "a", " b"], ["2"]]),
        ('1,""\n\n\n2,b\n', [["1", ""], ["2", "b"]]),
    ],
)
def test_quotes(lines, expected):
    assert rows("id,text\n" + lines)[1:] == expected


def test_a_row_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(delimited, "LONGEST_ROW", 1000)
    found = rows('id,text\n1,"broken\n' + "2,b\n" * 5000 + '3,"c"\n')
    assert len(found) == 5003
    assert found[1] == ["1", '"broken']
    assert found[-1] == ["3", "c"]


def test_a_blank_line_is_a_row_of_a_single_column_but_not_at_the_end():
    assert rows("\ntext\na\n\n\nb\n\n") == [["text"], ["a"], [""], [""], ["b"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    assert rows(f'id,text{end}1,"a{end}b"{end}2,c{end}') == [
        ["id", "text"],
        ["1", f"a{end}b"],
        ["2", "c"],
    ]


def test_huge_cells_and_nul():
    huge = "x, " * 100_000
    assert rows(f'text,id\n"{huge}",1\na\x00b,2\n')[1:] == [[huge, "1"], ["a\x00b", "2"]]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("a,b\n", Dialect(",")),
        ("a\tb, c\td\n", Dialect("\t")),
        ('a;b\n"x";"y\nz"\n', Dialect(";")),
        ('a;b\n"x;y\n"z;w\n', Dialect(";", quoted=False)),
        ('id,text\n0,"\n,"\n', Dialect(",")),
        ("text\n", Dialect(",")),
        ("", Dialect(",")),
    ],
)
def test_dialects(text, dialect):
    assert dialect_of(text) == dialect
