"""Where a step leads: pure questions to a tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from loom.session.turns import next_role, turns_of
from loom.tree.graph import Tree
from loom.tree.nearest import nearest_visible
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
        return nearest_visible(tree, tree.selected_id)
    with_text = (node.id for node in tree.visible() if node.text.strip())
    return next(with_text, None) or next(iter(tree.root_ids), None)


def persons_turn(path: Iterable[Node]) -> bool:
    """Whether a chat waits for the person: nobody has spoken, or the last turn is an answer."""
    turns = turns_of(tuple(path))
    return not turns or turns[-1].role != "user"


def waits_for_person(path: Iterable[Node]) -> bool:
    """Whether only the person's next message can follow: there is no answer to begin or go on."""
    turns = turns_of(tuple(path))
    return persons_turn(path) and next_role(turns) == "user"


def before_message(path: Sequence[Node]) -> str | None:
    """The node under which the person's message goes: it follows, or is another wording of it."""
    if path and not persons_turn(path):
        return path[-1].parent_id
    return path[-1].id if path else None


def before_answer(path: Sequence[Node]) -> str | None:
    """The node under which an answer goes: it follows, or stands beside the one that ends here."""
    turns = turns_of(path)
    if turns and turns[-1].role == "assistant":
        return turns[-1].nodes[0].parent_id
    return path[-1].id if path else None


def is_unfinished(node: Node) -> bool:
    """Whether an answer stopped before its end, so that a model can go on with it."""
    return node.role == "assistant" and node.state != "growing" and node.finish not in _ENDS


def written_texts(tree: Tree, most: int = 100) -> list[str]:
    """What people wrote last, the latest at the end."""
    written = [node.id for node in tree if node.written and node.text.strip()]
    return [tree.node(one).text.decode("utf-8", "replace") for one in written[-most:]]


def _leaf(tree: Tree, node_id: str) -> str:
    while (child := tree.last_visited_child(node_id)) is not None:
        node_id = child
    return node_id
