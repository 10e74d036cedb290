"""Tables in a terminal."""

import pytest

from sentigate.cli.console import print_table


@pytest.mark.parametrize("width", [20, 40, 100])
def test_a_narrow_terminal_cuts_nothing(monkeypatch, capsys, width):
    monkeypatch.setenv("COLUMNS", str(width))
    print_table(["ranking", "comprehensiveness"], [["occlusion-of-words", "0.5000"]])
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= width
    columns = zip(*(line.partition("  ")[::2] for line in shown.splitlines()), strict=True)
    left, right = ("".join(part.strip() for part in column) for column in columns)
    assert left == "rankingocclusion-of-words"
    assert right == "comprehensiveness0.5000"
