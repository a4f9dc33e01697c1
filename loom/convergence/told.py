"""From comparisons to the joins that a screen and a script read, shared words among them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from loom.convergence.boundaries import boundaries
from loom.convergence.future_words import apart, cannot_tell, not_one_road, one_road
from loom.convergence.gist import same_gist
from loom.convergence.lettering import UNNAMED, Ages
from loom.convergence.roads import Road, fork_of, newest, roads_of
from loom.convergence.spots import leaves_below
from loom.records import (
    Evidence,
    Join,
    JoinKind,
    Judged,
    LexicalEvidence,
    Place,
    Span,
    Verdict,
)
from loom.tree.graph import Tree
from loom.tree.node import Node

RECENT = 24
"""Shared words that end so many tokens before a place, or fewer, belong to it."""

MOST_SHOWN = 100
"""Look-alikes, and open questions, that are told of: a screen asks for all of them all the time."""

JOINED: dict[tuple[bool, bool], JoinKind] = {
    (True, True): "full",
    (False, True): "paraphrase",
    (True, False): "same_road",
    (False, False): "hidden",
}
APART: dict[tuple[bool, bool], JoinKind] = {
    (True, True): "look_alike",
    (True, False): "echo",
    (False, True): "same_gist",
}


def joins_told(tree: Tree, words: Sequence[Join], judged: Iterable[Judged]) -> tuple[Join, ...]:
    """Roads first, by share of branches; then what looks alike, what is open, and mere words.

    Branches that both are about to end meet nowhere, however alike that makes them.

    `words` are the meetings in shared words; those that stand right before a judged place become
    evidence of what was found there.
    """
    everything = list(judged)
    ages = Ages(everything)
    pairs = [one for one in newest(everything) if one.one.node in tree and one.other.node in tree]
    used: set[str] = set()
    shared = _SharedWords(words, used)
    # What ends is followed by nothing anywhere: that is no place to meet.
    found = [road for road in roads_of(tree, pairs) if not road.worst.evidence.both_end]
    names = ages.letters([road.judged for road in found])
    roads = [
        replace(_of_road(tree, road, shared), mark=name)
        for road, name in zip(found, names, strict=True)
    ]
    on_roads = [{place for j in road.judged for place in (j.one, j.other)} for road in found]
    others = [one for one in pairs if one.evidence.verdict != "joined"]
    likest = _alike([j for j in others if j.evidence.verdict == "apart"], shared)
    names = ages.letters([(one,) for one, _ in likest])
    alike = [
        replace(_of_pair(tree, one, "apart", kind, shared), mark=name.lower())
        for (one, kind), name in zip(likest, names, strict=True)
    ]
    unsure = [
        one
        for one in others
        if one.evidence.verdict == "undecided"
        and not any({one.one, one.other} <= places for places in on_roads)
    ]
    open_ = [_of_pair(tree, one, "undecided", "hidden", shared) for one in unsure[:MOST_SHOWN]]
    open_.sort(key=lambda join: -join.weight)
    return (*roads, *alike, *open_, *(join for join in words if join.id not in used))


def pair_told(tree: Tree, words: Sequence[Join], judged: Judged) -> Join:
    """One comparison that was asked for, whatever came of it."""
    shared = _SharedWords(words, set())
    cells = shared.before(judged) is not None, same_gist(judged.gist)
    verdict = judged.evidence.verdict
    kind = JOINED[cells] if verdict != "apart" else APART.get(cells, "same_gist")
    join = _of_pair(tree, judged, verdict, kind, shared)
    if judged.evidence.both_end:
        return replace(join, verdict="undecided", mark=UNNAMED["undecided"])
    if verdict == "apart" and cells not in APART:
        return _with_sentence(
            join, apart(names_at(tree, (judged.one, judged.other)), judged.evidence)
        )
    return join


class _SharedWords:
    """Finds the meetings in shared words that end right before both places of a pair."""

    def __init__(self, words: Sequence[Join], used: set[str]) -> None:
        self._by_node: dict[str, list[tuple[Span, Join]]] = {}
        self._used = used
        for join in words:
            if join.kind == "shared_words":
                for span in join.spans:
                    self._by_node.setdefault(span.node, []).append((span, join))

    def before(self, judged: Judged) -> LexicalEvidence | None:
        here, there = self._at(judged.one), self._at(judged.other)
        both = [here[join_id] for join_id in here if join_id in there]
        if not both:
            return None
        self._used.update(join.id for join in both)
        found = [join.evidence.lexical for join in both if join.evidence.lexical is not None]
        return min(found, key=lambda evidence: evidence.expected_by_chance, default=None)

    def _at(self, place: Place) -> dict[str, Join]:
        return {
            join.id: join
            for span, join in self._by_node.get(place.node, ())
            if place.n_tokens - RECENT < span.end_token <= place.n_tokens + 1
        }


def _alike(judged: Sequence[Judged], shared: _SharedWords) -> list[tuple[Judged, JoinKind]]:
    """What seems to meet and does not, the likest first, each pair of branches once."""
    found: dict[frozenset[str], tuple[int, float, Judged, JoinKind]] = {}
    for one in sorted(judged, key=lambda j: j.evidence.excess):
        kind = APART.get((shared.before(one) is not None, same_gist(one.gist)))
        if kind is not None:
            rank = tuple(APART.values()).index(kind)
            found.setdefault(frozenset(one.evidence.nodes), (rank, one.evidence.excess, one, kind))
    likest = sorted(found.values(), key=lambda f: f[:2])[:MOST_SHOWN]
    return [(one, kind) for *_, one, kind in likest]


def _of_road(tree: Tree, road: Road, shared: _SharedWords) -> Join:
    worst = road.worst
    words = [found for one in road.judged if (found := shared.before(one)) is not None]
    alike = [one.gist for one in road.judged if same_gist(one.gist)]
    lexical = max(words, key=lambda evidence: evidence.n_tokens, default=None)
    gist = alike[0] if alike else worst.gist
    kind = JOINED[lexical is not None, bool(alike)]
    names = names_at(tree, road.ways_in)
    sentence = one_road(names, len(road.leaves), road.n_compared, kind, worst.evidence)
    return _join(
        tree,
        "joined",
        kind,
        road.ways_in,
        road.weight,
        sentence,
        Evidence(lexical, gist, worst.evidence),
    )


def _of_pair(
    tree: Tree, judged: Judged, verdict: Verdict, kind: JoinKind, shared: _SharedWords
) -> Join:
    places = judged.one, judged.other
    names = names_at(tree, places)
    e = judged.evidence
    leaves = [leaves_below(tree, place.node) for place in places]
    fork = fork_of(tree, [place.node for place in places])
    n_compared = len(tree.leaf_ids() if fork is None else leaves_below(tree, fork))
    n_branches = len(leaves[0] | leaves[1])
    if verdict == "joined":
        sentence = one_road(names, n_branches, n_compared, kind, e)
    elif verdict == "apart":
        sentence = not_one_road(names, kind, e)
    else:
        sentence = cannot_tell(names, e, judged.settings)
    evidence = Evidence(shared.before(judged), judged.gist, e)
    return _join(tree, verdict, kind, places, n_branches / n_compared, sentence, evidence)


def _join(
    tree: Tree,
    verdict: Verdict,
    kind: JoinKind,
    places: Sequence[Place],
    weight: float,
    sentence: str,
    evidence: Evidence,
) -> Join:
    # The same two places have the same id whatever becomes of them.
    first = " ".join(sorted(f"{place.node} {place.n_tokens}" for place in places[:2]))
    return Join(
        id=hashlib.blake2b(first.encode(), digest_size=4).hexdigest(),
        verdict=verdict,
        kind=kind,
        nodes=tuple(place.node for place in places),
        spans=tuple(_last_sentence(tree.node(place.node), place) for place in places),
        weight=weight,
        sentence=sentence,
        evidence=evidence,
        mark=UNNAMED[verdict],
    )


def _last_sentence(node: Node, place: Place) -> Span:
    """What stands in front of a place, from the boundary before it."""
    sizes = node.piece_sizes[: place.n_tokens]
    if not sizes:
        # A text that no model has read yet has no tokens of its own.
        return Span(node.id, 0, place.n_tokens, 0, len(node.text))
    ends = [sum(sizes[:n]) for n in range(len(sizes) + 1)]
    pieces = [node.text[ends[n] : ends[n + 1]] for n in range(len(sizes))]
    start = max((at for at in boundaries(pieces) if at < len(sizes)), default=0)
    return Span(node.id, start, len(sizes), ends[start], ends[-1])


def names_at(tree: Tree, places: Sequence[Place]) -> list[str]:
    """How a person finds each branch: its number at the fork, and at every fork further down."""
    fork = fork_of(tree, [place.node for place in places])
    return [_name(tree, place.node, fork) for place in places]


def _name(tree: Tree, node_id: str, fork: str | None) -> str:
    steps: list[str] = []
    here: str | None = node_id
    while here is not None and here != fork:
        siblings = tree.sibling_ids(here)
        if len(siblings) > 1:
            steps.append(str(siblings.index(here) + 1))
        here = tree.node(here).parent_id
    return ".".join(reversed(steps)) or "1"


def _with_sentence(join: Join, sentence: str) -> Join:
    return replace(join, sentence=sentence)
