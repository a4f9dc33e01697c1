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


@contextmanager
def rare_collection() -> Iterator[None]:
    """Python looks for garbage rarely meanwhile, and not among what is there already.

    A tree of 100,000 nodes is millions of objects that will stay. Looking through them holds a key
    up for longer than it takes to draw the whole screen, and hardly ever finds anything: what a
    frame leaves behind is freed by counting references.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
