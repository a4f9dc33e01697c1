"""What the search for models finds: files, and what looked like one and is not."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model that can be asked for by `name`, by one of its `aliases`, or by `path`.

    `path` is the file to open, the first one if there are several. `source` is where it was found,
    in words. An alias is a longer name that others use for it, such as `OWNER/NAME:FILE`.
    """

    path: Path
    name: str
    bundled: bool
    source: str = "a file"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What lists leave out: a dead link, half a download, a folder that cannot be read.

    `names` are what a person might call it; `why` is a sentence, `remedy` what to do.
    """

    names: tuple[str, ...]
    why: str
    remedy: str


def dead_link(path: Path) -> PassedOver:
    """A link to a file that is not there any more."""
    return PassedOver(
        (path.stem, path.name),
        f"{path} is a link to {os.readlink(path)}, which is not there.",
        "Download it again.",
    )


def unreadable(error: OSError) -> PassedOver:
    """A folder that could not be listed."""
    folder = Path(str(error.filename))
    return PassedOver(
        (str(folder), folder.name),
        f"{folder} cannot be searched: {error.strerror}.",
        "Check its permissions.",
    )
