"""Where the branches of a tree meet again: kept up to date while they grow, or found at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from loom.convergence.chance import MOST_BY_CHANCE
from loom.convergence.findings import (
    Candidate,
    Extents,
    Finding,
    candidate_of,
    each_place_once,
    finding_of,
)
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

    `look` is the same work step by step, for who has more to do than that. What is taken between
    two steps is told by the next look.
    """

    def __init__(self, most_by_chance: float = MOST_BY_CHANCE) -> None:
        """Find runs of which at most so many are expected by chance."""
        self._most_by_chance = most_by_chance
        self._index: LexicalIndex | None = None
        self._candidates: dict[int, dict[Run, Candidate | None]] = {}
        self._plain: dict[int, int] = {}
        self._spans: dict[Candidate, tuple[Span, ...]] = {}
        self._n_seen = _Seen()
        self._steps: Iterator[None] | None = None
        self._unread: list[TreeEvent] = []
        self._is_current = False
        self.found: tuple[Join, ...] = ()
        """What was found by the last look that came to its end."""

    def take(self, event: TreeEvent, tree: Tree) -> None:
        """Follow an event that `tree` has applied already; taking one twice changes nothing."""
        match event:
            case NodeHidden() | NodeShown() | NodeMoved() | NodeDerived():
                self._forget()
            case GrowthHidden() | GrowthShown():
                self._forget()
            case _ if self._index is not None:
                self._follow(self._index, event, tree)
            case _ if self._steps is not None:
                self._unread.append(event)
            case _:
                pass

    def _follow(self, index: LexicalIndex, event: TreeEvent, tree: Tree) -> None:
        match event:
            case NodeAdded() | NodeImported() | BranchOpened() if not tree.is_visible(
                event.node_id
            ):
                return
            case NodeAdded() | NodeImported() | BranchOpened():
                if event.node_id not in index:
                    index.add_node(event.node_id, event.parent_id)
            case NodeTokenised() | TokensAppended() if event.node_id not in index:
                return
            case NodeTokenised():
                self._take_reading(index, tree.node(event.node_id))
            case TokensAppended():
                self._take_tokens(index, event)
            case _:
                return
        self._is_current = False

    def joins(self, tree: Tree) -> tuple[Join, ...]:
        """All meetings, those that the largest share of the compared branches holds first."""
        while self._steps is not None or not self._is_current:
            for _ in self.look(tree):
                pass
        return self.found

    def look(self, tree: Tree) -> Iterator[None]:
        """Go on with the look that was left, or begin one if anything was taken since the last."""
        if self._steps is None and not self._is_current:
            self._steps = self._looked_at(tree)
        while self._steps is not None:
            try:
                next(self._steps)
            except StopIteration:
                self._steps = None
            else:
                yield

    def _looked_at(self, tree: Tree) -> Iterator[None]:
        if self._index is None:
            yield from self._read(tree)
        if (index := self._index) is None:
            return
        self._is_current = True
        yield from self._search(index)
        findings: list[Finding] = []
        extents = Extents(index.places)
        for candidate in list(self._all_candidates()):
            yield
            finding = finding_of(index, candidate, extents)
            if finding.expected <= self._most_by_chance:
                findings.append(finding)
        yield from self._tell(index, tree, each_place_once(findings))

    def _read(self, tree: Tree) -> Iterator[None]:
        """The whole tree; what is taken meanwhile is followed behind it."""
        index = LexicalIndex()
        for node in list(tree.visible()):
            yield
            index.add_node(node.id, node.parent_id)
            index.extend(node.id, node.token_ids or (), _pieces(node))
        self._index, unread, self._unread = index, self._unread, []
        for event in unread:
            self.take(event, tree)

    def _tell(self, index: LexicalIndex, tree: Tree, chosen: Sequence[Finding]) -> Iterator[None]:
        spans: dict[Candidate, tuple[Span, ...]] = {}
        found: list[Join] = []
        for finding in chosen:
            yield
            candidate = finding.candidate
            spans[candidate] = self._spans.get(candidate) or spans_of(index, tree, candidate)
            found.append(join_of(index, tree, finding, spans[candidate]))
        self._spans, self.found = spans, tuple(found)

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
        self._index, self._steps, self._is_current = None, None, False
        self._candidates, self._plain, self._spans = {}, {}, {}
        self._n_seen, self._unread = _Seen(), []

    def _search(self, index: LexicalIndex) -> Iterator[None]:
        """Look again at the runs that what was taken since may have changed."""
        places, seen = index.places, self._n_seen
        self._n_seen = _Seen(len(places), len(places.forks), len(index.shared))
        if len(places) > 2 * seen.places:
            self._candidates, self._plain = {}, {}
            keys = set(index.repeats)
        else:
            others = _KeysBack(index)
            yield from others.walk(index.shared[seen.shared :])
            for fork in places.forks[seen.forks : self._n_seen.forks]:
                yield
                others.keys.update(map(index.gram_at, places.after(fork, GRAM)))
            for key in others.keys:
                self._candidates.pop(key, None)
                self._plain.pop(key, None)
            new = _KeysBack(index)
            yield from new.walk(range(seen.places, self._n_seen.places))
            keys = others.keys | new.keys
        for key in keys & index.repeats.keys():
            yield
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


class _KeysBack:
    """The 4-grams with which a run may begin that one of the changed places lengthens or ends.

    They stand on the way back from it, up to where 4-grams stop being repeated.
    """

    def __init__(self, index: LexicalIndex) -> None:
        self._index = index
        self._walked: set[int] = set()
        self.keys: set[int] = set()

    def walk(self, changed: Iterable[int]) -> Iterator[None]:
        """Collect those of some places, a step for each."""
        for end in changed:
            yield
            for place, key in self._index.grams_back(end):
                if place in self._walked:
                    break
                self._walked.add(place)
                if key in self._index.repeats:
                    self.keys.add(key)
                elif place != end:
                    break


def find_joins(tree: Tree, most_by_chance: float = MOST_BY_CHANCE) -> tuple[Join, ...]:
    """All meetings of a tree, as `JoinFinder` finds them."""
    return JoinFinder(most_by_chance).joins(tree)


def _pieces(node: Node) -> tuple[bytes, ...]:
    ends = list(accumulate(node.piece_sizes, initial=0))
    return tuple(node.text[begin:end] for begin, end in pairwise(ends))
