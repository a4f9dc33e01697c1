"""Files that are known by sight and not read: of looms that cannot be so far, and no trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loom.formats.importing.shape import Shape, any_member, members

BY_FIRST_BYTES: Mapping[bytes, str] = {
    b"VersionedTapestryWeave__": "Tapestry Loom",
}

NO_TREES: Mapping[bytes, tuple[str, str]] = {
    b"GGUF": ("a model in GGUF", "Grow with it: `loom new --model` takes its path."),
    b"%PDF": ("a PDF", "Import the tree or chat that it was made from."),
}
"""Files that hold no tree: what each is, and what to do."""


def _minihf(shape: Shape) -> bool:
    return "nodeStore" in members(shape.mapping().get("loomTree"))


def _bonsai(shape: Shape) -> bool:
    found = shape.mapping()
    return isinstance(found.get("nodes"), list) and isinstance(found.get("edges"), list)


def _helm(shape: Shape) -> bool:
    found = shape.mapping()
    return "rootId" in found and "childIds" in any_member(found.get("nodes"))


def _wool(shape: Shape) -> bool:
    return "focused_node_id" in shape.mapping()


BY_SHAPE: Mapping[str, Callable[[Shape], bool]] = {
    "MiniHF or miniloom": _minihf,
    "Bonsai": _bonsai,
    "helm": _helm,
    "wool": _wool,
}
