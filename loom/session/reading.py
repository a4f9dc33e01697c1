"""A session read without opening it: nothing is locked, nothing is written."""

from __future__ import annotations

from pathlib import Path

from loom.store.database import open_for_reading
from loom.tree.graph import Tree


def read_tree(path: Path) -> Tree:
    """The tree of a session file, also while another loom writes it; SessionFileError if none."""
    tree = Tree()
    with open_for_reading(path) as stored:
        for event in stored.load_events():
            tree.apply(event)
    return tree
