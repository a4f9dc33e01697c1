"""Branches that come to say the same thing, by their words alone: no model is needed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from loom.convergence.gist import gists, same_gist, word_f1
from loom.convergence.roads import fork_of
from loom.convergence.told import names_at
from loom.records import Evidence, Join, Place, SemanticEvidence, Span
from loom.tree.graph import Tree

N_CHARACTERS = 300
MOST_BRANCHES = 64


def gist_joins(tree: Tree) -> tuple[Join, ...]:
    """Pairs of branch ends that are alike beyond what the tree explains, the likest first.

    The second halves of what they say after the fork are compared, at most `N_CHARACTERS`
    characters of each; unrelated is the first half of one beside the second of the other. What
    follows was not compared: the verdict is "not_judged". Of more than `MOST_BRANCHES` branches
    the first are looked at.
    """
    ends = [n for n in tree.leaf_ids() if tree.node(n).text.strip()][:MOST_BRANCHES]
    pairs = list(combinations(ends, 2))
    texts = [_texts(tree, pair) for pair in pairs]
    null = [(one.first, other.second) for one, other in texts]
    late = [(one.second, other.second) for one, other in texts]
    found = gists(late, null, word_f1, "shared words")
    alike = [(e, pair) for e, pair in zip(found, pairs, strict=True) if e and same_gist(e)]
    alike.sort(key=lambda one: -one[0].similarity)
    return tuple(_join(tree, pair, evidence, len(ends)) for evidence, pair in alike)


class _Halves(NamedTuple):
    first: str
    second: str


def _texts(tree: Tree, pair: Sequence[str]) -> tuple[_Halves, _Halves]:
    fork = fork_of(tree, pair)
    n_before = 0 if fork is None else len(tree.path_text(fork))
    one, other = (tree.path_text(n)[n_before:].decode("utf-8", "replace") for n in pair)
    return _halves(one), _halves(other)


def _halves(text: str) -> _Halves:
    words = text.split()
    middle = len(words) // 2
    first, second = " ".join(words[:middle]), " ".join(words[middle:])
    return _Halves(first[-N_CHARACTERS:], second[-N_CHARACTERS:])


def _join(tree: Tree, pair: Sequence[str], evidence: SemanticEvidence, n_ends: int) -> Join:
    nodes = [tree.node(node_id) for node_id in pair]
    names = names_at(tree, [Place(node.id, node.n_tokens) for node in nodes])
    alike = f"{100 * evidence.similarity:.0f} words in 100 are shared"
    return Join(
        id=hashlib.blake2b(" ".join(pair).encode(), digest_size=4).hexdigest(),
        verdict="not_judged",
        kind="same_gist",
        nodes=tuple(pair),
        spans=tuple(Span(n.id, 0, n.n_tokens, 0, len(n.text)) for n in nodes),
        weight=2 / n_ends,
        sentence=f"= Branches {' and '.join(names)} say much the same at their ends ({alike}). "
        "What follows was not compared.",
        evidence=Evidence(semantic=evidence),
    )
