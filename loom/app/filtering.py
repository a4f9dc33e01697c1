"""Which texts a filter of the outline leaves: by tag, by author, by model, by words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from loom.app.searching import pattern_of
from loom.tree.graph import Tree
from loom.tree.node import Node

_WORD = re.compile(r"(?:(tag|by|model):)?(?:\"([^\"]*)\"?|(\S+))")
_PEOPLE = ("you", "me", "human", "person", "people")
_MODELS = ("model", "models", "ai")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of a text, all at once; `words` are phrases that it must say."""

    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def read(cls, line: str) -> Filter:
        """Read `tag:`, `by:` and `model:` words, each perhaps in quotes; all others are text."""
        found: dict[str, list[str]] = {"tag": [], "by": [], "model": [], "": []}
        for kind, quoted, bare in _WORD.findall(line):
            if said := quoted or bare:
                found[kind].append(said)
        return cls(*(tuple(found[kind]) for kind in ("tag", "by", "model", "")))

    def __bool__(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.tags or self.authors or self.models or self.words)


def left(tree: Tree, asked: Filter, n_at_once: int = 2_000) -> Iterator[list[str]]:
    """The visible nodes that a filter leaves, of each handful, in the order in which they came."""
    tests = _tests(tree, asked)
    nodes = iter([node.id for node in tree.visible()])
    while ids := list(islice(nodes, n_at_once)):
        handful = [tree.node(node_id) for node_id in ids]
        yield [node.id for node in handful if all(test(node) for test in tests)]


def _tests(tree: Tree, asked: Filter) -> list[Callable[[Node], object]]:
    tests = [_among(_tagged(tree, tag.casefold())) for tag in asked.tags]
    tests += [_by(author.casefold()) for author in asked.authors]
    tests += [_of_model(model.casefold()) for model in asked.models]
    tests += [_says(pattern_of(phrase)) for phrase in asked.words]
    return tests


def _among(ids: set[str]) -> Callable[[Node], object]:
    return lambda node: node.id in ids


def _by(name: str) -> Callable[[Node], object]:
    if name in _PEOPLE:
        return lambda node: node.written
    if name in _MODELS:
        return lambda node: not node.written
    return lambda node: name in node.author.casefold()


def _of_model(name: str) -> Callable[[Node], object]:
    return lambda node: not node.written and name in node.author.casefold()


def _says(pattern: re.Pattern[str]) -> Callable[[Node], object]:
    return lambda node: pattern.search(node.display_text())


def _tagged(tree: Tree, name: str) -> set[str]:
    """Nodes that a tag is about whose name begins so."""
    reached: set[str] = set()
    for node_id in tree.marked_ids:
        for tag in tree.marks(node_id).tags:
            if tag.name.casefold().startswith(name):
                reached.add(node_id)
                if tag.scope == "subtree":
                    reached.update(tree.subtree_ids(node_id))
                elif tag.scope == "ancestry":
                    reached.update(node.id for node in tree.path(node_id))
    return reached


def told(ids: Sequence[str], asked: Filter, n_visible: int) -> str:
    """How many are left, in a few words."""
    if not asked:
        return "tag:  by:  model:  and words; what leads to them stays"
    if not ids:
        return "no text is so"
    return f"{len(ids):,} of {n_visible:,}"
