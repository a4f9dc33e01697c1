"""Which changes make new texts of old ones: splitting, joining and copying, verbatim.

Nothing here asks whether it may be done; nodes are named by ids that nobody has yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from loom.tree.changes import NodeChange, NodeDerived, NodeHidden, NodeMoved, NodeShown, Slice
from loom.tree.graph import Tree
from loom.tree.kinds import Finish
from loom.tree.node import HUMAN, Node

MakeId = Callable[[], str]
Changes = list[NodeChange]


def split_at(
    tree: Tree, node_id: str, cut: int, n_tokens: int | None, at: float, make_id: MakeId
) -> tuple[str, Changes]:
    """Two nodes in place of one: its first `cut` bytes, below them the rest with all children.

    `n_tokens` says how many tokens come before the cut, None that a token is cut through. Returns
    the id of the first as well.
    """
    node = tree.node(node_id)
    head_id, tail_id = make_id(), make_id()
    before, after = _halves(node, cut, n_tokens)
    head = _derived([(node, before)], head_id, node.parent_id, at, finish=None)
    tail = _derived([(node, after)], tail_id, head_id, at, finish=node.finish)
    changes: Changes = [head, NodeMoved(at, head_id, node.parent_id, node_id), tail]
    changes += adopted(tree, node_id, tail_id, at)
    return head_id, [*changes, NodeHidden(at, node_id)]


def merged(tree: Tree, chain: Sequence[str], at: float, make_id: MakeId) -> tuple[str, Changes]:
    """One node that says what a chain of nodes says, beside the first, with the last's children.

    The first is hidden unless another way leads on from it or its kin in the chain; then only
    what the new node takes along is.
    """
    nodes = [tree.node(node_id) for node_id in chain]
    new_id = make_id()
    parts = [(node, _whole(node, is_last=node is nodes[-1])) for node in nodes]
    whole = _derived(parts, new_id, nodes[0].parent_id, at, finish=nodes[-1].finish)
    changes: Changes = [whole, NodeMoved(at, new_id, nodes[0].parent_id, nodes[0].id)]
    changes += adopted(tree, chain[-1], new_id, at)
    return new_id, [*changes, NodeHidden(at, _topmost_unneeded(tree, chain))]


def taken_apart(tree: Tree, node_id: str, at: float) -> Changes:
    """The parts that a node was merged from in its place, with its children below the last."""
    node = tree.node(node_id)
    parts = [source.node_id for source in node.sources]
    hidden = next(part for part in parts if tree.node(part).hidden)
    return [
        *adopted(tree, node_id, parts[-1], at),
        NodeShown(at, hidden),
        NodeHidden(at, node_id),
    ]


def copied(tree: Tree, node_id: str, at: float, make_id: MakeId) -> tuple[str, Changes]:
    """A node and what is to be seen below it once more, beside it; marks stay behind."""
    copies: dict[str, str] = {}
    changes: Changes = []
    for old_id in tree.subtree_ids(node_id):
        node = tree.node(old_id)
        if old_id != node_id and (node.hidden or node.parent_id not in copies):
            continue
        copies[old_id] = make_id()
        parent_id = node.parent_id if old_id == node_id else copies[node.parent_id or ""]
        whole = _whole(node, is_last=True)
        changes.append(_derived([(node, whole)], copies[old_id], parent_id, at, node.finish))
    copy_id = copies[node_id]
    changes.append(NodeMoved(at, copy_id, tree.node(node_id).parent_id, node_id))
    return copy_id, changes


def adopted(tree: Tree, from_id: str, to_id: str, at: float) -> list[NodeMoved]:
    """All children of one node, hidden ones too, behind one another under another node."""
    children = tree.every_child(from_id)
    before = (None, *children)
    return [
        NodeMoved(at, child, to_id, after) for after, child in zip(before, children, strict=False)
    ]


def tokens_before(node: Node, cut: int) -> int | None:
    """How many tokens stand for the first `cut` bytes of a text; None if one is cut through."""
    ends = list(accumulate(node.piece_sizes))
    n = sum(end <= cut for end in ends)
    return n if cut == (ends[n - 1] if n else 0) else None


def _halves(node: Node, cut: int, n_tokens: int | None) -> tuple[Slice, Slice]:
    end, n = len(node.text), node.n_tokens
    if n_tokens is not None:
        return Slice(node.id, 0, cut, 0, n_tokens), Slice(node.id, cut, end, n_tokens, n)
    ends = list(accumulate(node.piece_sizes))
    through = sum(one <= cut for one in ends)
    return (
        Slice(node.id, 0, cut, 0, min(n, through + 1)),
        Slice(node.id, cut, end, min(n, through), n),
    )


def _whole(node: Node, is_last: bool) -> Slice:
    """All of a node; without the token that ended it where more is to follow."""
    n = node.n_tokens
    ended = node.finish == "eos" and node.piece_sizes[-1:] == (0,)
    return Slice(node.id, 0, len(node.text), 0, n - 1 if ended and not is_last else n)


def _derived(
    parts: Sequence[tuple[Node, Slice]],
    node_id: str,
    parent_id: str | None,
    at: float,
    finish: Finish | None,
) -> NodeDerived:
    """A node of these parts, with their tokens where those are whole and of one model."""
    nodes = [node for node, _ in parts]
    authors = {node.author for node in nodes}
    event = NodeDerived(
        at,
        node_id,
        parent_id,
        nodes[0].role,
        authors.pop() if len(authors) == 1 else HUMAN,
        tuple(part for _, part in parts),
        b"".join(node.text[part.start_byte : part.end_byte] for node, part in parts),
        None,
        (),
        "",
        finish,
        nodes[0].special,
    )
    models = {node.token_model for node in nodes if node.token_ids is not None}
    if all(node.token_ids is None for node in nodes):
        return event
    ids = tuple(i for n, p in parts for i in (n.token_ids or ())[p.start_token : p.end_token])
    sizes = tuple(i for n, p in parts for i in n.piece_sizes[p.start_token : p.end_token])
    known = all(node.token_ids is not None for node in nodes) and len(models) == 1
    if not known or sum(sizes) != len(event.text):
        return replace(event, retokenised=True)
    return replace(event, token_ids=ids, piece_sizes=sizes, token_model=models.pop())


def _topmost_unneeded(tree: Tree, chain: Sequence[str]) -> str:
    """The first of a chain below which nothing is to be seen but the rest of the chain."""
    unneeded = chain[-1]
    for above, below in zip(reversed(chain[:-1]), reversed(chain[1:]), strict=True):
        if tree.child_ids(above) != (below,):
            break
        unneeded = above
    return unneeded
