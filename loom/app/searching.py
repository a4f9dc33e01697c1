"""Finding words in the texts of a tree, a few thousand nodes at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from loom.tree.graph import Tree
from loom.tree.node import Node

MOST_FOUND = 200
"""More would be no help."""

_N_BEFORE, _N_AFTER = 24, 120
"""Characters of context."""


@dataclass(frozen=True, slots=True)
class Found:
    """The first place in a node where the words stand, and what stands around it.

    `is_cut` says that there is more before it than `before`, which begins with a whole word.
    """

    node_id: str
    before: str
    words: str
    after: str
    is_cut: bool


def pattern_of(words: str) -> re.Pattern[str]:
    """The words as they are typed; without a capital letter in them, in any case."""
    flags = re.NOFLAG if any(char.isupper() for char in words) else re.IGNORECASE
    return re.compile(re.escape(words), flags)


def search(tree: Tree, words: str, n_at_once: int = 2_000) -> Iterator[list[Found]]:
    """What is found in each handful of visible nodes, in the order in which they came.

    Nodes that come while it searches are not looked at.
    """
    if not words.strip():
        return
    pattern, n_found = pattern_of(words), 0
    nodes = iter([node.id for node in tree.visible()])
    while n_found < MOST_FOUND and (ids := list(islice(nodes, n_at_once))):
        found = [hit for node_id in ids if (hit := _hit(tree.node(node_id), pattern)) is not None]
        n_found += len(found)
        yield found


def _hit(node: Node, pattern: re.Pattern[str]) -> Found | None:
    text = node.display_text()
    match = pattern.search(text)
    if match is None:
        return None
    start, end = match.span()
    before = text[max(0, start - _N_BEFORE) : start]
    is_cut = start > _N_BEFORE
    if is_cut:
        before = re.split(r"\s", before, maxsplit=1)[-1]
    return Found(node.id, before, match[0], text[end : end + _N_AFTER], is_cut)
