"""What a session has stored of the text behind a place, read when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np

from loom.convergence.spots import LIKELIEST, Step
from loom.records import TokenStats


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens of one node, from the one numbered `begin`."""

    node_id: str
    begin: int
    token_ids: tuple[int, ...]


class StoredSteps(Sequence[Step]):
    """The stored laws of some stretches that follow one another, up to the first without any.

    Where they stand is known at once, by who owns the tree; the laws themselves are read from the
    session's file by who judges, and nobody else waits for that.
    """

    def __init__(
        self, stretches: Sequence[Stretch], stats_of: Callable[[str], TokenStats | None]
    ) -> None:
        """`stats_of` reads what is stored of a node, None if nothing is."""
        self._stretches = stretches
        self._stats_of = stats_of

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | Sequence[Step]:
        return self._steps[index]

    def __len__(self) -> int:
        return len(self._steps)

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[Step]:
        for stretch in self._stretches:
            stats = self._stats_of(stretch.node_id)
            if stats is None:
                return
            rows = slice(stretch.begin, stretch.begin + len(stretch.token_ids))
            # The likeliest come first.
            ids = stats.top_ids[rows, :LIKELIEST].tolist()
            logprobs = stats.top_logprobs[rows, :LIKELIEST].astype(np.float64)
            own = np.exp(stats.logprob[rows].astype(np.float64)).tolist()
            laws = zip(ids, np.exp(logprobs).tolist(), strict=True)
            # Not every token needs to have been scored.
            for token_id, said, law in zip(stretch.token_ids, own, laws, strict=False):
                yield Step(token_id, said, dict(zip(*law, strict=True)))
