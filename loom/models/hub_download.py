"""The part of `pull` that needs huggingface_hub: one file of a repository, fetched to the cache.

Nothing outside this file imports the package, which is an extra of loom's.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from huggingface_hub import HfApi, constants, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    # What the package's own errors are made from: the base of its HTTP client's.
    HTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.file_download import http_get, repo_folder_name
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils import build_hf_headers

from loom.errors import LoomError, ModelFileError
from loom.models.hub import HubFile

_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIB = 2**30
_GO_ON = "What has arrived is kept: the same command goes on from there."


def list_files(repo: str) -> tuple[HubFile, ...]:
    """All files of a repository of models."""
    with _in_a_sentence(repo):
        tree = HfApi().list_repo_tree(repo, recursive=True)
        return tuple(HubFile(one.path, one.size) for one in tree if isinstance(one, RepoFile))


def download(repo: str, file: HubFile) -> Path:
    """Fetch a file unless the cache has it; its path in the cache, under its own name."""
    url = hf_hub_url(repo, file.path)
    with _in_a_sentence(repo):
        metadata = HfApi().get_hf_file_metadata(url=url)
        n_bytes = file.n_bytes if metadata.size is None else metadata.size
        # What is larger the hub gives only to its own downloader, which cannot go on later.
        if metadata.etag is not None and n_bytes <= constants.MAX_HTTP_DOWNLOAD_SIZE:
            folder = repo_folder_name(repo_id=repo, repo_type="model")
            blob = Path(constants.HF_HUB_CACHE, folder, "blobs", metadata.etag)
            lock = Path(constants.HF_HUB_CACHE, ".locks", folder, f"{metadata.etag}.lock")
            with _alone(lock, file):
                if not blob.exists():
                    _fetch(url, blob, file, n_bytes)
        # Now it only has to give the bytes their name.
        return Path(hf_hub_download(repo, file.path))


def _fetch(url: str, blob: Path, file: HubFile, n_bytes: int) -> None:
    """Bring a file to its place, beginning with what an earlier attempt left."""
    unfinished = blob.with_name(f"{blob.name}.incomplete")
    blob.parent.mkdir(parents=True, exist_ok=True)
    with unfinished.open("ab") as arrived:
        n_there = arrived.tell()
        _check_room(blob.parent, n_bytes - n_there)
        http_get(
            url,
            arrived,
            resume_size=n_there,
            headers=build_hf_headers() | {"Accept-Encoding": "identity"},
            expected_size=n_bytes,
            displayed_filename=file.path,
        )
    # The hub names large files by their hash; small ones it names otherwise.
    if _SHA256.fullmatch(blob.name) and _sha256(unfinished) != blob.name:
        unfinished.unlink()
        raise LoomError(f"{file.path} was damaged on the way.", "Pull it again; it begins anew.")
    unfinished.replace(blob)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_room(folder: Path, n_bytes: int) -> None:
    n_free = shutil.disk_usage(folder).free
    if n_bytes > n_free:
        raise LoomError(
            f"{folder} has room for {n_free / _GIB:.1f} GiB, the model needs "
            f"{n_bytes / _GIB:.1f} GiB.",
            "Make room, or put the cache somewhere else with HF_HUB_CACHE.",
        )


@contextmanager
def _alone(lock: Path, file: HubFile) -> Iterator[None]:
    """Nobody else may write to the unfinished file; huggingface_hub uses the same lock."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout as error:
        raise LoomError(
            f"{file.path} is being downloaded by another program.", "Wait for it to finish."
        ) from error


@contextmanager
def _in_a_sentence(repo: str) -> Iterator[None]:
    """Turn whatever the hub, the network or the disk says into one sentence."""
    try:
        yield
    except GatedRepoError as error:
        raise LoomError(
            f"{repo} is only given to those who accepted its conditions.",
            "Accept them on its page on the hub, then run `hf auth login`.",
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelFileError(
            f"There is no {repo} on the hub, or it is private.",
            "Check the spelling; for a private one run `hf auth login`.",
        ) from error
    except HFValidationError as error:
        raise ModelFileError(
            f"{repo} cannot be a name on the hub.", "Write it as OWNER/NAME."
        ) from error
    except OfflineModeIsEnabled as error:
        raise LoomError("HF_HUB_OFFLINE forbids going online.", "Unset it to download.") from error
    except HfHubHTTPError as error:
        raise LoomError(
            f"The hub answered {error.response.status_code} for {repo}.", f"Try later. {_GO_ON}"
        ) from error
    except HTTPError as error:
        raise LoomError(
            f"The hub cannot be reached or broke off ({type(error).__name__}).",
            f"Check the connection. {_GO_ON}",
        ) from error
    except OSError as error:
        why = error.strerror or "the download broke off"
        raise LoomError(
            f"{repo} could not be downloaded: {why}.", f"Try again. {_GO_ON}"
        ) from error
