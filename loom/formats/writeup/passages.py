"""A tree as passages: what is read in one go, between one fork and the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loom.formats.choice import Excerpt
from loom.tree.node import Node


@dataclass(slots=True)
class Passage:
    """A chain of nodes of one voice; where it begins after a fork it is branch `ordinal` of many.

    `index` counts passages from 0, `parent` is the one before it. `number` is its way through the
    forks of its section ("2.1", "" for what comes before any), `depth` how many forks that are.
    `n_siblings` counts all branches of its fork, left out ones too; `n_branches` those shown after
    it. `n_more` nodes hang from it that a limit left out. Of its bytes the first `n_bytes` are
    told, None for all; `n_more_characters` stand behind them.
    """

    index: int
    parent: int | None
    nodes: tuple[Node, ...]
    number: str
    depth: int
    ordinal: int = 1
    n_siblings: int = 1
    n_branches: int = 0
    n_more: int = 0
    goes_on_in: int | None = None
    n_bytes: int | None = None
    n_more_characters: int = 0

    @property
    def begins_branch(self) -> bool:
        """Whether a fork is right before it."""
        return self.n_siblings > 1

    @property
    def text(self) -> str:
        """What is told of it, characters that were split between nodes put together."""
        return self.content.decode("utf-8", "replace")

    @property
    def content(self) -> bytes:
        """The bytes of that text."""
        return b"".join(node.text for node in self.nodes)[: self.n_bytes]

    @property
    def is_generated(self) -> bool:
        """Whether a model wrote the first of it."""
        return not self.nodes[0].written


@dataclass(slots=True)
class Section:
    """Passages in reading order, parents first; those of section 0 begin at the tops.

    A deep tree is read in several sections, so that nothing nests without end.
    """

    index: int
    goes_on_from: str
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class _Waiting:
    node_id: str
    parent: int | None
    number: str
    depth: int
    ordinal: int
    n_siblings: int
    section: int


def sections(part: Excerpt, deepest: int) -> list[Section]:
    """The excerpt as passages; beyond `deepest` forks the text goes on in a section of its own."""
    found = [Section(0, "", [])]
    stack = _tops(part)
    n_passages = 0
    while stack:
        waiting = stack.pop()
        passage = _passage(part, waiting, n_passages)
        n_passages += 1
        found[waiting.section].passages.append(passage)
        below = part.children[passage.nodes[-1].id]
        if len(below) > 1 and passage.depth >= deepest:
            passage.goes_on_in = len(found)
            found.append(Section(len(found), passage.number, []))
        stack += reversed(_after(part, passage, waiting.section, below))
    return found


def _tops(part: Excerpt) -> list[_Waiting]:
    n = len(part.tops)
    return [
        _Waiting(top, None, str(i) if n > 1 else "", int(n > 1), i, n, 0)
        for i, top in reversed(list(enumerate(part.tops, 1)))
    ]


def _passage(part: Excerpt, waiting: _Waiting, index: int) -> Passage:
    nodes = [part.tree.node(waiting.node_id)]
    while (child := _only_child(part, nodes[-1])) is not None and child.role == nodes[0].role:
        nodes.append(child)
    last = nodes[-1].id
    n_bytes, n_more_characters = _within(nodes, part.n_characters)
    return Passage(
        index=index,
        parent=waiting.parent,
        nodes=tuple(nodes),
        number=waiting.number,
        depth=waiting.depth,
        ordinal=waiting.ordinal,
        n_siblings=waiting.n_siblings,
        n_branches=len(part.children[last]),
        n_more=sum(part.n_more.get(node.id, 0) for node in nodes),
        n_bytes=n_bytes,
        n_more_characters=n_more_characters,
    )


def _within(nodes: Sequence[Node], n_characters: int | None) -> tuple[int | None, int]:
    """How many bytes of a text are told, None for all, and how many characters are not."""
    if n_characters is None:
        return None, 0
    text = b"".join(node.text for node in nodes)
    kept = beginning(text, n_characters)
    return len(kept), len(text[len(kept) :].decode("utf-8", "replace"))


def beginning(text: bytes, n_characters: int) -> bytes:
    """The first characters of a text, each whole."""
    # No character takes more than four bytes; what is no UTF-8 counts as one for each byte.
    shown = text[: 4 * n_characters].decode("utf-8", "surrogateescape")[:n_characters]
    return shown.encode("utf-8", "surrogateescape")


def _only_child(part: Excerpt, node: Node) -> Node | None:
    below = part.children[node.id]
    # Where a limit left siblings out the text forks all the same, and that is to be seen.
    if len(below) != 1 or part.n_more.get(node.id):
        return None
    return part.tree.node(below[0])


def _after(part: Excerpt, passage: Passage, section: int, below: tuple[str, ...]) -> list[_Waiting]:
    here = passage.index
    if len(below) == 1:
        return [_Waiting(below[0], here, passage.number, passage.depth, 1, 1, section)]
    grown = part.tree.child_ids(passage.nodes[-1].id)
    ordinals = {child: i for i, child in enumerate(grown, 1)}
    prefix, depth = (f"{passage.number}." if passage.number else ""), passage.depth + 1
    if passage.goes_on_in is not None:
        prefix, depth, section = "", 1, passage.goes_on_in
    n = len(grown)
    numbered = [(child, ordinals[child]) for child in below]
    return [_Waiting(child, here, f"{prefix}{i}", depth, i, n, section) for child, i in numbered]


def ending(passage: Passage) -> str:
    """How the last of it ended, where a reader should know: "end", "stopped here" or nothing."""
    last = passage.nodes[-1]
    if last.state == "partial":
        return "stopped here"
    if last.state == "growing":
        return "still growing"
    return "end" if last.finish == "eos" else ""


def left_out(passage: Passage) -> str:
    """What stands at its end where a limit left something out; nothing if none did."""
    return more(passage.n_more_characters, passage.n_more)


def more(n_characters: int, n_nodes: int) -> str:
    """For example "... 412 more characters, 3 more nodes"; nothing for nothing."""
    parts = [
        f"{n:,} more {word}{'' if n == 1 else 's'}"
        for n, word in ((n_characters, "character"), (n_nodes, "node"))
        if n
    ]
    return f"... {', '.join(parts)}" if parts else ""


def more_nodes(n: int) -> str:
    """What stands where a limit left nodes out."""
    return f"... {n:,} more node{'' if n == 1 else 's'}"


def count(n: int, word: str, plural: str = "") -> str:
    """For example "1 node", "2,411 nodes", "3 branches" (where the plural is given)."""
    return f"{n:,} {word if n == 1 else plural or f'{word}s'}"
