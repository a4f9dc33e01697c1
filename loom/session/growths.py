"""All that grows in a session: single requests and plans, their progress and their stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from loom.records import Priority
from loom.session.ledger import Account, Ledger
from loom.session.plans import Plan, Progress
from loom.session.planter import Planter, Say
from loom.session.rate import RateMeter
from loom.session.scribe import Writing, new_id
from loom.session.settings import GrowSettings
from loom.tree.events import TreeEvent

Start = Callable[[str, GrowSettings, Priority, str | None], Writing]
"""Asks the engine to grow at a node, perhaps for a plan; LoomError if it cannot be asked."""


class Growths:
    """Belongs to the thread that owns the tree: `take` hears every event that the tree takes.

    `advance` is to be called when there is no more news, and asks the engine for what is due.
    """

    def __init__(self, start: Start, say: Say) -> None:
        self._start = start
        self._say = say
        self._ledger = Ledger()
        self._meter = RateMeter()
        self._planters: list[Planter] = []

    @property
    def progress(self) -> Progress | None:
        """How far all that grows is, None if nothing does or all of it was stopped."""
        parts = [planter.progress for planter in self._planters if not planter.ended]
        parts += [
            _progress_of(account)
            for account in self._ledger.accounts
            if not self._is_planned(account)
        ]
        going = [account for account in self._ledger.accounts if not account.is_stopped]
        if not going and not any(part.is_planned for part in parts):
            return None
        return Progress(
            n_ended=sum(part.n_ended for part in parts),
            n_branches=sum(part.n_branches for part in parts),
            n_tokens=sum(part.n_tokens for part in parts),
            most_tokens=sum(part.most_tokens for part in parts),
            is_planned=any(part.is_planned for part in parts),
        )

    def rate(self, fingerprint: str) -> float | None:
        """Tokens a second that the model of this fingerprint grew here last, if it did."""
        return self._meter.rate(fingerprint)

    def waiting_at(self, node_id: str) -> int:
        """Branches asked for at a node that have not begun."""
        return self._ledger.waiting_at(node_id)

    def grow(self, node_id: str, settings: GrowSettings) -> str:
        """Ask for branches that a person waits for; returns the request's id."""
        account = self._begin(node_id, self.without_twins(settings), "now")
        return account.writing.requested.request_id

    def plant(self, plan: Plan) -> Planter:
        """Begin to carry out a plan; LoomError if not even its first request can be made."""
        settings = self.without_twins(plan.settings)
        begin = partial(self._begin, plan_id=new_id())
        planter = Planter(replace(plan, settings=settings), begin, self._say)
        planter.advance()
        if planter.failure is not None and not planter.request_ids:
            raise planter.failure
        self._planters.append(planter)
        return planter

    def without_twins(self, settings: GrowSettings) -> GrowSettings:
        """The settings with one branch, and a word about it, where all would be the same."""
        if not settings.alike:
            return settings
        self._say("information", "At temperature 0 every branch is the same: growing one.", "")
        return replace(settings, n_branches=1)

    def take(self, event: TreeEvent) -> None:
        """Something happened."""
        self._ledger.take(event)
        self._meter.take(event)

    def advance(self) -> None:
        """Ask for what is due, and let go of what has ended."""
        for planter in self._planters:
            planter.advance()
        self._planters = [planter for planter in self._planters if not planter.ended]
        self._ledger.settle()

    def stop(self) -> None:
        """Ask for nothing more; what the engine is to be told is not told here."""
        self._ledger.stop()
        for planter in self._planters:
            planter.stop()

    def _is_planned(self, account: Account) -> bool:
        request_id = account.writing.requested.request_id
        return any(request_id in planter.request_ids for planter in self._planters)

    def _begin(
        self,
        node_id: str,
        settings: GrowSettings,
        priority: Priority,
        plan_id: str | None = None,
    ) -> Account:
        return self._ledger.begin(self._start(node_id, settings, priority, plan_id))


def _progress_of(account: Account) -> Progress:
    n_ended = len(account.ended)
    n_branches = n_ended + account.n_open
    return Progress(n_ended, n_branches, account.n_tokens, account.most_tokens, is_planned=False)
