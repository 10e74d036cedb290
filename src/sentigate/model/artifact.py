"""A model in memory and as a folder: written whole, every file hashed, verified on load.

    config.json  tokenizer.model  weights.safetensors  model.onnx  metrics.json  README.md
    SHA256SUMS   the hashes of all of them, as `sha256sum -c` reads them

An encoder, which has no heads and answers nothing yet, has no `model.onnx`. Knows nothing of how a
model is trained or run.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from sentigate.config import FORMAT_VERSION, ModelConfig
from sentigate.errors import (
    ConfigError,
    ModelError,
    NewerFormatError,
    TamperedModelError,
    suggestion,
)
from sentigate.files import sha256, write_folder_aside
from sentigate.model import hub
from sentigate.model.weights import from_bytes, to_bytes

CONFIG = "config.json"
GRAPH = "model.onnx"
SUMS = "SHA256SUMS"
OF_EVERY = (CONFIG, "tokenizer.model", "weights.safetensors", "metrics.json", "README.md")
FILES = (*OF_EVERY, GRAPH)


@dataclass(frozen=True, slots=True)
class Artifact:
    """All that a trained model is.

    Args:
        config: the network, its heads and its languages.
        tokenizer: the serialized SentencePiece model.
        weights: the arrays by name, as stored (float16 or float32): "embedding.weight",
            "lstm.weight_ih_l0" and so on as `nn.LSTM` has them, "attention.weight" and
            "heads.NAME.weight", "heads.NAME.bias".
        onnx: the graph, which points into `weights.safetensors`; empty for an encoder.
        metrics: what was measured on the dev split.
        path: the folder it was loaded from, or None.
    """

    config: ModelConfig
    tokenizer: bytes
    weights: Mapping[str, NDArray[Any]]
    onnx: bytes
    metrics: Mapping[str, Any]
    path: Path | None = None


def save(artifact: Artifact, folder: Path, card: str) -> None:
    """Write a model folder; it is either whole or not there.

    Args:
        artifact: what to write.
        folder: where; a folder that stands there is replaced.
        card: the text of its README.md.

    Raises:
        OutputError: the disk is full or the place cannot be written.
    """
    config = artifact.config
    written = config.model_copy(update={"format_version": config.oldest_format})
    contents = {
        CONFIG: written.model_dump_json(indent=2).encode() + b"\n",
        "tokenizer.model": artifact.tokenizer,
        "weights.safetensors": to_bytes(artifact.weights),
        "metrics.json": json.dumps(dict(artifact.metrics), indent=2, ensure_ascii=False).encode(),
        "README.md": card.encode(),
    }
    if artifact.config.heads:
        contents[GRAPH] = artifact.onnx
    with write_folder_aside(folder) as aside:
        _write(aside, contents)


def replace_card(folder: Path, card: str) -> None:
    """Write another README.md into a model folder, and the hashes that go with it.

    Args:
        folder: a model folder; everything else in it stays as it is.
        card: the new text.

    Raises:
        ModelError: it is no model folder, or it is damaged.
        OutputError: the place cannot be written; the old folder is untouched.
    """
    contents = _verified(_model_folder(folder)) | {"README.md": card.encode()}
    with write_folder_aside(folder) as aside:
        shutil.copytree(folder, aside, dirs_exist_ok=True)
        _write(aside, contents)


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write the files of a model and their hashes."""
    sums = "".join(f"{sha256(content)}  {name}\n" for name, content in contents.items())
    for name, content in {**contents, SUMS: sums.encode()}.items():
        (folder / name).write_bytes(content)


def load_artifact(path: Path | str) -> Artifact:
    """Read a model folder and verify the hash of every file.

    Raises:
        NewerFormatError: it was written by a newer Sentigate; checked before anything else.
        TamperedModelError: a file is missing, truncated or changed.
        ModelError: there is no such folder, or it holds no model.
    """
    folder = _model_folder(path)
    contents = _verified(folder)
    config, weights = _config(contents[CONFIG], folder), from_bytes(contents["weights.safetensors"])
    _check_heads(config, weights, folder)
    return Artifact(
        config=config,
        tokenizer=contents["tokenizer.model"],
        weights=weights,
        onnx=contents.get(GRAPH, b""),
        metrics=_metrics(contents["metrics.json"], folder),
        path=folder,
    )


def check_answers(artifact: Artifact) -> None:
    """Check that a model has heads.

    Raises:
        ModelError: it is an encoder.
    """
    if not artifact.config.heads:
        place = artifact.path or artifact.config.name
        raise ModelError(
            f"{place} is an encoder, which answers nothing yet: train a model from it with "
            f"sentigate train DATA --base {place}"
        )


def read_config(path: Path | str) -> ModelConfig:
    """Read what a model folder says of itself, and nothing else; `load_artifact` verifies it.

    Raises:
        NewerFormatError: it was written by a newer Sentigate.
        ModelError: there is no such folder, or it holds no model.
    """
    folder = _model_folder(path)
    return _config((folder / CONFIG).read_bytes(), folder)


def shipped() -> dict[str, Path]:
    """Return the folders of the models inside the package, by name."""
    models = Path(str(resources.files("sentigate") / "models"))
    return {file.parent.name: file.parent for file in sorted(models.glob(f"*/{CONFIG}"))}


def find_model(model: str | Path) -> Path:
    """Return the folder of a shipped model's name or of a model on the hub, or the folder itself.

    A shipped model's name comes before a folder of that name: write "./en" for the folder.

    Args:
        model: name, folder or `hf://owner/name`, with `@revision` where not the newest is meant.

    Raises:
        ModelError: it is none of these; the message has the nearest name.
    """
    if hub.is_address(model):
        return hub.download(model, (*FILES, SUMS))
    models = shipped()
    if str(model) in models:
        return models[str(model)]
    if Path(model).is_dir():
        return Path(model)
    raise ModelError(
        f"there is no model {str(model)!r}, shipped or as a folder"
        f"{suggestion(str(model), list(models))}"
    )


def push_to_hub(model: str | Path, repo: str, *, private: bool = False) -> str:
    """Upload a model to the Hugging Face hub, for `sentigate.load("hf://owner/name")`.

    Args:
        model: name of a shipped model or a model folder; verified first.
        repo: "owner/name"; made where it is not there.
        private: whether a new repository is for its owner only.

    Returns:
        The page of the commit.

    Raises:
        MissingExtraError: huggingface_hub is not installed.
        ModelError: there is no such model, or its folder is damaged.
        OutputError: not logged in (hf auth login, or HF_TOKEN), or no right to write there.
    """
    folder = find_model(model)
    load_artifact(folder)
    return hub.upload(folder, (*FILES, SUMS), repo, private=private)


def _model_folder(path: Path | str) -> Path:
    """Check that this is a model folder of a format we know, before anything else is read."""
    folder = Path(path)
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}: give the folder of a trained model")
    if not (folder / CONFIG).is_file():
        raise ModelError(f"{folder} is no model folder: it has no {CONFIG}")
    _check_version(folder)
    return folder


def _check_version(folder: Path) -> None:
    try:
        version = json.loads((folder / CONFIG).read_bytes())["format_version"]
    except (ValueError, KeyError, TypeError):
        raise TamperedModelError(_damaged(folder, CONFIG, "cannot be read")) from None
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise NewerFormatError(
            f"{folder} has format version {version}, this Sentigate reads up to {FORMAT_VERSION}: "
            "run pip install --upgrade sentigate"
        )


def _verified(folder: Path) -> dict[str, bytes]:
    """Read every file once; what is returned is what was hashed."""
    contents = _hashed(folder, OF_EVERY)
    if _config(contents[CONFIG], folder).heads:
        contents |= _hashed(folder, [GRAPH])
    return contents


def _hashed(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    sums = _sums(folder)
    contents = {}
    for name in names:
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError:
            raise TamperedModelError(_damaged(folder, name, "is missing")) from None
        if sha256(contents[name]) != sums.get(name):
            raise TamperedModelError(_damaged(folder, name, f"is not what {SUMS} says"))
    return contents


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise TamperedModelError(_damaged(folder, SUMS, "is missing or unreadable")) from None
    rows = (line.partition(" ") for line in lines)
    return {name.lstrip(" *"): digest for digest, _, name in rows}


def _damaged(folder: Path, name: str, what: str) -> str:
    return f"{folder / name} {what}: get the model folder again, or train the model anew"


def _config(content: bytes, folder: Path) -> ModelConfig:
    try:
        return ModelConfig.from_dict(json.loads(content))
    except ConfigError as error:
        raise ModelError(f"{folder / CONFIG} does not describe a model: {error}") from error


def _metrics(content: bytes, folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(content))
    except (ValueError, TypeError):
        raise TamperedModelError(_damaged(folder, "metrics.json", "cannot be read")) from None


def _check_heads(config: ModelConfig, weights: Mapping[str, NDArray[Any]], folder: Path) -> None:
    """A config edited by hand, hashes and all, must not answer with the wrong labels."""
    for head in config.heads:
        bias = weights.get(f"heads.{head.name}.bias")
        if bias is None or bias.shape != (head.logits,):
            raise ModelError(
                f"{folder / CONFIG} has a head {head.name!r} of {head.logits} logits and the "
                "weights have none such: get the model folder again"
            )
