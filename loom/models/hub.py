"""Downloading models from the Hugging Face hub into the hub's own cache; only when asked to.

The huggingface_hub package knows the hub and the layout of its cache. Its own download begins anew
after every interruption, which is no way to fetch gigabytes, so the bytes are fetched here, into a
file that stays, and handed over to its cache when they are whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from loom.errors import LoomError, ModelFileError
from loom.models.model_file import ModelFile
from loom.models.searching import SUFFIX
from loom.models.split import model_stem, part_names

_WANTED = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(?::(?P<which>.+))?")
_MAX_NAMES_IN_ERROR = 24


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository: its path there and its size in bytes."""

    path: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A repository `OWNER/NAME`, and a file or a quantisation in it (None: the only model)."""

    repo: str
    which: str | None


def parse_wanted(text: str) -> Wanted:
    """Read `OWNER/NAME[:FILE or :QUANT]`; ModelFileError if it is something else."""
    match = _WANTED.fullmatch(text)
    if match is None:
        raise ModelFileError(
            f"{text} does not name a model on the Hugging Face hub.",
            "Write OWNER/NAME, OWNER/NAME:FILE or OWNER/NAME:Q4_K_M.",
        )
    return Wanted(match["repo"], match["which"])


def choose(wanted: Wanted, files: Iterable[HubFile]) -> tuple[HubFile, ...]:
    """The files of the one model that is meant, all parts of it, the first part first.

    ModelFileError, with the models there are, if none or more than one is meant, and if parts of
    it are missing.
    """
    by_path = {file.path: file for file in files if file.path.endswith(SUFFIX)}
    firsts = list(dict.fromkeys(_parts(path)[0] for path in by_path))
    meant = _meant(wanted.which, firsts)
    if len(meant) != 1:
        raise _unclear(wanted, meant, firsts)
    parts = _parts(meant[0])
    missing = [path for path in parts if path not in by_path]
    if missing:
        raise ModelFileError(
            f"{wanted.repo} lacks {len(missing)} of the {len(parts)} parts of {meant[0]}.",
            "Look for the model in another repository.",
        )
    return tuple(by_path[path] for path in parts)


def _meant(which: str | None, firsts: Sequence[str]) -> list[str]:
    if which is None:
        # What reads pictures beside a model is no model that one could mean.
        return [path for path in firsts if "mmproj" not in PurePosixPath(path).name.lower()]
    exact = [path for path in firsts if _is_called(path, which)]
    pattern = re.compile(rf"(?<![a-z0-9]){re.escape(which.lower())}(?![a-z0-9])")
    return exact or [path for path in _meant(None, firsts) if pattern.search(_stem(path).lower())]


def _is_called(path: str, which: str) -> bool:
    which = which.lower()
    names = {path, _stem(path), *_parts(path)} | {PurePosixPath(part).name for part in _parts(path)}
    return which in {name.lower() for name in names}


def _parts(path: str) -> tuple[str, ...]:
    """All paths of the model that a path is a part of."""
    here = PurePosixPath(path)
    return tuple(str(here.with_name(name)) for name in part_names(here.name))


def _stem(path: str) -> str:
    return model_stem(Path(PurePosixPath(path).name))


def _unclear(wanted: Wanted, meant: Sequence[str], firsts: Sequence[str]) -> ModelFileError:
    if not firsts:
        return ModelFileError(
            f"{wanted.repo} has no GGUF files.",
            "Look for a repository of the same model whose name ends in GGUF.",
        )
    candidates = [_stem(path) for path in (meant or firsts)]
    shown = ", ".join(candidates[:_MAX_NAMES_IN_ERROR])
    more = len(candidates) - _MAX_NAMES_IN_ERROR
    how_many = f"{len(meant)} models" if meant else "no model"
    called = f" called {wanted.which}" if wanted.which else ""
    return ModelFileError(
        f"{wanted.repo} has {how_many}{called}.",
        f"Say which after a colon: {shown}{f' and {more} more' if more > 0 else ''}.",
    )


def pull(text: str) -> ModelFile:
    """Download what `OWNER/NAME[:FILE or :QUANT]` means, all parts of it; the first is returned.

    What is there already is not fetched again, and an interrupted download goes on where it was.
    A bar on stderr shows the progress. Raises ModelFileError if nothing is meant, LoomError if the
    hub cannot be reached or refuses, or if huggingface_hub is not installed.
    """
    wanted = parse_wanted(text)
    try:
        import huggingface_hub  # noqa: F401
    except ImportError as error:
        raise LoomError(
            "Downloading models needs the package huggingface_hub.",
            "Install it: pip install 'multiverse-loom[hub]'",
        ) from error
    from loom.models.hub_download import download, list_files

    files = choose(wanted, list_files(wanted.repo))
    paths = [download(wanted.repo, file) for file in files]
    return ModelFile(paths[0], _stem(files[0].path), bundled=False, source="Hugging Face")
