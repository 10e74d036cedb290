"""Which files are read and where their answers go. Knows names only, never a row."""

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    if len(found) > 1 and output == STDOUT:
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


def _found(name: str, output: Path) -> Iterator[tuple[str, str]]:
    """Each file that an input means, and what it is called in a folder of outputs."""
    path = Path(name)
    if name == STDIN:
        yield name, "stdin.txt"
    elif path.is_dir():
        yield from _inside(path, output)
    elif path.exists() or not set(name) & set(_WILD):
        yield name, path.name
    else:
        fitting = sorted(glob.glob(name, recursive=True))
        if not fitting:
            raise DataError(f"no file fits the pattern {name!r}")
        for one in fitting:
            yield from _found(one, output)


def _inside(folder: Path, output: Path) -> Iterator[tuple[str, str]]:
    """The files of known formats below a folder, but for those below the output's."""
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if kind_of(file.name).format
        and file.is_file()
        and output.resolve() not in file.resolve().parents
    ]
    if not files:
        raise DataError(f"{folder} holds no files of the formats {' '.join(SUFFIXES)}")
    yield from ((str(file), str(file.relative_to(folder))) for file in files)


def is_folder(inputs: Sequence[str], output: str) -> bool:
    """Whether an output is a folder: it is one, ends like one, or has several inputs."""
    if output == STDOUT:
        return False
    several = len(inputs) > 1 or Path(inputs[0]).is_dir() or set(inputs[0]) & set(_WILD)
    return output.endswith("/") or Path(output).is_dir() or bool(several)


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
