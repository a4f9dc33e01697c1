"""Which models there are on this machine: those that loom brings, and GGUFs that others fetched."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from loom.errors import ModelFileError
from loom.models.gguf_file import GgufMetadata, read_metadata
from loom.paths import bundled_files

_SUFFIX = ".gguf"
_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}$")
_MAX_FOLDERS = 5_000
_MAX_DEPTH = 8
_MAX_NAMES_IN_ERROR = 8


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model that can be asked for by `name` or by `path`."""

    path: Path
    name: str
    bundled: bool


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model file and what it says about itself, or in one sentence why it cannot be used."""

    file: ModelFile
    metadata: GgufMetadata | None
    problem: str | None


def bundled_models() -> tuple[ModelFile, ...]:
    """The models that came with loom."""
    return tuple(ModelFile(path, path.stem, bundled=True) for path in bundled_files(_SUFFIX))


def find_model(name_or_path: str) -> ModelFile:
    """The model that a person means: a bundled one, a file, or one that `list_models` finds.

    Only the place is looked up; whether the file is sound, `read_metadata` tells. Raises
    ModelFileError, with the names of the models there are, if nothing or more than one is meant.
    """
    name = name_or_path.removesuffix(_SUFFIX)
    for model in bundled_models():
        if model.name == name:
            return model
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return ModelFile(path.absolute(), path.stem, bundled=False)
    there_are = tuple(_model_files())
    meant = [model for model in there_are if model.name == name]
    if len(meant) == 1:
        return meant[0]
    if meant:
        places = ", ".join(str(model.path) for model in meant)
        raise ModelFileError(
            f"{len(meant)} models are called {name}.", f"Give the path of one: {places}."
        )
    what = "is a folder, not a model" if path.is_dir() else "is neither a model nor a file"
    raise ModelFileError(f"{name_or_path} {what}.", _what_there_is(there_are))


def list_models() -> tuple[FoundModel, ...]:
    """All models at hand, broken files among them with their problem in words.

    Bundled ones come first, then the current folder's, then those of the Hugging Face cache, of
    LM Studio and of llama.cpp. A file that is reached in several ways is listed once.
    """
    return tuple(_looked_at(model) for model in _model_files())


def _looked_at(model: ModelFile) -> FoundModel:
    try:
        metadata = read_metadata(model.path)
    except ModelFileError as error:
        return FoundModel(model, None, str(error))
    if not metadata.n_parameters:
        return FoundModel(model, metadata, f"{model.path} holds a vocabulary but no weights.")
    if metadata.architecture == "clip":
        return FoundModel(model, metadata, f"{model.path} reads pictures; it writes no text.")
    return FoundModel(model, metadata, None)


def _what_there_is(models: tuple[ModelFile, ...]) -> str:
    names = list(dict.fromkeys(model.name for model in models))
    if not names:
        return "Give the path of a .gguf file."
    shown = ", ".join(names[:_MAX_NAMES_IN_ERROR])
    more = (
        "" if len(names) <= _MAX_NAMES_IN_ERROR else f" and {len(names) - _MAX_NAMES_IN_ERROR} more"
    )
    return f"Models here: {shown}{more}. Or give the path of a .gguf file."


def _model_files() -> Iterator[ModelFile]:
    """Every model file once, the first way of reaching it."""
    seen: set[Path] = set()
    others = chain(
        sorted(Path.cwd().glob(f"*{_SUFFIX}")), *(_ggufs_under(root) for root in _caches())
    )
    for model in chain(bundled_models(), (ModelFile(p, p.stem, bundled=False) for p in others)):
        real = Path(os.path.realpath(model.path))
        if real not in seen and not _LATER_PART.search(model.name):
            seen.add(real)
            yield model


def _ggufs_under(root: Path) -> Iterator[Path]:
    """GGUFs in a folder and its folders; links to folders are not followed, so there is no loop."""
    for folder, subfolders, files in islice(os.walk(root), _MAX_FOLDERS):
        if len(Path(folder).parts) - len(root.parts) >= _MAX_DEPTH:
            subfolders.clear()
        subfolders.sort()
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(_SUFFIX))


def _caches() -> tuple[Path, ...]:
    """Where other programs keep models, as each of them documents it."""
    home = Path.home()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    hub = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    huggingface = Path(os.environ.get("HF_HOME") or cache / "huggingface")
    llama = home / "Library" / "Caches" if sys.platform == "darwin" else cache
    return (
        Path(hub) if hub else huggingface / "hub",
        home / ".lmstudio" / "models",
        home / ".cache" / "lm-studio" / "models",
        Path(os.environ.get("LLAMA_CACHE") or llama / "llama.cpp"),
    )
