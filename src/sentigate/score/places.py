"""Which files are read and where their answers go. Knows names only, never a row."""

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from sentigate.errors import ConfigError, DataError, OutputError
from sentigate.score.formats import STDIN, SUFFIXES, Format, Kind, Packing, kind_of

STDOUT = "-"
_WILD = "*?["


@dataclass(frozen=True, slots=True)
class Place:
    """A file and where its answers go.

    Args:
        input: the file, or `-` for standard input.
        input_format: how its rows are written.
        input_packing: how it is packed.
        output: the file to write; None for standard output.
        format: how the answered rows are to be written.
        packing: how the output is to be packed.
    """

    input: str
    input_format: Format
    input_packing: Packing
    output: Path | None
    format: Format
    packing: Packing


def find_places(
    inputs: Sequence[str],
    output: str,
    *,
    format: Format | None = None,
    input_format: Format | None = None,
) -> list[Place]:
    """Pair every input with its output.

    Args:
        inputs: files, folders, patterns such as `data/*.csv`, or `-` for standard input.
        output: a file, a folder, or `-` for standard output.
        format: of the output; else by its suffix, else that of the input.
        input_format: of the inputs; else by their suffixes.

    Raises:
        DataError: an input is not there, or a pattern fits nothing.
        OutputError: several inputs have one output.
        ConfigError: the output cannot be of the wished format.
    """
    found = dict.fromkeys(one for name in inputs for one in _found(name, Path(output)))
    into = is_folder(inputs, output)
    if (len(found) > 1 and output == STDOUT) or (into and _names_a_file(output)):
        raise ConfigError([f"{len(found)} inputs and one output: give a folder, such as -o out/"])
    places = []
    for name, relative in found:
        kind = kind_of(name)
        read_as = input_format or kind.format or Format.TEXT
        target = _in_folder(Path(output), relative, format) if into else output
        places.append(_place(name, read_as, kind.packing, target, format))
    _check_apart(places)
    return places


def find_inputs(inputs: Sequence[str], output: Path) -> list[str]:
    """Return the files that are meant, each once; see `find_places`."""
    return list(dict.fromkeys(name for one in inputs for name, _ in _found(one, output)))


def _found(name: str, output: Path) -> list[tuple[str, str]]:
    """Each file that an input means, and what it is called in a folder of outputs."""
    path = Path(name)
    if name == STDIN:
        return [(name, "stdin.txt")]
    if path.is_dir():
        names, root = [name], path
        nothing = f"{path} holds no files of the formats {' '.join(SUFFIXES)}"
    elif path.exists() or not _is_wild(name):
        return [(name, path.name)]
    else:
        names = sorted(glob.glob(name, recursive=True))
        root = Path(*takewhile(lambda part: not _is_wild(part), path.parts))
        nothing = f"no file fits the pattern {name!r}"
    found = _apart([pair for one in names for pair in _files(one)], root, output)
    if not found:
        raise DataError(nothing)
    return found


def _is_wild(name: str) -> bool:
    return bool(set(name) & set(_WILD))


def _files(name: str) -> Iterator[tuple[str, str]]:
    """A file, or those of known formats below a folder."""
    path = Path(name)
    if not path.is_dir():
        yield name, path.name
        return
    for file in sorted(path.rglob("*")):
        if kind_of(file.name).format and file.is_file():
            yield str(file), str(file.relative_to(path))


def _apart(found: list[tuple[str, str]], root: Path, output: Path) -> list[tuple[str, str]]:
    """Leave out what an earlier run has written, where the output lies inside of what is read."""
    place = output.resolve()
    if root.resolve() not in place.parents:
        return found
    return [pair for pair in found if place not in Path(pair[0]).resolve().parents]


def is_folder(inputs: Sequence[str], output: str) -> bool:
    """Whether an output is a folder: it is one, ends like one, or has several inputs."""
    if output == STDOUT:
        return False
    several = len(inputs) > 1 or Path(inputs[0]).is_dir() or _is_wild(inputs[0])
    return output.endswith("/") or Path(output).is_dir() or several


def _names_a_file(output: str) -> bool:
    """Whether it is a file, or would be one by its suffix."""
    place = Path(output)
    if place.is_dir() or output.endswith("/"):
        return False
    return place.exists() or kind_of(output).format is not None


def _in_folder(folder: Path, relative: str, format: Format | None) -> str:
    """The name of an output in a folder: that of its input, with the suffix of its format."""
    kind: Kind = kind_of(relative)
    if format is None and kind.format not in (None, Format.TEXT):
        return str(folder / relative)
    wanted = format or Format.CSV
    packing = Packing.NONE if wanted is Format.PARQUET else kind.packing
    return str(folder / f"{kind.stem}.{wanted}{packing}")


def _place(
    name: str, read_as: Format, packed: Packing, target: str, format: Format | None
) -> Place:
    kind = kind_of(target)
    written_as = format or kind.format or read_as
    if written_as is Format.TEXT:  # which has no room for answers
        written_as = Format.CSV
    if written_as is Format.PARQUET and kind.packing:
        raise ConfigError([f"{target}: Parquet is packed inside; leave out {kind.packing}"])
    if target == STDOUT and written_as is Format.PARQUET:
        raise ConfigError(["Parquet cannot be written to standard output: give a file with -o"])
    output = None if target == STDOUT else Path(target)
    return Place(name, read_as, packed, output, written_as, kind.packing)


def _check_apart(places: Sequence[Place]) -> None:
    taken: dict[Path, str] = {}
    for place in places:
        if place.output is None:
            continue
        other = taken.setdefault(place.output, place.input)
        if other is not place.input:
            raise OutputError(f"{other} and {place.input} would both go to {place.output}")
        if place.input != STDIN and place.output.resolve() == Path(place.input).resolve():
            raise OutputError(f"{place.output} is the input: give another place with -o")
