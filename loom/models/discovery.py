"""Which models there are on this machine: those that loom brings, and GGUFs that others fetched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from loom.errors import ModelFileError
from loom.models.gguf_file import GgufMetadata, read_metadata
from loom.models.libraries import libraries
from loom.models.model_file import ModelFile, PassedOver, dead_link
from loom.models.searching import SUFFIX, search
from loom.models.split import model_stem, part_paths
from loom.paths import bundled_files

__all__ = ["FoundModel", "ModelFile", "bundled_models", "find_model", "list_models", "look_at"]

_MAX_NAMES_IN_ERROR = 8


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model file and what it says about itself, or in one sentence why it cannot be used."""

    file: ModelFile
    metadata: GgufMetadata | None
    problem: str | None


def bundled_models() -> tuple[ModelFile, ...]:
    """The models that came with loom."""
    return tuple(
        ModelFile(path, path.stem, bundled=True, source="loom") for path in bundled_files(SUFFIX)
    )


def find_model(name_or_path: str) -> ModelFile:
    """The model that a person means: a bundled one, a file, or one that `list_models` finds.

    Names are `NAME`, `OWNER/NAME`, `OWNER/NAME:FILE` or those of Ollama; any part of a split model
    means the whole. Only the place is looked up; whether the file is sound, `read_metadata` tells.
    Raises ModelFileError, with the names of the models there are, if nothing or more than one is
    meant, and says why if it is something that lists leave out.
    """
    name = name_or_path.removesuffix(SUFFIX)
    for model in bundled_models():
        if model.name == name:
            return model
    path = Path(os.path.expanduser(name_or_path))
    if os.path.isfile(path):
        first = next(part for part in (*part_paths(path), path) if os.path.exists(part))
        return ModelFile(first.absolute(), model_stem(path), bundled=False)
    found = tuple(_everything())
    models = [one for one in found if isinstance(one, ModelFile)]
    meant = _called(models, name_or_path) or _called(models, name)
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ModelFileError(f"{len(meant)} models are called {name}.", _which(meant))
    passed_over = [one for one in found if isinstance(one, PassedOver)]
    for one in [dead_link(path)] if os.path.islink(path) else passed_over:
        if {name, name_or_path, path.name} & set(one.names):
            raise ModelFileError(one.why, one.remedy)
    what = "is a folder, not a model" if os.path.isdir(path) else "is neither a model nor a file"
    raise ModelFileError(f"{name_or_path} {what}.", _what_there_is(models))


def list_models() -> tuple[FoundModel, ...]:
    """All models at hand, broken files among them with their problem in words.

    Bundled ones come first, then those of the folders a person named, the current folder's, and
    those of other programs. A file that is reached in several ways is listed once; dead links and
    unfinished downloads are left out.
    """
    return tuple(look_at(model) for model in _everything() if isinstance(model, ModelFile))


def look_at(model: ModelFile) -> FoundModel:
    """Read what a model file says about itself, and whether text can be grown with it."""
    try:
        metadata = read_metadata(model.path)
    except ModelFileError as error:
        return FoundModel(model, None, str(error))
    if not metadata.n_parameters:
        return FoundModel(model, metadata, f"{model.path} holds a vocabulary but no weights.")
    if metadata.architecture == "clip":
        return FoundModel(model, metadata, f"{model.path} reads pictures; it writes no text.")
    return FoundModel(model, metadata, None)


def _everything() -> Iterator[ModelFile | PassedOver]:
    """Every model file once, the first way of reaching it, and all that was passed over."""
    seen: set[str] = set()
    elsewhere = (found for library in libraries() for found in search(library))
    for found in (*bundled_models(), *elsewhere):
        real = os.path.realpath(found.path) if isinstance(found, ModelFile) else None
        if real is None or real not in seen:
            yield found
        if real is not None:
            seen.add(real)


def _called(models: Iterable[ModelFile], name: str) -> list[ModelFile]:
    """Those of that name; those that bear it as an alias if none does; else whatever the case."""
    exact = [model for model in models if model.name == name]
    if exact:
        return exact
    aliased = [model for model in models if name in model.aliases]
    folded = name.casefold()
    return aliased or [
        model
        for model in models
        if folded in {known.casefold() for known in (model.name, *model.aliases)}
    ]


def _which(models: Iterable[ModelFile]) -> str:
    """How to tell models of one name apart: by their longer names if those differ."""
    longer = [next(iter(model.aliases), str(model.path)) for model in models]
    if len(set(longer)) == len(longer):
        return f"Say which one: {', '.join(longer)}."
    return f"Give the path of one: {', '.join(str(model.path) for model in models)}."


def _what_there_is(models: Iterable[ModelFile]) -> str:
    names = list(dict.fromkeys(model.name for model in models))
    if not names:
        return f"Give the path of a {SUFFIX} file."
    shown = ", ".join(names[:_MAX_NAMES_IN_ERROR])
    more = len(names) - _MAX_NAMES_IN_ERROR
    return (
        f"Models here: {shown}{f' and {more} more' if more > 0 else ''}. "
        f"Or give the path of a {SUFFIX} file."
    )
