"""Growing alone: the mode in which the same request gives the same bits on the same machine.

A batch's shape and the order of cells change logits in their last bits. So an exact branch has
a memory of its own, cleared before it: the whole prompt is read from its beginning in chunks of
one size, then one token at a time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from loom.engine.backend import Evaluator, NothingToDrawError, Row, Sampler
from loom.engine.events import BranchEnded, BranchFinish, EngineEvent, Stepped
from loom.engine.sequence import Growth, branch_seed, finish_of
from loom.engine.stopping import StopWatch
from loom.records import TokenColumns


class ExactGrowth:
    """One growth whose branches are written one after another on a memory of their own."""

    def __init__(self, growth: Growth, alone: Evaluator, clock: Callable[[], float]) -> None:
        self.growth = growth
        self._alone = alone
        self._clock = clock
        self._branch: _Branch | None = None

    @property
    def ended(self) -> bool:
        """Whether every branch has ended."""
        return self._branch is None and not self.growth.waiting

    def step(self) -> tuple[list[EngineEvent], int]:
        """Evaluate one chunk of the prompt or one token; what happened, and how many tokens."""
        branch = self._branch or self._begin()
        self._branch = branch
        rows = branch.next_rows(self._alone.n_batch)
        self._alone.decode(rows)
        branch.n_held += len(rows)
        if branch.n_held < len(branch.tokens):
            return [], len(rows)
        return self._draw(branch), len(rows)

    def cancel(self) -> list[EngineEvent]:
        """End what is open and what has not begun."""
        events: list[EngineEvent] = []
        if self._branch is not None:
            events.append(self._end(self._branch, "cancelled"))
        request_id = self.growth.request.request_id
        events += [BranchEnded(request_id, index, "cancelled") for index in self.growth.waiting]
        self.growth.waiting.clear()
        return events

    def _begin(self) -> _Branch:
        growth = self.growth
        index = growth.waiting.pop(0)
        self._alone.forget(0)
        sampler = self._alone.sampler(
            growth.request.sampling, branch_seed(growth.request.seed, index)
        )
        sampler.prime(growth.prompt)
        queue_s = self._clock() - growth.accepted_s
        return _Branch(
            index, list(growth.prompt), sampler, StopWatch(growth.request.ending), queue_s
        )

    def _draw(self, branch: _Branch) -> list[EngineEvent]:
        request, alone = self.growth.request, self._alone
        n_written = len(branch.tokens) - len(self.growth.prompt)
        try:
            token_id = branch.sampler.draw(0, may_end=n_written >= request.ending.min_tokens)
        except NothingToDrawError as error:
            return [self._end(branch, "error", f"{error}")]
        piece = alone.piece(token_id)
        verdict = branch.watch.feed(piece)
        if verdict == "until before":
            return [self._end(branch, "until")]
        tokens = TokenColumns(
            ids=np.array([token_id], np.int32),
            pieces=(piece,),
            elapsed_s=np.array([self._clock() - self.growth.accepted_s], np.float32),
            stats=alone.statistics([0], [token_id], request.top_k_records),
        )
        events: list[EngineEvent] = [Stepped(((request.request_id, branch.index),), tokens)]
        branch.tokens.append(token_id)
        ends_text = alone.ends_text(token_id)
        finish = finish_of(self.growth, verdict, n_written + 1, ends_text=ends_text)
        return events if finish is None else [*events, self._end(branch, finish)]

    def _end(self, branch: _Branch, finish: BranchFinish, message: str = "") -> BranchEnded:
        branch.sampler.close()
        self._branch = None
        request_id = self.growth.request.request_id
        return BranchEnded(request_id, branch.index, finish, branch.queue_s, message)


class _Branch:
    """The branch that is being written: its tokens, prompt included, and how many are evaluated."""

    def __init__(
        self, index: int, tokens: list[int], sampler: Sampler, watch: StopWatch, queue_s: float
    ) -> None:
        self.index = index
        self.tokens = tokens
        self.sampler = sampler
        self.watch = watch
        self.queue_s = queue_s
        self.n_held = 0

    def next_rows(self, n_batch: int) -> list[Row]:
        """The next chunk; the law after the last token of all is wanted."""
        end = min(len(self.tokens), self.n_held + n_batch)
        last = len(self.tokens) - 1
        return [Row(self.tokens[i], i, 0, i == last) for i in range(self.n_held, end)]
