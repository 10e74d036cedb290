"""Folders on the Hugging Face hub: fetched to its cache, uploaded; needs the extra `hub`.

The only module that reaches out to a network, and only for an address `hf://owner/name`. Knows
nothing of what the files hold; place, cache and log-in are those of huggingface_hub (HF_ENDPOINT,
HF_HUB_CACHE, HF_HUB_OFFLINE, HF_TOKEN).
"""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentigate.errors import ModelError, OutputError
from sentigate.extras import require

# A Path makes one slash of two.
_ADDRESS = re.compile(r"hf:/{1,2}(?P<repo>[\w.-]+/[\w.-]+?)(@(?P<revision>[\w./-]+))?")
_FORM = "hf://owner/name or hf://owner/name@revision"


def is_address(model: str | Path) -> bool:
    """Whether a model lies on the hub.

    Example:
        >>> is_address("hf://owner/name"), is_address("models/mine")
        (True, False)
    """
    return str(model).startswith("hf:/")


def parse_address(address: str | Path) -> tuple[str, str | None]:
    """Return repository and revision of an address.

    Raises:
        ModelError: it is none.

    Example:
        >>> parse_address("hf://owner/name@v2"), parse_address(Path("hf://owner/name"))
        (('owner/name', 'v2'), ('owner/name', None))
    """
    match = _ADDRESS.fullmatch(str(address))
    if not match:
        raise ModelError(f"{str(address)!r} is no address of a model on the hub, expected {_FORM}")
    return match["repo"], match["revision"]


def download(address: str | Path, names: Sequence[str]) -> Path:
    """Fetch files of a repository; what the cache has is not fetched again, nor needs a network.

    Args:
        address: see `parse_address`; without a revision, the newest state.
        names: the files wanted; those that are not there are left to the caller to miss.

    Returns:
        The folder in the cache that holds them.

    Raises:
        MissingExtraError: huggingface_hub is not installed.
        ModelError: no such repository or revision, or no connection and nothing in the cache.
    """
    repo, revision = parse_address(address)
    hub = require("huggingface_hub", "hub")
    with _told(repo, ModelError), _progress():
        return Path(hub.snapshot_download(repo, revision=revision, allow_patterns=list(names)))


def upload(folder: Path, names: Sequence[str], repo: str, *, private: bool) -> str:
    """Upload files of a folder as one commit; make the repository where there is none.

    Args:
        folder: where the files lie.
        names: the files.
        repo: "owner/name".
        private: whether a new repository is for its owner only.

    Returns:
        The page of the commit.

    Raises:
        MissingExtraError: huggingface_hub is not installed.
        OutputError: not logged in, no right to write there, or no connection.
    """
    hub = require("huggingface_hub", "hub")
    with _told(repo, OutputError), _progress():
        api = hub.HfApi()
        api.create_repo(repo, private=private, exist_ok=True)
        commit = api.upload_folder(repo_id=repo, folder_path=folder, allow_patterns=list(names))
        return str(commit.commit_url)


@contextmanager
def _progress() -> Iterator[None]:
    """Show the library's progress bars on terminals only."""
    utils = require("huggingface_hub.utils", "hub")
    shown = sys.stderr.isatty() or utils.are_progress_bars_disabled()
    if not shown:
        utils.disable_progress_bars()
    try:
        yield
    finally:
        if not shown:
            utils.enable_progress_bars()


@contextmanager
def _told(repo: str, error: type[ModelError] | type[OutputError]) -> Iterator[None]:
    """Turn the library's errors into one sentence each."""
    errors = require("huggingface_hub.errors", "hub")
    try:
        yield
    except (OSError, errors.HTTPError, errors.HFValidationError) as cause:
        raise error(_sentence(errors, repo, cause)) from cause


def _sentence(errors: Any, repo: str, cause: Exception) -> str:
    if isinstance(cause, errors.HFValidationError):
        return f"{repo!r} is no name of a repository, expected owner/name"
    status = getattr(getattr(cause, "response", None), "status_code", None)
    if isinstance(cause, errors.RevisionNotFoundError):
        return f"{repo!r} has no such revision on the hub: give a branch, tag or commit of it"
    if isinstance(cause, errors.RepositoryNotFoundError) or status in (401, 403):
        return (
            f"there is no {repo!r} on the hub, or it is not open to you: check the name, "
            "or log in with hf auth login"
        )
    if isinstance(cause, errors.LocalEntryNotFoundError):
        return f"the hub cannot be reached and {repo!r} is not in the cache: try again online"
    return f"the hub did not take or give {repo!r}: {cause}"
