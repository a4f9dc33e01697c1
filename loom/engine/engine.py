"""The engine: requests in, one batch a step, events out. It belongs to one thread."""

from __future__ import annotations

import time
from collections.abc import Callable

from loom.engine.backend import Backend, BackendError
from loom.engine.computing import Computer, end_branch
from loom.engine.embedding import Embedding
from loom.engine.events import (
    BranchEnded,
    Covered,
    EngineEvent,
    RequestEnded,
    RequestFailed,
    Scored,
)
from loom.engine.exact import ExactGrowth
from loom.engine.intake import Intake
from loom.engine.late import Late
from loom.engine.memory import Memory
from loom.engine.request import Cancel, Embed, Grow, Request, Score
from loom.engine.scheduler import Job, in_turn, is_being_read, plan
from loom.engine.sequence import Continuation, Growth, branch_seed
from loom.engine.stopping import StopWatch
from loom.errors import LoomError
from loom.records.tokens import concat

GAUGE_EVERY_S = 0.25


class Engine:
    """Grows, scores and embeds texts on one backend.

    `submit` takes a request and `step` evaluates one batch; both return what happened, in order.
    All that is asked for shares the batches, what a person waits for first. What came of a step
    may be told by the next one, never later. `batch_evaluated` is called in the middle of a step,
    when the model has done its part.
    """

    def __init__(
        self,
        backend: Backend,
        host_bytes: int | None = None,
        batch_evaluated: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._backend = backend
        self._clock = clock
        self._intake = Intake(backend)
        self._memory = Memory(backend, host_bytes)
        self._computer = Computer(backend, self._memory, clock, batch_evaluated)
        self._late = Late()
        self._jobs: list[Job] = []
        self._embeddings: list[Embedding] = []
        self._exact: list[ExactGrowth] = []
        self._unsettled = False
        self._n_evaluated = 0
        self._gauge_due_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether `step` has anything to do."""
        return self.growing or self._unsettled

    def submit(self, request: Request) -> list[EngineEvent]:
        """Take a request into the schedule, or stop one."""
        if isinstance(request, Cancel):
            return [*self._late.take(), *self._cancel(request.request_id)]
        try:
            match request:
                case Grow():
                    return self._accept_growth(request)
                case Score():
                    return self._accept_scoring(request)
                case Embed():
                    return self._accept_embedding(request)
        except LoomError as error:
            return [RequestFailed(request.request_id, error.what, error.remedy)]

    def step(self) -> list[EngineEvent]:
        """Start what there is room for, evaluate one batch, and give every branch a token."""
        if not self.growing:
            self._memory.settle()
            self._unsettled = False
            return self._gauge()
        try:
            self._start_what_fits()
            batch = plan(self._jobs, self._backend.n_batch)
            told = self._computer.compute(batch) if batch.rows else []
        except BackendError as error:
            return [*self._late.take(), *self._give_up(error)]
        self._n_evaluated += len(batch.rows)
        events = self._late.take()
        self._late.keep(told)
        events += self._embed_some() + self._grow_exactly()
        self._finish_jobs()
        if not (self._late.can_wait and self.growing):
            events += self._late.take()
        return [*self._gauge(), *events]

    @property
    def growing(self) -> bool:
        """Whether anything that was asked for is still to come."""
        return bool(self._jobs or self._embeddings or self._exact)

    def check(self) -> None:
        """AssertionError if the memory's bookkeeping contradicts itself."""
        self._memory.check()

    # Accepting

    def _accept_growth(self, request: Grow) -> list[EngineEvent]:
        growth, accepted = self._intake.growth(request, self._clock())
        if request.mode == "exact":
            self._exact.append(ExactGrowth(growth, self._backend.alone(), self._clock))
        else:
            self._jobs.append(growth)
        return [accepted]

    def _accept_scoring(self, request: Score) -> list[EngineEvent]:
        scoring = self._intake.scoring(request, self._clock())
        events: list[EngineEvent] = [
            Scored(request.request_id, index, concat([])) for index in scoring.empty
        ]
        if scoring.ended:
            return [*events, RequestEnded(request.request_id, cancelled=False)]
        self._jobs.append(scoring)
        return events

    def _accept_embedding(self, request: Embed) -> list[EngineEvent]:
        texts = [self._intake.reader.beginning(text).ids for text in request.texts]
        self._embeddings.append(Embedding(request, texts, self._backend))
        return []

    # Starting

    def _start_what_fits(self) -> None:
        for job in in_turn(self._jobs):
            started = (
                self._start_growth(job) if isinstance(job, Growth) else job.start(self._memory)
            )
            if not started:
                if job.request.priority == "now" and self._suspend_background():
                    continue
                return

    def _start_growth(self, growth: Growth) -> bool:
        """Start what there is room for; False if there was no room for anything."""
        trunk = growth.trunk
        if trunk.sequence is None:
            if is_being_read(growth, self._jobs):
                return True
            # The first branch stands in what is promised along with its prompt.
            trunk.sequence = self._memory.open(trunk.tokens, _cells_of_first(growth))
            if trunk.sequence is None:
                return False
            trunk.n_held = self._memory.length(trunk.sequence)
        if trunk.whole and not growth.wants_cover:
            while growth.waiting and self._start_branch(growth):
                pass
        return True

    def _start_branch(self, growth: Growth) -> bool:
        assert growth.trunk.sequence is not None
        sequence = self._memory.fork(growth.trunk.sequence, growth.most_tokens)
        if sequence is None:
            return False
        index = growth.waiting.pop(0)
        request = growth.request
        sampler = self._backend.sampler(request.sampling, branch_seed(request.seed, index))
        sampler.prime(growth.prompt)
        branch = Continuation(
            growth=growth,
            index=index,
            sequence=sequence,
            sampler=sampler,
            watch=StopWatch(request.ending),
            next_token=growth.prompt[-1],
            position=growth.trunk.n_held,
            queue_s=self._clock() - growth.accepted_s,
        )
        if growth.firsts is not None:
            branch.next_token = growth.firsts[index]
            branch.n_tokens = 1
            sampler.accept(branch.next_token)
            branch.watch.feed(self._backend.piece(branch.next_token))
        growth.branches.append(branch)
        return True

    def _suspend_background(self) -> bool:
        """Make room for what a person waits for; False if nothing gave any."""
        resting = [job for job in self._jobs if job.request.priority == "background" and job.rests]
        for job in resting:
            job.suspend(self._memory)
        return bool(resting)

    # Besides the batch

    def _embed_some(self) -> list[EngineEvent]:
        if not self._embeddings:
            return []
        embedding = min(self._embeddings, key=_is_background_embedding)
        if embedding.request.priority == "background" and self._person_waits():
            return []
        try:
            events, n_evaluated = embedding.step()
        except BackendError as error:
            # It computes in a memory of its own: what others hold is as good as before.
            self._embeddings.remove(embedding)
            return [RequestFailed(embedding.request.request_id, error.what, error.remedy)]
        self._n_evaluated += n_evaluated
        return events

    def _person_waits(self) -> bool:
        return bool(self._exact) or any(job.request.priority == "now" for job in self._jobs)

    def _grow_exactly(self) -> list[EngineEvent]:
        if not self._exact:
            return []
        exact = self._exact[0]
        try:
            events, n_evaluated = exact.step()
        except BackendError as error:
            exact.cancel()
            self._exact.remove(exact)
            name = exact.growth.request.request_id
            return [RequestFailed(name, error.what, error.remedy)]
        self._n_evaluated += n_evaluated
        return events

    # Ending

    def _finish_jobs(self) -> None:
        for job in [job for job in self._jobs if job.ended]:
            self._jobs.remove(job)
            self._unsettled = True
            if isinstance(job, Growth) and job.trunk.sequence is not None:
                self._memory.release(job.trunk.sequence)
        self._embeddings = [embedding for embedding in self._embeddings if not embedding.ended]
        self._exact = [exact for exact in self._exact if not exact.ended]

    def _cancel(self, request_id: str | None) -> list[EngineEvent]:
        events: list[EngineEvent] = []
        for job in [job for job in self._jobs if request_id in (None, job.request.request_id)]:
            if isinstance(job, Growth):
                events += self._cancel_growth(job)
            else:
                job.close(self._memory)
                events.append(RequestEnded(job.request.request_id, cancelled=True))
        for exact in self._exact:
            if request_id in (None, exact.growth.request.request_id):
                events += exact.cancel()
        for embedding in self._embeddings:
            if request_id in (None, embedding.request.request_id):
                events += embedding.cancel()
        self._finish_jobs()
        return events

    def _cancel_growth(self, growth: Growth) -> list[EngineEvent]:
        name = growth.request.request_id
        events: list[EngineEvent] = []
        if growth.wants_cover:
            growth.firsts = []
            events.append(Covered(name, 0, 0.0))
        events += [
            end_branch(branch, "cancelled", self._memory) for branch in list(growth.branches)
        ]
        waited_s = self._clock() - growth.accepted_s
        events += [BranchEnded(name, i, "cancelled", waited_s) for i in growth.waiting]
        growth.waiting.clear()
        return events

    def _give_up(self, error: BackendError) -> list[EngineEvent]:
        """End what shares the batches: after a failed one nothing that is held can be trusted."""
        names = [job.request.request_id for job in self._jobs]
        for job in self._jobs:
            if isinstance(job, Growth):
                for branch in job.branches:
                    branch.sampler.close()
        self._jobs = []
        self._memory.reset()
        return [RequestFailed(name, error.what, error.remedy) for name in names]

    def _gauge(self) -> list[EngineEvent]:
        now = self._clock()
        if self._jobs and now < self._gauge_due_s:
            return []
        self._gauge_due_s = now + GAUGE_EVERY_S
        return [self._memory.gauge(self._n_evaluated)]


def _is_background_embedding(embedding: Embedding) -> bool:
    return embedding.request.priority == "background"


def _cells_of_first(growth: Growth) -> int:
    """What the first branch needs besides the trunk; a covered prompt's last token comes first."""
    return growth.most_tokens + (1 if growth.wants_cover else 0)
