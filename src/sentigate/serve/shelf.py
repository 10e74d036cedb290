"""The models that are served: opened together, looked up by name, exchanged while serving.

Knows no HTTP. Whoever holds an analyzer keeps it through an exchange, so no answer is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sentigate.analyzer import Analyzer
from sentigate.config import ModelConfig
from sentigate.files import sha256
from sentigate.model.artifact import SUMS
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader, by_specialty

AUTO = "auto"
"""The name under which each text goes to the model of fewest languages that reads its own."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Open models.

    Args:
        analyzers: by name; under "auto", all of them.
        configs: what each model says of itself, by name.
        versions: by name, twelve digits that differ when any file of the model does.
    """

    analyzers: Mapping[str, Analyzer]
    configs: Mapping[str, ModelConfig]
    versions: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """The names that a request may give."""
        return list(self.analyzers)


def open_shelf(folders: Mapping[str, Path], threads: int = 1) -> Shelf:
    """Open every model and let it read a word, so that the first request finds it warm.

    Args:
        folders: model folders by the names under which they are served.
        threads: CPU threads of the engine.

    Raises:
        ModelError: a folder is no model folder, is damaged, or is of a newer format.

    Example:
        >>> from sentigate.model.artifact import shipped
        >>> open_shelf({"english": shipped()["en"]}).names
        ['auto', 'english']
    """
    readers = {name: _reader(name, folder, threads) for name, folder in folders.items()}
    analyzers = {AUTO: Analyzer(by_specialty(readers.values()))}
    analyzers |= {name: Analyzer([reader]) for name, reader in readers.items()}
    for analyzer in analyzers.values():
        analyzer(["good", "好"])
    return Shelf(
        analyzers=analyzers,
        configs={name: reader.config for name, reader in readers.items()},
        versions={name: version(folder) for name, folder in folders.items()},
    )


def version(folder: Path) -> str:
    """Return the version of a model folder: a hash of the hashes of its files."""
    return sha256((folder / SUMS).read_bytes())[:12]


def _reader(name: str, folder: Path, threads: int) -> Reader:
    """Open a model under the name by which it is served."""
    opened = Model.open(folder, threads=threads)
    config = opened.config.model_copy(update={"name": name})
    artifact = replace(opened.artifact, config=config)
    model = Model(config, opened.tokenizer, opened.engine, artifact)
    return Reader(config, lambda: model)
