"""What is kept of a tree at one moment: enough to have it again, little enough to keep many.

Nodes never change, so that a tree and all its checkpoints have them in common; the graph, which is
the larger part of a tree in memory, is made anew from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loom.tree.history import Lone, Step
from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """The nodes in the order in which they came; `families` are the children that were moved."""

    nodes: tuple[Node, ...]
    root_ids: tuple[str, ...]
    families: Mapping[str, tuple[str, ...]]
    hidden: frozenset[str]
    unseen: frozenset[str]


KeptHistory = tuple[tuple[Step | Lone, ...], tuple[Step | Lone, ...]]
"""What is done and what is undone."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree at one moment; `values` are its other attributes by their names."""

    places: KeptPlaces
    homes: Mapping[str, bytes]
    history: KeptHistory
    values: Mapping[str, object]


def copied(values: Mapping[str, object]) -> dict[str, object]:
    """Attributes of which no list, dictionary or set is shared; what is in them is."""
    return {name: _copied(value) for name, value in values.items()}


def _copied(value: object) -> object:
    if isinstance(value, dict):
        return {key: list(v) if isinstance(v, list) else v for key, v in value.items()}
    return type(value)(value) if isinstance(value, list | set) else value
