"""The bookkeeping of held tokens, by random operations against plain lists."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from loom.engine.prefix_cache import PrefixCache

N_SEQUENCES, N_CELLS = 5, 24


class CacheMachine(RuleBasedStateMachine):
    """Any order of operations keeps the sums right and the tokens as they were pushed."""

    def __init__(self) -> None:
        super().__init__()
        self.cache = PrefixCache(N_SEQUENCES, N_CELLS)
        self.locked: dict[int, list[int]] = {}
        self.held: dict[int, list[int]] = {}

    def known(self) -> dict[int, list[int]]:
        return {**self.locked, **self.held}

    @precondition(lambda self: self.cache.n_free_sequences)
    @rule()
    def open(self) -> None:
        self.locked[self.cache.open()] = []

    @precondition(lambda self: self.locked and self.cache.n_free)
    @rule(data=st.data(), token=st.integers(0, 2))
    def push(self, data: st.DataObject, token: int) -> None:
        sequence = data.draw(st.sampled_from(sorted(self.locked)))
        self.cache.push(sequence, token)
        self.locked[sequence].append(token)

    @precondition(lambda self: self.cache.n_free_sequences and self.known())
    @rule(data=st.data())
    def share(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.known())))
        tokens = self.known()[source]
        n = data.draw(st.integers(0, len(tokens)))
        n_free = self.cache.n_free
        target = self.cache.open()
        self.cache.share(source, target, n)
        self.locked[target] = tokens[:n]
        assert self.cache.n_free == n_free

    @precondition(lambda self: self.locked)
    @rule(data=st.data())
    def hold(self, data: st.DataObject) -> None:
        sequence = data.draw(st.sampled_from(sorted(self.locked)))
        self.cache.hold(sequence)
        self.held[sequence] = self.locked.pop(sequence)

    @precondition(lambda self: self.known())
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        sequence = data.draw(st.sampled_from(sorted(self.known())))
        self.cache.drop(sequence)
        self.locked.pop(sequence, None)
        self.held.pop(sequence, None)

    @rule(n_cells=st.integers(0, N_CELLS), n_sequences=st.integers(0, N_SEQUENCES))
    def evict(self, n_cells: int, n_sequences: int) -> None:
        oldest_first = list(self.cache.held)
        dropped = self.cache.evict(n_cells, n_sequences)
        assert dropped == oldest_first[: len(dropped)]
        for sequence in dropped:
            del self.held[sequence]
        enough = self.cache.n_free >= n_cells and self.cache.n_free_sequences >= n_sequences
        assert enough or not self.held

    @rule(tokens=st.lists(st.integers(0, 2), max_size=8))
    def match(self, tokens: list[int]) -> None:
        sequence, n = self.cache.match(tokens)
        lengths = [common(other, tokens) for other in self.known().values()]
        assert n == max(lengths, default=0)
        if n:
            assert sequence is not None
            assert self.known()[sequence][:n] == tokens[:n]

    @invariant()
    def everything_adds_up(self) -> None:
        self.cache.check()
        assert self.cache.n_free + self.cache.n_used == N_CELLS
        assert set(self.cache.held) == set(self.held)
        for sequence, tokens in self.known().items():
            assert list(self.cache.tokens(sequence)) == tokens

    @invariant()
    def evictable_cells_are_those_that_evicting_frees(self) -> None:
        kept = set()
        for sequence in self.locked:
            kept.update(self.cache._cells[sequence])
        would_free = {c for s in self.held for c in self.cache._cells[s]} - kept
        assert self.cache.n_evictable_cells() == len(would_free)


def common(a: list[int], b: list[int]) -> int:
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return n


TestCache = CacheMachine.TestCase


def test_a_full_cache_says_so() -> None:
    cache = PrefixCache(1, 1)
    sequence = cache.open()
    cache.push(sequence, 7)
    with pytest.raises(IndexError):
        cache.push(sequence, 8)
    with pytest.raises(IndexError):
        cache.open()


def test_a_match_makes_a_held_path_the_most_recent() -> None:
    cache = PrefixCache(3, 8)
    for tokens in ((1, 2), (3, 4)):
        sequence = cache.open()
        for token in tokens:
            cache.push(sequence, token)
        cache.hold(sequence)
    oldest = cache.held[0]
    assert cache.match([1, 2, 9]) == (oldest, 2)
    assert cache.held[-1] == oldest
