"""The ends of a tree that can be grown on from."""

from __future__ import annotations

from loom.tree.graph import Tree
from loom.tree.node import Node

_ENDED = ("eos", "context")


def open_leaves(tree: Tree, under: str | None = None) -> tuple[str, ...]:
    """Every visible end that a model can go on from, oldest first; only `under` a node if given.

    Hidden nodes hide what hangs from them. Texts that came to their own end, or filled the
    model's window, are left as they are, and so is what still grows.
    """
    waiting = list(tree.root_ids if under is None else (under,))
    found: set[str] = set()
    while waiting:
        node = tree.node(waiting.pop())
        if not tree.is_visible(node.id):
            continue
        below = tree.child_ids(node.id)
        waiting += below
        if not below and _can_go_on(node, tree):
            found.add(node.id)
    return tuple(node.id for node in tree if node.id in found)


def _can_go_on(node: Node, tree: Tree) -> bool:
    if node.state == "growing" or node.finish in _ENDED:
        return False
    if tree.mode == "plain":
        return True
    return node.role == "user" or (node.role == "assistant" and node.finish != "stop")
