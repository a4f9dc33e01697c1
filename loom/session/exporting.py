"""Writing a tree out: the table of formats, and the file it goes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from loom.errors import LoomError, UsageError
from loom.formats.markdown import tree_markdown
from loom.session.data_exporting import DATA_FORMATS
from loom.tree.graph import Tree

FORMATS: Mapping[str, Callable[[Tree], str]] = {
    "markdown": tree_markdown,
}
ALIASES = {"md": "markdown"}


def exported(tree: Tree, format_name: str) -> str:
    """The tree in a format; UsageError names the formats there are."""
    export = FORMATS.get(ALIASES.get(format_name, format_name))
    if export is None:
        names = ", ".join(sorted({*FORMATS, *DATA_FORMATS, "loom"}))
        raise UsageError(f"There is no format {format_name!r}.", f"There are: {names}.")
    return export(tree)


def write_out(path: Path, text: str) -> None:
    """Write an export; LoomError says why it could not be."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise LoomError(
            f"{path} cannot be written ({(error.strerror or str(error)).lower()}).",
            "Name another file with -o.",
        ) from error
