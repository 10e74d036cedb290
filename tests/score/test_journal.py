"""What a journal says is what lies in the part, whatever stopped the run."""

import errno
from contextlib import ExitStack

import pytest

from sentigate.errors import OutputError
from sentigate.score.journal import journal_of, open_journal, part_of


class StoppedError(Exception):
    """Stands for whatever stops a run."""


def write(place, *blocks):
    """Write blocks and stop, as if something had stopped the run."""
    with open_journal(place, {"a": 1}, resume=False) as journal:
        for block in blocks:
            journal.append(block, 1, {"ok": 1})
        raise StoppedError


def stopped_run(place):
    with pytest.raises(StoppedError):
        write(place, b"one\n", b"two\n")


def resumed(place):
    with open_journal(place, {"a": 1}, resume=True) as journal:
        return journal.rows, part_of(place).read_bytes()


def test_a_run_that_ends_well_leaves_no_trace(tmp_path):
    with open_journal(tmp_path / "new" / "o.csv", {}, resume=False) as journal:
        journal.append(b"one\n", 1)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_stopped_run_goes_on(tmp_path):
    stopped_run(tmp_path / "o.csv")
    with open_journal(tmp_path / "o.csv", {"a": 1}, resume=True) as journal:
        assert (journal.rows, journal.statuses) == (2, {"ok": 2})
        journal.append(b"three\n", 1, {"empty": 1})
        assert journal.part.read_bytes() == b"one\ntwo\nthree\n"
        assert journal.statuses == {"ok": 2, "empty": 1}


@pytest.mark.parametrize("left", [b"half a blo", b""])
def test_a_block_without_its_line_is_forgotten(tmp_path, left):
    place = tmp_path / "o.csv"
    stopped_run(place)
    with part_of(place).open("ab") as part:
        part.write(left)
    with journal_of(place).open("ab") as journal:
        journal.write(b'{"rows": 1, "byt')
    assert resumed(place) == (2, b"one\ntwo\n")


def test_a_line_without_its_block_is_forgotten(tmp_path):
    place = tmp_path / "o.csv"
    stopped_run(place)
    part_of(place).write_bytes(b"one\ntw")
    assert resumed(place) == (1, b"one\n")


def test_a_run_stopped_before_its_first_line_begins_anew(tmp_path):
    place = tmp_path / "o.csv"
    journal_of(place).write_bytes(b'{"a"')
    part_of(place).write_bytes(b"left")
    assert resumed(place) == (0, b"")


def test_a_full_disk_is_one_sentence_and_can_be_resumed(tmp_path):
    class Full:
        def __getattr__(self, name):
            return getattr(part, name)

        def write(self, data):
            part.write(data[:2])
            raise OSError(errno.ENOSPC, "No space left on device")

    place = tmp_path / "o.csv"
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(OutputError, match=r"no space left.*--resume"))
        journal = stack.enter_context(open_journal(place, {"a": 1}, resume=False))
        journal.append(b"one\n", 1)
        part = journal._part
        journal._part = Full()
        journal.append(b"two\n", 1)
    assert part_of(place).read_bytes() == b"one\ntw"
    assert resumed(place) == (1, b"one\n")


def test_a_journal_that_can_neither_be_written_nor_closed_is_one_sentence(tmp_path):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    place = tmp_path / "o.csv"
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(OutputError, match="cannot write"))
        stack.callback(resource.setrlimit, resource.RLIMIT_FSIZE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        stack.enter_context(open_journal(place, {"a": 1}, resume=False))
    assert resumed(place) == (0, b"")


def test_two_runs_cannot_write_one_file(tmp_path):
    place = tmp_path / "o.csv"
    with (
        open_journal(place, {}, resume=False),
        pytest.raises(OutputError, match="another run is writing"),
        open_journal(place, {}, resume=True),
    ):
        pass


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(OutputError, match="cannot write"),
        open_journal(tmp_path / "file" / "o.csv", {}, resume=False),
    ):
        pass
