"""Where a step leads: pure questions to a tree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from loom.tree.graph import Tree
from loom.tree.node import Node

_ENDS = ("eos", "stop")

Step = Literal["parent", "child", "previous", "next", "root", "leaf"]


def step(tree: Tree, node_id: str, where: Step) -> str | None:
    """The node one step away, None where there is none."""
    match where:
        case "parent":
            return tree.node(node_id).parent_id
        case "child":
            return tree.last_visited_child(node_id)
        case "previous" | "next":
            siblings = tree.sibling_ids(node_id)
            at = siblings.index(node_id) + (1 if where == "next" else -1)
            return siblings[at] if 0 <= at < len(siblings) else None
        case "root":
            return tree.path(node_id)[0].id
        case "leaf":
            return _leaf(tree, node_id)


def landing(tree: Tree) -> str | None:
    """Where to stand on opening: the stored selection, else the first text, else the first node."""
    if tree.selected_id is not None:
        return tree.selected_id
    with_text = (node.id for node in tree if node.text.strip())
    return next(with_text, None) or next(iter(tree.root_ids), None)


def persons_turn(path: Iterable[Node]) -> bool:
    """Whether a chat waits for the person: nobody has spoken, or the last turn is an answer."""
    spoken = [node.role for node in path if node.role in ("user", "assistant")]
    return not spoken or spoken[-1] == "assistant"


def is_unfinished(node: Node) -> bool:
    """Whether an answer stopped before its end, so that a model can go on with it."""
    return node.role == "assistant" and node.state != "growing" and node.finish not in _ENDS


def _leaf(tree: Tree, node_id: str) -> str:
    while (child := tree.last_visited_child(node_id)) is not None:
        node_id = child
    return node_id
