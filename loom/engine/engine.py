"""The engine: requests in, one batch a step, events out. It belongs to one thread."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from loom.engine.backend import Backend, BackendError
from loom.engine.events import (
    Accepted,
    BranchEnded,
    BranchFinish,
    EngineEvent,
    Gauge,
    ReadPart,
    RequestFailed,
    Stepped,
)
from loom.engine.prefix_cache import PrefixCache
from loom.engine.request import Cancel, Grow, PromptPart, Request, TextPart
from loom.engine.scheduler import Plan, n_reserved, plan
from loom.engine.sequence import Continuation, Growth, branch_seed
from loom.errors import LoomError, PromptTooLongError
from loom.records import Provenance, TokenColumns

MOST_HELD_CELLS = 2048
"""Cells kept for coming back to; every held cell makes every step a little slower."""

GAUGE_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class _Prompt:
    ids: list[int]
    parts: tuple[ReadPart | None, ...]


class Engine:
    """Grows continuations on one backend.

    `submit` takes a request and `step` evaluates one batch; both return what happened, in order.
    All branches of all requests share the batches.
    """

    def __init__(self, backend: Backend, clock: Callable[[], float] = time.perf_counter) -> None:
        self._backend = backend
        self._clock = clock
        self._cache = PrefixCache(backend.n_sequences, backend.info.n_cells)
        self._growths: list[Growth] = []
        self._n_evaluated = 0
        self._n_reused = 0
        self._gauge_due_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether `step` has anything to do."""
        return bool(self._growths)

    def submit(self, request: Request) -> list[EngineEvent]:
        """Take a request into the schedule, or stop one."""
        if isinstance(request, Cancel):
            return self._cancel(request)
        try:
            assert isinstance(request, Grow)
            return [self._accept(request)]
        except LoomError as error:
            return [RequestFailed(request.request_id, error.what, error.remedy)]

    def step(self) -> list[EngineEvent]:
        """Start what there is room for, evaluate one batch, and draw a token for every branch."""
        try:
            self._start_what_fits()
            batch = plan(self._growths, self._cache, self._backend.n_batch)
            events = self._compute(batch) if batch.rows else []
        except BackendError as error:
            return self._give_up(error)
        self._finish_growths()
        return [*self._gauge(), *events]

    # Accepting

    def _accept(self, request: Grow) -> Accepted:
        info = self._backend.info
        prompt = self._read(request.prompt)
        n_prompt = len(prompt.ids)
        if not n_prompt:
            raise LoomError(
                "There is no text to continue, and this model needs some to begin.",
                "Press i and write a few words.",
            )
        if n_prompt >= info.n_ctx:
            raise PromptTooLongError(
                f"The text up to here is {n_prompt:,} tokens, and {info.name} reads at most "
                f"{info.n_ctx:,}.",
                _window_remedy(info.n_ctx, info.n_ctx_train),
            )
        most = min(request.max_tokens, info.n_ctx - n_prompt)
        self._growths.append(Growth(request, prompt.ids, self._clock(), most))
        packed = np.array(prompt.ids, "<i4").tobytes()
        return Accepted(
            request.request_id,
            prompt.parts,
            Provenance(
                model=info,
                sampling=request.sampling,
                seed=request.seed,
                n_branches=request.n_branches,
                max_tokens=request.max_tokens,
                n_prompt_tokens=n_prompt,
                prompt_sha256=hashlib.sha256(packed).hexdigest(),
                mode="fast",
            ),
        )

    def _read(self, parts: Sequence[PromptPart]) -> _Prompt:
        backend = self._backend
        ids = [] if backend.bos_id is None else [backend.bos_id]
        n_own = len(ids)
        read: list[ReadPart | None] = []
        for part in parts:
            if isinstance(part, TextPart):
                new = backend.tokenise(part.text, special=part.special, at_start=len(ids) == n_own)
                read.append(ReadPart(tuple(new), self._pieces(part.text, new)))
                # A chat template that spells the beginning out means the one that is there.
                ids += new[1:] if ids == new[:1] == [backend.bos_id] else new
            else:
                read.append(None)
                ids += part.ids
        return _Prompt(ids, tuple(read))

    def _pieces(self, text: bytes, ids: Sequence[int]) -> tuple[bytes, ...]:
        """The bytes of `text` that each token stands for; together they are exactly the text."""
        pieces = [self._backend.piece(token_id) for token_id in ids]
        whole = b"".join(pieces)
        if whole == b" " + text and pieces[0].startswith(b" "):
            pieces[0] = pieces[0][1:]
        elif whole != text and pieces:
            # A vocabulary that normalises what it reads: no division of the bytes is true.
            pieces = [text] + [b""] * (len(ids) - 1)
        return tuple(pieces)

    # Starting

    def _start_what_fits(self) -> None:
        for growth in self._growths:
            if growth.trunk is None and not self._open_trunk(growth):
                return
            if len(self._tokens_of_trunk(growth)) < growth.n_trunk:
                continue
            while growth.n_waiting and self._make_room(self._cells_for_branch(growth), 1):
                self._start_branch(growth)

    def _tokens_of_trunk(self, growth: Growth) -> Sequence[int]:
        assert growth.trunk is not None
        return self._cache.tokens(growth.trunk)

    def _cells_for_branch(self, growth: Growth) -> int:
        # The first branch stands in what its growth was promised with its trunk.
        return growth.most_tokens if growth.branches else 0

    def _open_trunk(self, growth: Growth) -> bool:
        source, n_shared = self._cache.match(growth.prompt[: growth.n_trunk])
        n_new = growth.n_trunk - n_shared
        if not self._make_room(n_new + growth.most_tokens, 2, keep=source):
            if self._growths[0] is not growth:
                return False
            # Nothing else runs, so what is held may go as well, the matching path included.
            source, n_shared = None, 0
            if not self._make_room(growth.n_trunk + growth.most_tokens, 2):
                return False
        growth.trunk = self._cache.open()
        if source is not None and n_shared:
            self._share(source, growth.trunk, n_shared)
            self._n_reused += n_shared
        return True

    def _start_branch(self, growth: Growth) -> None:
        assert growth.trunk is not None
        sequence = self._cache.open()
        if growth.n_trunk:
            self._share(growth.trunk, sequence, growth.n_trunk)
        index = growth.n_started
        seed = branch_seed(growth.request.seed, index)
        sampler = self._backend.sampler(growth.request.sampling, seed)
        growth.branches.append(
            Continuation(growth, index, sequence, sampler, growth.prompt[-1], growth.n_trunk)
        )
        growth.n_started += 1

    def _share(self, source: int, target: int, n_positions: int) -> None:
        self._cache.share(source, target, n_positions)
        self._backend.copy(source, target, n_positions)

    def _make_room(self, n_cells: int, n_sequences: int, keep: int | None = None) -> bool:
        needed = n_reserved(self._growths, self._cache) + n_cells
        for sequence in self._cache.evict(needed, n_sequences, keep):
            self._backend.forget(sequence)
        cache = self._cache
        return cache.n_free >= needed and cache.n_free_sequences >= n_sequences

    # Computing

    def _compute(self, batch: Plan) -> list[EngineEvent]:
        self._backend.decode(batch.rows)
        for row in batch.rows:
            self._cache.push(row.sequence, row.token_id)
        self._n_evaluated += len(batch.rows)
        if not batch.branches:
            return []
        chosen = [branch.sampler.draw(law) for law, branch in enumerate(batch.branches)]
        now = self._clock()
        top_k = max(branch.growth.request.top_k_records for branch in batch.branches)
        tokens = TokenColumns(
            ids=np.array(chosen, np.int32),
            pieces=tuple(map(self._backend.piece, chosen)),
            elapsed_s=np.array([now - b.growth.accepted_s for b in batch.branches], np.float32),
            stats=self._backend.statistics(range(len(chosen)), chosen, top_k),
        )
        names = tuple((b.growth.request.request_id, b.index) for b in batch.branches)
        events: list[EngineEvent] = [Stepped(names, tokens)]
        for branch, token_id in zip(batch.branches, chosen, strict=True):
            finish = self._advance(branch, token_id)
            if finish is not None:
                events.append(self._end(branch, finish))
        return events

    def _advance(self, branch: Continuation, token_id: int) -> BranchFinish | None:
        branch.next_token = token_id
        branch.position += 1
        branch.n_tokens += 1
        if self._backend.ends_text(token_id):
            return "eos"
        if branch.n_left:
            return None
        asked = branch.growth.request.max_tokens
        return "length" if branch.n_tokens == asked else "context"

    def _end(self, branch: Continuation, finish: BranchFinish) -> BranchEnded:
        branch.growth.branches.remove(branch)
        branch.sampler.close()
        self._cache.hold(branch.sequence)
        return BranchEnded(branch.growth.request.request_id, branch.index, finish)

    # Ending

    def _finish_growths(self) -> None:
        ended = [growth for growth in self._growths if growth.ended]
        for growth in ended:
            self._growths.remove(growth)
            if growth.trunk is not None:
                self._cache.hold(growth.trunk)
        if ended:
            self._trim()

    def _trim(self) -> None:
        n_over = self._cache.n_evictable_cells() - MOST_HELD_CELLS
        if n_over > 0:
            for sequence in self._cache.evict(self._cache.n_free + n_over, 0):
                self._backend.forget(sequence)

    def _cancel(self, request: Cancel) -> list[EngineEvent]:
        events: list[EngineEvent] = []
        for growth in self._growths:
            if request.request_id in (None, growth.request.request_id):
                events += [self._end(branch, "cancelled") for branch in list(growth.branches)]
                events += [
                    BranchEnded(growth.request.request_id, index, "cancelled")
                    for index in range(growth.n_started, growth.request.n_branches)
                ]
                growth.n_started = growth.request.n_branches
        self._finish_growths()
        return events

    def _give_up(self, error: BackendError) -> list[EngineEvent]:
        """End everything: after a failed batch nothing that the model holds can be trusted."""
        events: list[EngineEvent] = []
        for growth in self._growths:
            for branch in growth.branches:
                branch.sampler.close()
            events.append(RequestFailed(growth.request.request_id, error.what, error.remedy))
        self._growths.clear()
        for sequence in range(self._backend.n_sequences):
            self._backend.forget(sequence)
        self._cache = PrefixCache(self._backend.n_sequences, self._backend.info.n_cells)
        return events

    def _gauge(self) -> list[EngineEvent]:
        now = self._clock()
        if self._growths and now < self._gauge_due_s:
            return []
        self._gauge_due_s = now + GAUGE_EVERY_S
        cache = self._cache
        return [Gauge(cache.n_used, cache.n_cells, self._n_evaluated, self._n_reused)]


def _window_remedy(n_ctx: int, n_ctx_train: int) -> str:
    if n_ctx < n_ctx_train:
        return f"Reopen it with --ctx up to {n_ctx_train:,}, or start from a shorter text."
    return "Start from a shorter text, or open a model with a larger context."
