"""Looking through the places where models lie; what is broken there is noted and passed over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from loom.models.libraries import Library
from loom.models.model_file import ModelFile, PassedOver, dead_link, unreadable
from loom.models.ollama import ollama_models
from loom.models.split import model_stem, part_paths

SUFFIX = ".gguf"
_UNFINISHED = (".incomplete", ".part", ".downloadInProgress", ".aria2", ".crdownload")
_MAX_FOLDERS = 5_000
_MAX_DEPTH = 8

Found = ModelFile | PassedOver
Naming = Callable[[Path, Path], str]


def search(library: Library) -> Iterator[Found]:
    """Everything in one place; a split model is found once, by its first file."""
    match library.kind:
        case "ollama":
            yield from ollama_models(library.root)
        case "hub":
            for repository in sorted(library.root.glob("models--*--*")):
                yield from _repository(library, repository)
        case "owners":
            yield from _files(library, library.root, _owner_and_name)
        case "folder" | "flat":
            yield from _files(library, library.root, _no_name)


def _repository(library: Library, repository: Path) -> Iterator[Found]:
    """One repository of the hub's cache: the revision in use first, then what only others have."""
    full_name = repository.name.removeprefix("models--").replace("--", "/", 1)
    snapshots = repository / "snapshots"
    revisions = sorted(snapshots.glob("*"))
    current = _text_of(repository / "refs" / "main")
    revisions.sort(key=lambda revision: revision.name != current)
    seen: set[Path] = set()
    for revision in revisions:
        for found in _files(library, revision, lambda _root, _path: full_name):
            place = found.path.relative_to(revision) if isinstance(found, ModelFile) else None
            if place is None or place not in seen:
                yield found
            if place is not None:
                seen.add(place)
    if not seen and any(repository.glob("blobs/*.incomplete")):
        yield PassedOver(
            (full_name,),
            f"The download of {full_name} is unfinished.",
            f"`loom models pull {full_name}` goes on with it.",
        )


def _files(library: Library, root: Path, name_of: Naming) -> Iterator[Found]:
    """GGUFs in a folder and, unless it is flat, its folders; links to folders are not followed."""
    unread: list[OSError] = []
    seen: set[Path] = set()
    for n_folders, (folder, subfolders, files) in enumerate(os.walk(root, onerror=unread.append)):
        depth = len(Path(folder).parts) - len(root.parts)
        if library.kind == "flat" or depth >= _MAX_DEPTH or n_folders >= _MAX_FOLDERS:
            subfolders.clear()
        subfolders.sort()
        for path in (Path(folder, name) for name in sorted(files)):
            first = part_paths(path)[0]
            if first not in seen and (found := _looked_at(library, path, name_of(root, path))):
                seen.add(first)
                yield found
    yield from (unreadable(error) for error in unread if not isinstance(error, FileNotFoundError))


def _looked_at(library: Library, path: Path, owner_and_name: str) -> Found | None:
    stem = model_stem(path)
    if path.suffix in _UNFINISHED and SUFFIX in path.name:
        whole = path.name.partition(SUFFIX)[0]
        return PassedOver((whole,), f"{path} is an unfinished download.", "Let it finish.")
    if path.suffix != SUFFIX:
        return None
    if not os.path.exists(path):
        return dead_link(path)
    aliases = (f"{owner_and_name}:{stem}", owner_and_name) if owner_and_name else ()
    first = next(part for part in (*part_paths(path), path) if os.path.exists(part))
    return ModelFile(first, stem, bundled=False, source=library.source, aliases=aliases)


def _owner_and_name(root: Path, path: Path) -> str:
    """`OWNER/NAME` of a file that lies two folders deep or deeper."""
    folders = path.relative_to(root).parts[:-1]
    return "/".join(folders[:2]) if len(folders) >= 2 else ""


def _no_name(_root: Path, _path: Path) -> str:
    return ""


def _text_of(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
