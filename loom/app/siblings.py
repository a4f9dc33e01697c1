"""What continuations of one node share: beginnings to leave out, twins to count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from loom.app.display import shown_in_a_line
from loom.app.layout import Stretch
from loom.tree.graph import Tree
from loom.tree.node import Node

_LOOK = 400
"""How many bytes of a beginning are compared and shown in a line."""

_WORTH_LEAVING_OUT = 12
"""Characters; a shorter shared beginning reads better than an ellipsis."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A node says word for word what its older sibling number `first` (from 1) says."""

    first: int
    n_same: int


@dataclass(frozen=True, slots=True)
class Family:
    """The finished children of one node, compared.

    `n_shared` are characters of a beginning that another one has too, `n_repeated` those of them
    that an older one has said.
    """

    n_shared: dict[str, int]
    n_repeated: dict[str, int]
    twins: dict[str, Twin]


class Families:
    """Families by parent, compared when first asked for and forgotten when they change."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._families: dict[str | None, Family] = {}

    def forget(self, parent_id: str | None) -> None:
        """The children of this node have changed."""
        self._families.pop(parent_id, None)

    def forget_all(self) -> None:
        """Any children may have changed."""
        self._families.clear()

    def twin(self, node: Node) -> Twin | None:
        """The older sibling that says the same, if there is one."""
        return self._family(node).twins.get(node.id)

    def n_repeated(self, node: Node) -> int:
        """Characters of its beginning, on one line, that an older sibling has said already."""
        return self._family(node).n_repeated.get(node.id, 0)

    def snippet(self, node: Node, stretch: Stretch | None = None) -> str:
        """How a node begins where its siblings do not: one line, white space skipped.

        Of a stretch of its text only that; what stands before it is an ellipsis.
        """
        if stretch is not None and stretch.start:
            text = _in_a_line(node.text[stretch.start : stretch.end])
            return f"…{text}" if text else "(empty)"
        end = None if stretch is None else stretch.end
        text = _in_a_line(node.text[:end])
        if not text:
            return "" if node.state == "growing" else "(empty)"
        n_shared = self._family(node).n_shared.get(node.id, 0)
        return "…" + text[n_shared:] if 0 < n_shared < len(text) else text

    def _family(self, node: Node) -> Family:
        family = self._families.get(node.parent_id)
        if family is None:
            siblings = [self._tree.node(sibling) for sibling in self._tree.sibling_ids(node.id)]
            family = self._families[node.parent_id] = compare(siblings, _beginning)
        return family


def compare(siblings: Sequence[Node], beginning: Callable[[Node], str]) -> Family:
    """Compare finished siblings; one that still grows shares nothing, so that it does not jump."""
    done = [node for node in siblings if node.state != "growing"]
    texts = {node.id: beginning(node) for node in done}
    n_shared = _shared(texts)
    return Family(n_shared, _repeated(texts, n_shared), _twins(siblings))


def _shared(texts: Mapping[str, str]) -> dict[str, int]:
    """Characters that each shares with its nearest sibling, cut back to a word."""
    ordered = sorted((text, node_id) for node_id, text in texts.items())
    n_shared: dict[str, int] = {}
    for (text, node_id), (other, other_id) in pairwise(ordered):
        n_common = _n_common(text, other)
        if n_common == min(len(text), len(other)):
            continue
        cut = text.rfind(" ", 0, n_common) + 1
        for one in (node_id, other_id):
            if cut >= max(_WORTH_LEAVING_OUT, n_shared.get(one, 0)):
                n_shared[one] = cut
    return n_shared


def _repeated(texts: Mapping[str, str], n_shared: Mapping[str, int]) -> dict[str, int]:
    """Of what is shared, what was said by one that comes before."""
    n_repeated: dict[str, int] = {}
    said: set[str] = set()
    for node_id, n in ((node_id, n_shared[node_id]) for node_id in texts if node_id in n_shared):
        shared = texts[node_id][:n]
        if shared in said:
            n_repeated[node_id] = n
        said.add(shared)
    return n_repeated


def _n_common(text: str, other: str) -> int:
    pairs = enumerate(zip(text, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(text), len(other)))


def _twins(siblings: Sequence[Node]) -> dict[str, Twin]:
    by_text: dict[bytes, list[int]] = {}
    for index, node in enumerate(siblings):
        if node.state != "growing" and node.text:
            by_text.setdefault(node.text, []).append(index)
    return {
        siblings[index].id: Twin(first=same[0] + 1, n_same=len(same))
        for same in by_text.values()
        for index in same[1:]
    }


def _beginning(node: Node) -> str:
    return _in_a_line(node.text)


def _in_a_line(text: bytes) -> str:
    return shown_in_a_line(text.lstrip()[:_LOOK]).strip()
