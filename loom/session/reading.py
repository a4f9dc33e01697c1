"""A session read without opening it: nothing is locked, nothing is written."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loom.store.database import open_for_reading
from loom.tree.graph import Tree


def read_tree(path: Path) -> Tree:
    """The tree of a session file, also while another loom writes it; SessionFileError if none."""
    tree = Tree()
    with open_for_reading(path) as stored, without_collection():
        for event in stored.load_condensed():
            tree.apply(event)
    return tree


@contextmanager
def without_collection() -> Iterator[None]:
    """Python does not look for garbage meanwhile, which in a growing tree takes half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
