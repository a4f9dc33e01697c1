"""One batch: evaluated, then a token for every branch and an answer for every scored text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from loom.engine.backend import Backend, NothingToDrawError
from loom.engine.covering import choose_firsts
from loom.engine.events import (
    BranchEnded,
    BranchFinish,
    Covered,
    EngineEvent,
    RequestEnded,
    Scored,
    Stepped,
)
from loom.engine.late import Told, Unfinished
from loom.engine.memory import Memory
from loom.engine.scheduler import Plan
from loom.engine.scoring import ScoredText, Scoring
from loom.engine.sequence import Continuation, Growth, finish_of
from loom.engine.stopping import StopWatch, Verdict
from loom.records import TokenColumns
from loom.records.tokens import concat, rows_of


class _Drawn(NamedTuple):
    """A token that one branch drew from one law of the batch."""

    branch: Continuation
    law: int
    token_id: int
    piece: bytes
    verdict: Verdict


class Computer:
    """Runs planned batches on a backend and writes down in the memory what they evaluated."""

    def __init__(
        self,
        backend: Backend,
        memory: Memory,
        clock: Callable[[], float],
        batch_evaluated: Callable[[], None] | None = None,
    ) -> None:
        self._backend = backend
        self._memory = memory
        self._clock = clock
        self._batch_evaluated = batch_evaluated

    def compute(self, batch: Plan) -> list[Told]:
        """Evaluate a batch; what came of it, in order. BackendError if the model fails."""
        self._backend.decode(batch.rows)
        if self._batch_evaluated is not None:
            self._batch_evaluated()
        memory = self._memory
        for branch in batch.branches:
            memory.push(branch.sequence, (branch.next_token,))
        for reading, n in batch.read:
            assert reading.sequence is not None
            memory.push(reading.sequence, reading.tokens[reading.n_held : reading.n_held + n])
            reading.n_held += n
        n_branches, n_covers = len(batch.branches), len(batch.covers)
        events = self._draw(batch.branches)
        for law, growth in enumerate(batch.covers, n_branches):
            events += self._cover(growth, law)
        return events + self._score(batch, n_branches + n_covers)

    def _draw(self, branches: Sequence[Continuation]) -> list[Told]:
        """A token for every branch: the i-th from the i-th law."""
        events: list[Told] = []
        drawn: list[_Drawn] = []
        for law, branch in enumerate(branches):
            try:
                token_id = branch.sampler.draw(law, may_end=branch.may_end)
            except NothingToDrawError as error:
                events.append(end_branch(branch, "error", self._memory, f"{error}"))
                continue
            piece = self._backend.piece(token_id)
            drawn.append(_Drawn(branch, law, token_id, piece, branch.watch.feed(piece)))
        if kept := [one for one in drawn if one.verdict != "until before"]:
            events.insert(0, self._stepped(kept))
        for one in drawn:
            finish = self._advance(one)
            if finish is not None:
                events.append(end_branch(one.branch, finish, self._memory))
        return events

    def _stepped(self, drawn: Sequence[_Drawn]) -> Stepped | Unfinished:
        requests = [one.branch.growth.request for one in drawn]
        now = self._clock()
        chosen = [one.token_id for one in drawn]
        top_k = max(request.top_k_records for request in requests)
        laws = [one.law for one in drawn]
        coming = self._backend.statistics_beside(laws, chosen, top_k)
        waited_s = [now - one.branch.growth.accepted_s for one in drawn]
        tokens = TokenColumns(
            ids=np.array(chosen, np.int32),
            pieces=tuple(one.piece for one in drawn),
            elapsed_s=np.array(waited_s, np.float32),
            stats=None if coming else self._backend.statistics(laws, chosen, top_k),
        )
        names = zip(requests, drawn, strict=True)
        stepped = Stepped(
            tuple((request.request_id, one.branch.index) for request, one in names), tokens
        )
        return Unfinished(stepped, coming) if coming else stepped

    def _advance(self, drawn: _Drawn) -> BranchFinish | None:
        branch = drawn.branch
        branch.position += 1
        if drawn.verdict == "until before":
            return "until"
        branch.next_token = drawn.token_id
        branch.n_tokens += 1
        ends_text = self._backend.ends_text(drawn.token_id)
        return finish_of(branch.growth, drawn.verdict, branch.n_tokens, ends_text=ends_text)

    def _cover(self, growth: Growth, law: int) -> list[EngineEvent]:
        """The law after a prompt is there: its likeliest tokens are the branches' first ones."""
        trunk, request = growth.trunk, growth.request
        assert trunk.sequence is not None
        self._memory.push(trunk.sequence, growth.prompt[-1:])
        trunk.tokens = growth.prompt
        trunk.n_held += 1
        firsts, mass = choose_firsts(self._backend, law, request)
        elapsed_s = self._clock() - growth.accepted_s
        tokens = TokenColumns(
            ids=np.array(firsts, np.int32),
            pieces=tuple(map(self._backend.piece, firsts)),
            elapsed_s=np.full(len(firsts), elapsed_s, np.float32),
            stats=self._backend.statistics([law] * len(firsts), firsts, request.top_k_records),
        )
        names = tuple((request.request_id, index) for index in range(len(firsts)))
        growth.firsts = firsts
        covered = Covered(request.request_id, len(firsts), mass)
        return [covered, Stepped(names, tokens), *self._begin_covered(growth, tokens.pieces)]

    def _begin_covered(self, growth: Growth, pieces: Sequence[bytes]) -> list[EngineEvent]:
        """Which branches end with their first token; the others wait to be started."""
        events: list[EngineEvent] = []
        for index, piece in enumerate(pieces):
            assert growth.firsts is not None
            verdict = StopWatch(growth.request.ending).feed(piece)
            ends_text = self._backend.ends_text(growth.firsts[index])
            finish = finish_of(growth, verdict, 1, ends_text=ends_text)
            if finish is None:
                growth.waiting.append(index)
            else:
                events.append(BranchEnded(growth.request.request_id, index, finish))
        return events

    def _score(self, batch: Plan, law: int) -> list[EngineEvent]:
        if not batch.scored:
            return []
        targets = [
            target
            for _, text, n in batch.scored
            for target in text.targets[text.n_done : text.n_done + n]
        ]
        top_k = max(scoring.request.top_k_records for scoring, _, _ in batch.scored)
        stats = self._backend.statistics(range(law, law + len(targets)), targets, top_k)
        found = TokenColumns(
            ids=np.array(targets, np.int32),
            pieces=tuple(map(self._backend.piece, targets)),
            elapsed_s=np.full(len(targets), 0, np.float32),
            stats=stats,
        )
        events: list[EngineEvent] = []
        start = 0
        for scoring, text, n in batch.scored:
            events += self._take(scoring, text, rows_of(found, start, start + n))
            start += n
        return events

    def _take(self, scoring: Scoring, text: ScoredText, columns: TokenColumns) -> list[EngineEvent]:
        assert text.sequence is not None
        evaluated = text.tokens[text.n_done : text.n_done + len(columns)]
        self._memory.push(text.sequence, evaluated)
        if not scoring.take(text, columns, self._memory):
            return []
        request_id = scoring.request.request_id
        events: list[EngineEvent] = [Scored(request_id, text.index, concat(text.columns))]
        if scoring.ended:
            events.append(RequestEnded(request_id, cancelled=False))
        return events


def end_branch(
    branch: Continuation, finish: BranchFinish, memory: Memory, message: str = ""
) -> BranchEnded:
    """Let a branch go: what it wrote stays in the memory until the room is needed."""
    branch.growth.branches.remove(branch)
    branch.sampler.close()
    memory.release(branch.sequence)
    request_id = branch.growth.request.request_id
    return BranchEnded(request_id, branch.index, finish, branch.queue_s, message)
