"""Models in several files: `name-00001-of-00003.gguf` and so on.

The names are those that llama.cpp writes and looks for (llama_split_path); it is always given the
first file and finds the others beside it.
"""

from __future__ import annotations

import re
from pathlib import Path

from loom.errors import ModelFileError
from loom.models.gguf_reader import GgufHeader, read_header
from loom.models.header_values import HeaderValues

_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.DOTALL)
_MAX_PARTS_IN_ERROR = 6
_AGAIN = "Download them into the same folder."


def part_names(name: str) -> tuple[str, ...]:
    """All file names of the model that a file of this name is a part of; else the name alone."""
    match = _PART.fullmatch(name)
    if match is None or not 1 <= int(match["number"]) <= int(match["count"]):
        return (name,)
    stem, count = match["stem"], int(match["count"])
    return tuple(f"{stem}-{number:05}-of-{count:05}.gguf" for number in range(1, count + 1))


def part_paths(path: Path) -> tuple[Path, ...]:
    """The same as paths, first part first, whether or not the files exist."""
    return tuple(path.with_name(name) for name in part_names(path.name))


def model_stem(path: Path) -> str:
    """What a person calls the model in this file: its name without the part and `.gguf`."""
    match = _PART.fullmatch(path.name)
    return match["stem"] if match else path.name.removesuffix(".gguf")


def read_headers(path: Path) -> tuple[tuple[Path, GgufHeader], ...]:
    """The headers of all files of a model, given any of them; the first one has the metadata.

    ModelFileError names the parts that are missing, and those that belong to something else.
    """
    own = read_header(path)
    number, n_parts = _part_of(path, own)
    # A single file may be called like a part; then its name means nothing.
    if n_parts <= 1:
        return ((path, own),)
    paths = part_paths(path)
    if len(paths) != n_parts:
        raise ModelFileError(
            f"{path} is part {number + 1} of {n_parts} of a split model, and is not called so.",
            f"Give the parts their names again: name-00001-of-{n_parts:05}.gguf and so on.",
        )
    _check_presence(path, paths)
    headers = tuple(own if part == path else read_header(part) for part in paths)
    for index, (part, header) in enumerate(zip(paths, headers, strict=True)):
        if _part_of(part, header) != (index, n_parts):
            raise ModelFileError(
                f"{part} is not what its name says: part {index + 1} of {n_parts}.", _AGAIN
            )
    _check_tensors(path, headers)
    return tuple(zip(paths, headers, strict=True))


def _part_of(path: Path, header: GgufHeader) -> tuple[int, int]:
    """Which part, counted from nought, of how many."""
    values = HeaderValues(path, header.values)
    return values.get("split.no", int) or 0, values.get("split.count", int) or 1


def _check_presence(path: Path, paths: tuple[Path, ...]) -> None:
    missing = [number for number, part in enumerate(paths, 1) if not part.exists()]
    if missing:
        what = "part" if len(missing) == 1 else "parts"
        raise ModelFileError(
            f"{model_stem(path)} in {path.parent} lacks {what} {_listed(missing)} of {len(paths)}.",
            _AGAIN if len(missing) > 1 else "Download it into the same folder.",
        )


def _check_tensors(path: Path, headers: tuple[GgufHeader, ...]) -> None:
    claimed = headers[0].values.get("split.tensors.count")
    names = [tensor.name for header in headers for tensor in header.tensors]
    if isinstance(claimed, int) and claimed != len(names):
        raise ModelFileError(
            f"The parts of {path} hold {len(names):,} tensors, not the {claimed:,} they should.",
            _AGAIN,
        )
    if len(set(names)) < len(names):
        raise ModelFileError(f"The parts of {path} hold some of their tensors twice.", _AGAIN)


def _listed(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return str(numbers[0])
    if len(numbers) > _MAX_PARTS_IN_ERROR:
        shown = ", ".join(map(str, numbers[:_MAX_PARTS_IN_ERROR]))
        return f"{shown} and {len(numbers) - _MAX_PARTS_IN_ERROR} more"
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
