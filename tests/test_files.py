"""Files and folders are whole or not there, whatever stands in the way."""

import errno
from pathlib import Path

import pytest

from sentigate.errors import OutputError
from sentigate.files import write_aside, write_folder_aside


class Stopped(BaseException):
    """What Ctrl-C raises, without its meaning for pytest."""


def write(writer, place, content, failure=None):
    with writer(place) as aside:
        (aside / "a" if aside.is_dir() else aside).write_text(content)
        if failure:
            raise failure


@pytest.mark.parametrize("failure", [Stopped(), OSError(errno.EIO, "broken")], ids=repr)
@pytest.mark.parametrize("writer", [write_aside, write_folder_aside])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, writer, failure):
    place = tmp_path / "place"
    write(writer, place, "old")
    with pytest.raises((Stopped, OutputError)):
        write(writer, place, "half", failure)
    assert list(tmp_path.iterdir()) == [place]
    assert (place / "a" if place.is_dir() else place).read_text() == "old"


@pytest.mark.parametrize("writer", [write_aside, write_folder_aside])
def test_a_full_disk_is_told_with_a_way_out(tmp_path, writer):
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OutputError, match=r"no space left .* free some space"):
        write(writer, tmp_path / "a", "half", full)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["", ".", "/dev/null", "/"])
def test_what_is_no_file_is_not_replaced(place):
    with pytest.raises(OutputError, match="no place for a file"), write_aside(Path(place)):
        pytest.fail("the block ran")


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to("real")
    with write_folder_aside(link) as aside:
        (aside / "a").write_text("new")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link", "real"]
    assert link.is_symlink()
    assert (tmp_path / "real" / "a").read_text() == "new"
