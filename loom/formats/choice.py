"""What of a tree is exported: everything, a part, or no more than so much of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from loom.records import Join
from loom.tree.graph import Tree


@dataclass(frozen=True, slots=True)
class Choice:
    """The part of a tree that a person wants; without a word from them all that is not hidden.

    `at` keeps what hangs from one node, `path_to` only the road to one, `through` only the roads
    that lead through one of these nodes, and `joins_only` only those on which branches meet.
    `depth` is how many nodes follow one another at most, counted from the top, and `n_nodes` how
    many there are in all; both leave out what comes later, and the excerpt counts it.
    `n_characters` is how much of a text is shown: of a node, or of what is told in one go.
    """

    at: str | None = None
    path_to: str | None = None
    through: tuple[str, ...] = ()
    joins_only: bool = False
    depth: int | None = None
    n_nodes: int | None = None
    n_characters: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The chosen part of a tree, as a tree of its own.

    `children` holds every chosen node, parents first, with its chosen children in the order in
    which they grew. `n_more` counts, below a node, those that a limit left out, `n_more_at_top`
    those beside the tops; `n_hidden` and `n_elsewhere` count the rest of the tree: what is hidden,
    and what was not asked for. `n_characters` is how much of a text is told, None for all of it.
    """

    tree: Tree
    tops: tuple[str, ...]
    children: dict[str, tuple[str, ...]]
    n_more: dict[str, int] = field(default_factory=dict)
    n_more_at_top: int = 0
    n_hidden: int = 0
    n_elsewhere: int = 0
    n_characters: int | None = None

    def __len__(self) -> int:
        return len(self.children)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self.children


def excerpt(tree: Tree, choice: Choice | None = None, joins: Sequence[Join] = ()) -> Excerpt:
    """The chosen part of a tree; `joins` are needed only for `joins_only`."""
    choice = choice or Choice()
    shown = _shown(tree, choice)
    asked = _asked(tree, choice, shown, joins)
    tops = _tops(tree, choice, asked)
    children = _within(tree, choice, asked, tops)
    kept = {
        node_id: tuple(child for child in below if child in children)
        for node_id, below in children.items()
    }
    n_more = _left_out(tree, asked, kept)
    return Excerpt(
        tree=tree,
        tops=tuple(top for top in tops if top in kept),
        children=kept,
        n_more=n_more,
        n_more_at_top=len(asked) - len(kept) - sum(n_more.values()),
        n_hidden=len(tree) - len(shown),
        n_elsewhere=len(shown) - len(asked),
        n_characters=choice.n_characters,
    )


def narrowed(part: Excerpt, wanted: Set[str]) -> Excerpt:
    """The excerpt with these of its nodes only; what hangs from them is counted as left out."""
    kept = {
        node_id: tuple(child for child in below if child in wanted)
        for node_id, below in part.children.items()
        if node_id in wanted
    }
    asked = dict.fromkeys(part.children)
    n_more = _left_out(part.tree, asked, kept)
    for node_id, n in part.n_more.items():
        at: str | None = node_id
        while at is not None and at not in kept:
            at = part.tree.node(at).parent_id
        if at is not None:
            n_more[at] = n_more.get(at, 0) + n
    tops = tuple(top for top in part.tops if top in kept)
    told = len(kept) + sum(n_more.values())
    n_all = len(part) + sum(part.n_more.values()) + part.n_more_at_top
    return replace(
        part, tops=tops, children=kept, n_more=n_more, n_more_at_top=max(0, n_all - told)
    )


def _met(joins: Sequence[Join]) -> Sequence[Join]:
    """The joins; where nothing was found to be one, the shared words that nobody has judged."""
    joined = [join for join in joins if join.verdict == "joined"]
    return joined or [join for join in joins if join.verdict == "not_judged"]


def joins_within(joins: Iterable[Join], part: Excerpt) -> tuple[Join, ...]:
    """The joins of which at least two branches are in an excerpt."""
    return tuple(join for join in joins if len({s.node for s in join.spans if s.node in part}) > 1)


def whole(tree: Tree) -> Excerpt:
    """All of a tree but what is hidden."""
    return excerpt(tree)


def _shown(tree: Tree, choice: Choice) -> dict[str, None]:
    """All nodes that are not hidden, nor under one that is, parents first."""
    shown: dict[str, None] = {}
    stack = list(reversed(tree.every_child(None)))
    while stack:
        node_id = stack.pop()
        if choice.hidden or not tree.node(node_id).hidden:
            shown[node_id] = None
            stack += reversed(tree.every_child(node_id))
    return shown


def _asked(
    tree: Tree, choice: Choice, shown: dict[str, None], joins: Sequence[Join]
) -> dict[str, None]:
    asked = shown
    if choice.path_to is not None:
        asked = _only(asked, {node.id for node in tree.path(choice.path_to)})
    if choice.at is not None:
        asked = _only(asked, _below(tree, [choice.at]))
    if choice.through:
        asked = _only(asked, _roads(tree, choice.through))
    if choice.joins_only:
        asked = _only(
            asked, _roads(tree, [span.node for join in _met(joins) for span in join.spans])
        )
    return asked


def _only(nodes: dict[str, None], wanted: set[str]) -> dict[str, None]:
    return {node_id: None for node_id in nodes if node_id in wanted}


def _below(tree: Tree, tops: Iterable[str]) -> set[str]:
    found: set[str] = set()
    stack = list(tops)
    while stack:
        node_id = stack.pop()
        if node_id not in found:
            found.add(node_id)
            stack += tree.every_child(node_id)
    return found


def _roads(tree: Tree, through: Iterable[str]) -> set[str]:
    """All nodes above and below these."""
    starts = list(through)
    found = _below(tree, starts)
    above: set[str] = set()
    for start in starts:
        parent_id = tree.node(start).parent_id
        while parent_id is not None and parent_id not in above:
            above.add(parent_id)
            parent_id = tree.node(parent_id).parent_id
    return found | above


def _tops(tree: Tree, choice: Choice, asked: dict[str, None]) -> list[str]:
    if choice.at is not None:
        return [choice.at] if choice.at in asked else []
    return [root_id for root_id in tree.every_child(None) if root_id in asked]


def _within(
    tree: Tree, choice: Choice, asked: dict[str, None], tops: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The asked nodes within the limits, breadth first: of a large tree the beginnings stay."""
    depth_of = dict.fromkeys(tops, 1)
    most = len(asked) if choice.n_nodes is None else choice.n_nodes
    level, kept = list(tops), set[str]()
    while level and len(kept) < most:
        level = level[: most - len(kept)]
        kept.update(level)
        if choice.depth is not None and depth_of[level[0]] >= choice.depth:
            break
        below = [child for node in level for child in tree.every_child(node) if child in asked]
        depth_of = dict.fromkeys(below, depth_of[level[0]] + 1)
        level = below
    return {node_id: tree.every_child(node_id) for node_id in asked if node_id in kept}


def _left_out(
    tree: Tree, asked: dict[str, None], kept: dict[str, tuple[str, ...]]
) -> dict[str, int]:
    """How many asked nodes are missing below each kept one, told where they branch off."""
    n_below = dict.fromkeys(asked, 1)
    found: dict[str, int] = {}
    for node_id in reversed(asked):
        parent_id = tree.node(node_id).parent_id
        if node_id in kept or parent_id is None or parent_id not in asked:
            continue
        if parent_id in kept:
            found[parent_id] = found.get(parent_id, 0) + n_below[node_id]
        else:
            n_below[parent_id] += n_below[node_id]
    return found
