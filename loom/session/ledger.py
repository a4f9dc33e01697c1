"""What has come of each request that is under way, as far as the tree has heard of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from loom.session.scribe import Writing
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    Finish,
    GrowthCovered,
    TokensAppended,
    TreeEvent,
)


@dataclass(frozen=True, slots=True)
class Ended:
    """One branch that will get no longer."""

    node_id: str
    index: int
    finish: Finish


@dataclass(slots=True, eq=False)
class Account:
    """One request: how many branches are to come, which grow, which have ended.

    `growing` maps a node to (its index, its tokens so far).
    """

    writing: Writing
    n_expected: int
    growing: dict[str, tuple[int, int]] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    n_tokens_ended: int = 0
    is_stopped: bool = False

    @property
    def is_said(self) -> bool:
        """Whether the engine has nothing more to say of it."""
        return self.writing.done.is_set()

    @property
    def is_over(self) -> bool:
        """Whether everything that was said of it is in the tree as well."""
        return self.is_said and len(self.ended) == self.writing.n_opened

    @property
    def n_open(self) -> int:
        """Branches that grow or wait."""
        return 0 if self.is_over else self.n_expected - len(self.ended)

    @property
    def n_waiting(self) -> int:
        """Branches that have not begun and will."""
        return 0 if self.is_stopped or self.is_said else self.n_open - len(self.growing)

    @property
    def n_tokens(self) -> int:
        """Tokens so far."""
        return self.n_tokens_ended + sum(n for _, n in self.growing.values())

    @property
    def most_tokens(self) -> int:
        """Tokens that it may come to."""
        return self.n_tokens_ended + self.n_open * self.writing.requested.max_tokens

    def take(self, event: BranchOpened | TokensAppended | BranchClosed) -> None:
        """Something happened to one of its branches."""
        match event:
            case BranchOpened():
                self.growing[event.node_id] = event.index, 0
            case TokensAppended():
                index, n_tokens = self.growing[event.node_id]
                self.growing[event.node_id] = index, n_tokens + len(event.tokens)
            case BranchClosed():
                index, n_tokens = self.growing.pop(event.node_id)
                self.n_tokens_ended += n_tokens
                self.ended.append(Ended(event.node_id, index, event.finish))


class Ledger:
    """The accounts of all requests that are under way; belongs to the thread that owns the tree."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._of_node: dict[str, Account] = {}

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Requests of which something is still to come, oldest first."""
        return tuple(self._accounts.values())

    def begin(self, writing: Writing) -> Account:
        """A request is about to be made."""
        account = Account(writing, writing.requested.n_branches)
        self._accounts[writing.requested.request_id] = account
        return account

    def take(self, event: TreeEvent) -> None:
        """Something happened; what belongs to no open request is not counted."""
        match event:
            case GrowthCovered():
                if account := self._accounts.get(event.request_id):
                    account.n_expected = event.n_branches
            case BranchOpened():
                if account := self._accounts.get(event.request_id):
                    self._of_node[event.node_id] = account
                    account.take(event)
            case TokensAppended():
                if account := self._of_node.get(event.node_id):
                    account.take(event)
            case BranchClosed():
                if account := self._of_node.pop(event.node_id, None):
                    account.take(event)
            case _:
                pass

    def settle(self) -> None:
        """Let go of the accounts of which nothing more will come."""
        self._accounts = {i: a for i, a in self._accounts.items() if not a.is_over}

    def stop(self) -> None:
        """The person wants no more of any of them."""
        for account in self._accounts.values():
            account.is_stopped = True

    def waiting_at(self, node_id: str) -> int:
        """Branches asked for at a node that have not begun."""
        return sum(
            account.n_waiting
            for account in self._accounts.values()
            if account.writing.requested.parent_id == node_id
        )
