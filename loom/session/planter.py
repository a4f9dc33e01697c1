"""Carrying out a plan: what is asked of the engine next, and what the budget still allows."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from typing import Literal

from loom.errors import EngineDiedError, LoomError
from loom.records import Priority
from loom.session.ledger import Account, Ended
from loom.session.plans import Plan, Progress, seed_within
from loom.session.settings import GrowSettings, fresh_seed

MOST_IN_FLIGHT = 64
"""Branches that a plan asks the engine for at once: enough to fill its batches, few enough that
what a person asks for meanwhile finds a short queue."""

MOST_FAILURES = 3
"""Requests that may fail one after another before the rest of a plan is given up."""

_GO_ON_FROM = ("length", "until", "stop")

Start = Callable[[str, GrowSettings, Priority], Account]
"""Makes a request of the engine; LoomError if it cannot be made."""

Say = Callable[[Literal["information", "warning"], str, str], None]


@dataclass(frozen=True, slots=True, order=True)
class _Job:
    """Branches to be asked for at one place; places come level by level, then in their order."""

    level: int
    place: tuple[int, ...]
    node_id: str = field(compare=False)
    n_branches: int = field(compare=False)
    seed: int = field(compare=False)


@dataclass(slots=True, eq=False)
class _Asked:
    """A job that was asked of the engine, and how many of its ended branches were looked at."""

    job: _Job
    account: Account
    n_seen: int = 0


class Planter:
    """One plan on its way; belongs to the thread that owns the tree.

    `advance` is called after every change of the tree and asks for whatever is due: a level's
    places in order, as many branches at once as keep the engine busy. `failure` is the first
    thing that went wrong.
    """

    def __init__(self, plan: Plan, start: Start, say: Say) -> None:
        self._plan = plan
        self._start = start
        self._say = say
        seed = fresh_seed() if plan.settings.seed is None else plan.settings.seed
        seeds = [seed, *(seed_within(seed, at) for at in range(1, len(plan.node_ids)))]
        width = plan.settings.n_branches
        self._jobs: list[_Job] = []
        self._n_due: Counter[int] = Counter()
        for at, (node_id, seed_here) in enumerate(zip(plan.node_ids, seeds, strict=True)):
            self._add(_Job(1, (at,), node_id, width, seed_here))
        self._asked: list[_Asked] = []
        self._n_ended = 0
        self._n_tokens_over = 0
        self._n_failures = 0
        self._request_ids: set[str] = set()
        self.failure: LoomError | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come, and all that came is in the tree."""
        return not self._jobs and not self._asked

    @property
    def awaits_saving(self) -> bool:
        """Whether the engine has said everything about a request that is not in the tree yet."""
        return any(asked.account.is_said for asked in self._asked)

    @property
    def request_ids(self) -> Set[str]:
        """The requests that were made so far."""
        return self._request_ids

    @property
    def progress(self) -> Progress:
        """How far it is; the totals assume that no branch ends before its greatest length."""
        settings = self._plan.settings
        n_open = sum(asked.account.n_open for asked in self._asked)
        n_later = sum(n * self._n_from(level) for level, n in self._n_due.items())
        n_later += sum(
            asked.account.n_open * (self._n_from(asked.job.level) - 1)
            for asked in self._asked
            if not asked.account.is_stopped
        )
        most_tokens = self._n_tokens_over + n_later * settings.max_tokens
        most_tokens += sum(asked.account.most_tokens for asked in self._asked)
        if self._plan.budget is not None and most_tokens > self._plan.budget:
            most_tokens = self._plan.budget
            n_left = max(0, self._plan.budget - self._n_committed)
            n_later = min(n_later, -(-n_left // settings.max_tokens))
        n_tokens = self._n_tokens_over + sum(asked.account.n_tokens for asked in self._asked)
        n_ended = self._n_ended
        return Progress(n_ended, n_ended + n_open + n_later, n_tokens, most_tokens, n_later > 0)

    def stop(self) -> None:
        """Ask for nothing more."""
        self._jobs.clear()
        self._n_due.clear()

    def advance(self) -> None:
        """Look at what has ended, and ask for what is due."""
        for asked in list(self._asked):
            self._look_at(asked)
        while self._jobs:
            due = self._next()
            if due is None:
                return
            self._ask(*due)

    def _look_at(self, asked: _Asked) -> None:
        account = asked.account
        is_over = account.is_over
        new = account.ended[asked.n_seen :]
        asked.n_seen += len(new)
        self._n_ended += len(new)
        if account.is_stopped:
            self.stop()
        elif asked.job.level < self._plan.depth:
            for ended in new:
                self._go_on_from(ended, asked.job)
        if is_over:
            self._asked.remove(asked)
            self._n_tokens_over += account.n_tokens
            failure = account.writing.failure
            if failure is None:
                self._n_failures = 0
            else:
                self._fail(failure)

    def _go_on_from(self, ended: Ended, job: _Job) -> None:
        if ended.finish in _GO_ON_FROM:
            place, seed = (*job.place, ended.index), seed_within(job.seed, ended.index)
            width = self._plan.settings.n_branches
            self._add(_Job(job.level + 1, place, ended.node_id, width, seed))

    def _add(self, job: _Job) -> None:
        heapq.heappush(self._jobs, job)
        self._n_due[job.level] += job.n_branches

    def _next(self) -> tuple[_Job, int, int] | None:
        """What is due, of how many branches and how long; None while something must end first."""
        job, n_open = self._jobs[0], sum(asked.account.n_open for asked in self._asked)
        if n_open and n_open + job.n_branches > MOST_IN_FLIGHT:
            return None
        longest = self._plan.settings.max_tokens
        if self._plan.budget is None:
            return job, job.n_branches, longest
        n_left = self._plan.budget - self._n_committed
        n_whole = n_left // longest
        if n_whole >= job.n_branches:
            return job, job.n_branches, longest
        # A branch that ends early gives back what was set aside for it, so shortening can wait.
        if self._asked:
            return None
        if n_left <= 0:
            self._spent()
            return None
        if n_whole:
            return job, n_whole, longest
        self._say(
            "information",
            f"The last branch has at most {n_left:,} of {longest:,} tokens: that is the rest of "
            f"the budget of {self._plan.budget:,}.",
            "",
        )
        return job, 1, n_left

    def _ask(self, job: _Job, n_branches: int, longest: int) -> None:
        heapq.heappop(self._jobs)
        self._n_due[job.level] -= job.n_branches
        settings = self._plan.settings
        ending = replace(settings.ending, min_tokens=min(settings.ending.min_tokens, longest))
        asked = replace(
            settings, n_branches=n_branches, max_tokens=longest, seed=job.seed, ending=ending
        )
        try:
            account = self._start(job.node_id, asked, self._priority)
        except LoomError as error:
            self._fail(error)
            return
        self._request_ids.add(account.writing.requested.request_id)
        self._asked.append(_Asked(job, account))
        if n_branches < job.n_branches and settings.cover is None:
            # Another request at the same place needs other dice, or it grows the same again.
            rest, seed = job.n_branches - n_branches, seed_within(job.seed, -n_branches)
            place = (*job.place, n_branches)
            self._add(_Job(job.level, place, job.node_id, rest, seed))

    def _spent(self) -> None:
        self.stop()
        self._say(
            "information",
            f"The budget of {self._plan.budget or 0:,} tokens is spent: "
            f"{self._n_ended:,} branches have grown, and the plan had room for more.",
            "",
        )

    def _fail(self, failure: LoomError) -> None:
        self.failure = self.failure or failure
        self._n_failures += 1
        if isinstance(failure, EngineDiedError) or self._n_failures >= MOST_FAILURES:
            self.stop()

    @property
    def _priority(self) -> Priority:
        """A plan of one request is what a person waits for; a longer one lets them go first."""
        is_single = self._plan.depth == 1 and len(self._plan.node_ids) == 1
        return "now" if is_single else "background"

    @property
    def _n_committed(self) -> int:
        """Tokens that have grown, and those that what is asked for may still grow."""
        return self._n_tokens_over + sum(asked.account.most_tokens for asked in self._asked)

    def _n_from(self, level: int) -> int:
        """Branches that one branch of a level may come to with all that follows it, itself too."""
        width = self._plan.settings.n_branches
        return sum(width**further for further in range(self._plan.depth - level + 1))
