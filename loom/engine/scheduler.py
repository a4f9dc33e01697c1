"""What goes into the next batch: branches first, then as much of the prompts as fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loom.engine.backend import Row
from loom.engine.prefix_cache import PrefixCache
from loom.engine.sequence import Continuation, Growth

PROMPT_CHUNK = 128
"""How much of a prompt joins a batch of growing branches, so that they keep streaming."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One batch: the rows, and the branches whose laws come out of it, in the order of the laws."""

    rows: tuple[Row, ...]
    branches: tuple[Continuation, ...]


def plan(growths: Sequence[Growth], cache: PrefixCache, n_batch: int) -> Plan:
    """The next batch for these growths; does not modify them or the cache."""
    branches = tuple(branch for growth in growths for branch in growth.branches)[:n_batch]
    rows = [Row(b.next_token, b.position, b.sequence, True) for b in branches]
    room = min(PROMPT_CHUNK, n_batch - len(rows)) if rows else n_batch
    for growth in growths:
        if growth.trunk is None:
            continue
        start = len(cache.tokens(growth.trunk))
        end = min(growth.n_trunk, start + room)
        rows += [Row(growth.prompt[i], i, growth.trunk, False) for i in range(start, end)]
        room -= end - start
    return Plan(tuple(rows), branches)


def n_reserved(growths: Sequence[Growth], cache: PrefixCache) -> int:
    """Cells that what is already running will still need at most.

    A growth whose trunk is open but which has no branch yet is promised room for one, so that
    it can never wait for itself.
    """
    n = 0
    for growth in growths:
        n += sum(branch.n_left for branch in growth.branches)
        if growth.trunk is not None:
            n += growth.n_trunk - len(cache.tokens(growth.trunk))
            if not growth.branches:
                n += growth.most_tokens
    return n
