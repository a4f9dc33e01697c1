"""Every token of a tree in one index, so that a run of tokens said twice is found at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loom.convergence.places import START, Places
from loom.convergence.subtotals import Subtotals
from loom.convergence.word_counts import WordCounts

GRAM = 4
"""The shortest run that can be a meeting, in tokens (A1)."""

_TOKEN_BITS = 32
_GRAM_MASK = (1 << GRAM * _TOKEN_BITS) - 1
_FIRST_SPARE_SYMBOL = 1 << 31


@dataclass(slots=True)
class Stretch:
    """What the index knows of a node: its tokens end at `tip`, the first follows depth `before`.

    `gram` packs the last `GRAM` symbols up to the tip. A stretch without tokens has no tip; one
    that is `sealed` has tokens below it and can get no more itself.
    """

    node_id: str
    number: int
    parent: int
    has_children: bool = False
    n_tokens: int = 0
    before: int = 0
    tip: int | None = None
    gram: int = 0
    sealed: bool = False


class LexicalIndex:
    """The tokens of a tree as places of a trie, a table of its 4-grams, and counts of its words.

    Siblings with the same first words part where they first differ, and siblings that are the
    same word for word are one path; a place knows every node it stands in. A token is its id and
    its bytes: an id with other bytes (another model's vocabulary) is another symbol.

    The table's key is the last four symbols packed into one integer and rolled on by a shift.
    Python hashes an integer by its remainder modulo 2^61 - 1, which is the rolling hash of A1,
    and a dictionary compares whole keys: no collision can pass for a match. Each token costs
    O(1), memory is O(tokens). A node no model has read holds no tokens and is passed over.
    """

    def __init__(self) -> None:
        self.places = Places()
        self.repeats: dict[int, list[int]] = {}
        """Every 4-gram that stands at two places or more, with the places at which it ends."""
        self.shared: list[int] = []
        """Places that another node came to stand in, in the order in which it did."""
        self.counts = WordCounts(self.places)
        self._root = Stretch("", 0, 0)
        self._stretches = [self._root]
        self._by_id: dict[str, Stretch] = {}
        self._leaves = Subtotals()
        self._owners = array("q", [0])
        self._also_in: dict[int, list[int]] = {}
        self._grams: dict[int, int] = {}
        self._pieces: dict[int, bytes] = {}
        self._spare_symbols: dict[tuple[int, bytes], int] = {}
        self._spare_tokens: list[tuple[int, bytes]] = []

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._by_id

    # What goes in

    def add_node(self, node_id: str, parent_id: str | None) -> None:
        """A node came to be, still without tokens; its parent is there already."""
        parent = self._root if parent_id is None else self._by_id[parent_id]
        if parent is not self._root and not parent.has_children:
            self._leaves.credit(parent.number, -1)
        parent.has_children = True
        stretch = Stretch(node_id, self._leaves.add(parent.number), parent.number)
        self._leaves.credit(stretch.number, 1)
        self._stretches.append(stretch)
        self._by_id[node_id] = stretch

    def extend(self, node_id: str, ids: Sequence[int], pieces: Sequence[bytes]) -> None:
        """The node's text grew by these tokens; ValueError if there are tokens below it."""
        stretch = self._by_id[node_id]
        if stretch.sealed:
            raise ValueError(f"node {node_id!r} has tokens below it")
        if not ids:
            return
        symbols = self._symbols(ids, pieces)
        place = self._begin(stretch) if stretch.tip is None else stretch.tip
        n_known = 0
        while n_known < len(symbols):
            known = self.places.child(place, symbols[n_known])
            if known is None:
                break
            place = known
            stretch.gram = (stretch.gram << _TOKEN_BITS | symbols[n_known]) & _GRAM_MASK
            self._also_in.setdefault(place, []).append(stretch.number)
            self.shared.append(place)
            n_known += 1
        if n_known < len(symbols):
            place = self._append(stretch, place, symbols[n_known:])
        stretch.tip = place
        stretch.n_tokens += len(symbols)

    def n_tokens(self, node_id: str) -> int:
        """How many tokens of a node it has."""
        return self._by_id[node_id].n_tokens

    def sealed(self, node_id: str) -> bool:
        """Whether there are tokens below the node, so that it can get no more itself."""
        return self._by_id[node_id].sealed

    # Where things stand

    def numbers_at(self, place: int) -> list[int]:
        """The stretches that a place stands in, in the order in which their nodes came."""
        return sorted((self._owners[place], *self._also_in.get(place, ())))

    def node_id(self, number: int) -> str:
        """The node of a stretch."""
        return self._stretches[number].node_id

    def parent(self, number: int) -> int:
        """The stretch above; 0 above a root."""
        return self._stretches[number].parent

    def n_leaves(self, number: int) -> int:
        """How many nodes without children stand at or below a stretch; below 0 stand all."""
        return self._leaves.total(number)

    def stretch_above(self, numbers: Sequence[int]) -> int:
        """The lowest stretch at or above all of these; 0 is above all roots."""
        found = numbers[0]
        for number in numbers[1:]:
            other = number
            # A parent's number is always lower than its children's.
            while found != other:
                if found > other:
                    found = self.parent(found)
                else:
                    other = self.parent(other)
        return found

    def parts(self, number: int, place: int, n_tokens: int) -> list[tuple[int, int, int]]:
        """Where the run of `n_tokens` that ends at a place of that stretch stands, in order.

        Each part is (stretch, first token, end token), half-open and counted from the node's
        start: more than one where the run crosses from a node into its child.
        """
        stretch = self._stretches[number]
        end = self.places.depths[place] - stretch.before
        found: list[tuple[int, int, int]] = []
        while True:
            begin = max(0, end - n_tokens)
            if begin < end:
                found.append((stretch.number, begin, end))
                n_tokens -= end - begin
            if not n_tokens:
                return found[::-1]
            stretch = self._stretches[stretch.parent]
            end = stretch.n_tokens

    def tokens(self, place: int, n_tokens: int) -> list[tuple[int, bytes]]:
        """The last tokens of the path up to a place: the id and the bytes of each."""
        return [
            (symbol, self._pieces[symbol])
            if symbol < _FIRST_SPARE_SYMBOL
            else self._spare_tokens[symbol - _FIRST_SPARE_SYMBOL]
            for symbol in self.places.run(place, n_tokens)
        ]

    def gram_at(self, place: int) -> int:
        """The key in `repeats` of the four tokens that end at a place of depth 4 or more."""
        key = 0
        for symbol in self.places.run(place, GRAM):
            key = key << _TOKEN_BITS | symbol
        return key

    def grams_back(self, place: int) -> Iterator[tuple[int, int]]:
        """From a place back to the beginning: each place where a 4-gram ends, and its key."""
        symbols, parents = self.places.symbols, self.places.parents
        n_left = self.places.depths[place] - GRAM
        if n_left < 0:
            return
        key, front = self.gram_at(place), self.places.before(place, GRAM)
        yield place, key
        for _ in range(n_left):
            key = key >> _TOKEN_BITS | symbols[front] << (GRAM - 1) * _TOKEN_BITS
            place, front = parents[place], parents[front]
            yield place, key

    # How it is built

    def _begin(self, stretch: Stretch) -> int:
        """The place after which a stretch begins: the end of the nearest text above it."""
        above = self._stretches[stretch.parent]
        while above is not self._root and above.tip is None:
            above.sealed = True
            above = self._stretches[above.parent]
        above.sealed = True
        stretch.gram = above.gram
        place = START if above.tip is None else above.tip
        stretch.before = self.places.depths[place]
        return place

    def _append(self, stretch: Stretch, place: int, symbols: list[int]) -> int:
        """Places that were not there before, with all that is counted of them."""
        first, depth = len(self.places), self.places.depths[place]
        self._owners.extend([stretch.number] * len(symbols))
        stretch.gram = self._enter_grams(stretch.gram, symbols, first, depth)
        return self.places.append(place, symbols)

    def _enter_grams(self, key: int, symbols: list[int], first: int, depth: int) -> int:
        """Roll the key over new places and enter each in the table; returns the last key."""
        n_early = max(0, GRAM - 1 - depth)
        for symbol in symbols[:n_early]:
            key = (key << _TOKEN_BITS | symbol) & _GRAM_MASK
        enter = self._grams.setdefault
        for place, symbol in enumerate(symbols[n_early:], first + n_early):
            key = (key << _TOKEN_BITS | symbol) & _GRAM_MASK
            met = enter(key, place)
            if met != place:
                self.repeats.setdefault(key, [met]).append(place)
        return key

    def _symbols(self, ids: Sequence[int], pieces: Sequence[bytes]) -> list[int]:
        known = self._pieces.setdefault
        return [
            token if known(token, piece) == piece else self._spare_symbol(token, piece)
            for token, piece in zip(ids, pieces, strict=True)
        ]

    def _spare_symbol(self, token: int, piece: bytes) -> int:
        symbol = self._spare_symbols.get((token, piece))
        if symbol is None:
            symbol = _FIRST_SPARE_SYMBOL + len(self._spare_tokens)
            self._spare_symbols[token, piece] = symbol
            self._spare_tokens.append((token, piece))
        return symbol
