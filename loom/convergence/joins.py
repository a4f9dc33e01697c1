"""Where the branches of a tree meet again: kept up to date while they grow, or found at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from loom.convergence.chance import MOST_BY_CHANCE
from loom.convergence.findings import Candidate, Finding, candidate_of, each_place_once, findings_of
from loom.convergence.lexical import GRAM, LexicalIndex
from loom.convergence.meetings import meeting_of
from loom.convergence.runs import Run, runs_from
from loom.convergence.telling import join_of, spans_of
from loom.records import Join, Span
from loom.tree.changes import (
    GrowthHidden,
    GrowthShown,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
)
from loom.tree.events import (
    BranchOpened,
    NodeAdded,
    NodeImported,
    NodeTokenised,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class _Seen:
    """How much of the index was searched."""

    places: int = 0
    forks: int = 0
    shared: int = 0


class JoinFinder:
    """The meetings of a tree in shared words (A1), for a tree that grows.

    **Branches** are the paths to the leaves. Two branches are compared after the first token in
    which they differ, be it between nodes or inside them: siblings with the same first words have
    not parted yet, and siblings that are the same word for word are no meeting; they are
    branches all the same, so both count in "3 of 8", and a run that one of them shares with a
    third branch stands in both. Roots are compared too, as branches from the very beginning.

    **A meeting** is a run of at least four tokens that stands after the fork in at least two
    branches and cannot be made longer in both, with all places where it stands. A place is a
    place in the tree: a run in a stretch that several branches have in common stands there once,
    and all those branches hold it. Of runs that overlap everywhere one is a meeting
    (`findings.each_place_once`), and only if at most `MOST_BY_CHANCE` like it are expected
    (`chance.expected_by_chance`). If the words stand before the fork as well it is a prompt echo.
    Runs of white space alone are none.

    `take` costs O(1) for each token. `joins` works through what was taken since it was last
    asked, then through the candidates, and answers at once if nothing was taken. The first call
    reads the whole tree, and so does the first after a text was read anew by another model, or
    something was hidden, shown or moved. Hidden nodes are no branches and meet nobody.
    """

    def __init__(self, most_by_chance: float = MOST_BY_CHANCE) -> None:
        """Find runs of which at most so many are expected by chance."""
        self._most_by_chance = most_by_chance
        self._index: LexicalIndex | None = None
        self._candidates: dict[int, dict[Run, Candidate | None]] = {}
        self._plain: dict[int, int] = {}
        self._spans: dict[Candidate, tuple[Span, ...]] = {}
        self._n_seen = _Seen()
        self._found: tuple[Join, ...] | None = None

    def take(self, event: TreeEvent, tree: Tree) -> None:
        """Follow an event that `tree` has applied already; taking one twice changes nothing."""
        if self._index is None:
            return
        match event:
            case NodeHidden() | NodeShown() | NodeMoved() | NodeDerived():
                self._forget()
            case GrowthHidden() | GrowthShown():
                self._forget()
            case NodeAdded() | NodeImported() | BranchOpened() if not tree.is_visible(
                event.node_id
            ):
                return
            case NodeAdded() | NodeImported() | BranchOpened():
                if event.node_id not in self._index:
                    self._index.add_node(event.node_id, event.parent_id)
            case NodeTokenised() | TokensAppended() if event.node_id not in self._index:
                return
            case NodeTokenised():
                self._take_reading(self._index, tree.node(event.node_id))
            case TokensAppended():
                self._take_tokens(self._index, event)
            case _:
                return
        self._found = None

    def joins(self, tree: Tree) -> tuple[Join, ...]:
        """All meetings, those that the largest share of the compared branches holds first."""
        if self._index is None:
            self._index = _read(tree)
        if self._found is None:
            self._search(self._index)
            findings = findings_of(self._index, self._all_candidates(), self._most_by_chance)
            chosen = each_place_once(findings)
            self._found = self._tell(self._index, tree, chosen)
        return self._found

    def _tell(self, index: LexicalIndex, tree: Tree, chosen: Sequence[Finding]) -> tuple[Join, ...]:
        told = [finding.candidate for finding in chosen]
        self._spans = {
            candidate: self._spans.get(candidate) or spans_of(index, tree, candidate)
            for candidate in told
        }
        return tuple(
            join_of(index, tree, finding, self._spans[finding.candidate]) for finding in chosen
        )

    def _take_reading(self, index: LexicalIndex, node: Node) -> None:
        if index.n_tokens(node.id) or index.sealed(node.id):
            self._forget()
        else:
            index.extend(node.id, node.token_ids or (), _pieces(node))

    def _take_tokens(self, index: LexicalIndex, event: TokensAppended) -> None:
        n_held = index.n_tokens(event.node_id)
        if event.start + len(event.tokens) <= n_held:
            return
        if event.start != n_held or index.sealed(event.node_id):
            self._forget()
        else:
            index.extend(event.node_id, event.tokens.ids.tolist(), event.tokens.pieces)

    def _forget(self) -> None:
        """Leave everything to be read from the tree when it is next asked for."""
        self._index = None
        self._candidates, self._plain, self._spans = {}, {}, {}
        self._n_seen = _Seen()

    def _search(self, index: LexicalIndex) -> None:
        """Look again at the runs that what was taken since may have changed."""
        places, seen = index.places, self._n_seen
        self._n_seen = _Seen(len(places), len(places.forks), len(index.shared))
        if len(places) > 2 * seen.places:
            self._candidates, self._plain = {}, {}
            keys = set(index.repeats)
        else:
            others = _keys_back(index, index.shared[seen.shared :])
            for fork in places.forks[seen.forks :]:
                others.update(map(index.gram_at, places.after(fork, GRAM)))
            for key in others:
                self._candidates.pop(key, None)
                self._plain.pop(key, None)
            keys = others | _keys_back(index, range(seen.places, len(places)))
        for key in keys & index.repeats.keys():
            self._look_again(index, key, index.repeats[key])

    def _look_again(self, index: LexicalIndex, key: int, ends: list[int]) -> None:
        # The beginning of a run is no middle of one: most 4-grams are, until they stand anew.
        if self._plain.get(key) == len(ends):
            return
        known = self._candidates.pop(key, {})
        found: dict[Run, Candidate | None] = {}
        for run in runs_from(index.places, ends):
            if run in known:
                found[run] = known[run]
            else:
                meeting = meeting_of(index.places, run)
                found[run] = None if meeting is None else candidate_of(index, meeting)
        if found:
            self._candidates[key] = found
        else:
            self._plain[key] = len(ends)

    def _all_candidates(self) -> Iterator[Candidate]:
        for candidates in self._candidates.values():
            for candidate in candidates.values():
                if candidate is not None:
                    yield candidate


def _keys_back(index: LexicalIndex, changed: Iterable[int]) -> set[int]:
    """The 4-grams with which a run may begin that one of these places lengthens or ends.

    They stand on the way back from it, up to where 4-grams stop being repeated.
    """
    keys: set[int] = set()
    walked: set[int] = set()
    for end in changed:
        for place, key in index.grams_back(end):
            if place in walked:
                break
            walked.add(place)
            if key in index.repeats:
                keys.add(key)
            elif place != end:
                break
    return keys


def find_joins(tree: Tree, most_by_chance: float = MOST_BY_CHANCE) -> tuple[Join, ...]:
    """All meetings of a tree, as `JoinFinder` finds them."""
    return JoinFinder(most_by_chance).joins(tree)


def _read(tree: Tree) -> LexicalIndex:
    index = LexicalIndex()
    for node in tree.visible():
        index.add_node(node.id, node.parent_id)
        index.extend(node.id, node.token_ids or (), _pieces(node))
    return index


def _pieces(node: Node) -> tuple[bytes, ...]:
    ends = list(accumulate(node.piece_sizes, initial=0))
    return tuple(node.text[begin:end] for begin, end in pairwise(ends))
