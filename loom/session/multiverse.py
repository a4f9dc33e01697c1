"""What could come next, several tokens deep: likely continuations with their exact probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from loom.session.token_laws import Choice, Law

Ids = tuple[int, ...]

N_AT_ONCE = 16
"""Places asked about in one go: what is likeliest is known soon, and a batch is filled."""


class Known(Protocol):
    """What a model has said of the tokens after a node, and how to ask for more."""

    def after(self, node_id: str, ids: Ids = ()) -> Law | None:
        """The law of what comes after a node and more tokens behind it."""

    def awaits(self, node_id: str, ids: Ids | None = None) -> bool:
        """Whether a model is about to say it."""

    def score_after(self, node_id: str, after: Sequence[Ids] = ((),)) -> None:
        """Ask what comes after a node, and after more tokens."""


@dataclass(frozen=True, slots=True)
class Block:
    """One possible next token, behind others: `ids` are all of them, from the node on.

    `share` is its probability after the others, `mass` that of all tokens behind the root.
    """

    ids: Ids
    choice: Choice
    share: float
    mass: float

    @property
    def ends(self) -> bool:
        """Whether nothing comes after it: it ends the text, or marks a turn."""
        return self.choice.special or self.choice.piece == b""


class Multiverse:
    """The tokens after a node as far as a model was asked; `root` is where one looks from.

    All mass is relative to the root and exact: T 1, nothing cut. Belongs to the tree's thread.
    """

    def __init__(self, known: Known, node_id: str) -> None:
        self._known = known
        self._node_id = node_id
        self._laws: dict[Ids, Law] = {}
        self.root: Ids = ()

    def law(self, ids: Ids) -> Law | None:
        """What comes after these tokens, None while it is not known."""
        if ids not in self._laws and (law := self._known.after(self._node_id, ids)) is not None:
            self._laws[ids] = law
        return self._laws.get(ids)

    def after(self, ids: Ids, mass: float = 1.0) -> list[Block]:
        """The tokens that may follow these, which hold `mass`, the likeliest first."""
        law = self.law(ids)
        if law is None:
            return []
        return [
            Block((*ids, one.token_id), one, one.probability, mass * one.probability)
            for one in law.choices
        ]

    def path(self, ids: Ids) -> list[Choice]:
        """The tokens of a way, as far as they are known, from the node on."""
        choices = []
        for at, token_id in enumerate(ids):
            law = self.law(ids[:at])
            one = None if law is None else _named(law, token_id)
            if one is None:
                break
            choices.append(one)
        return choices

    def ask(self, wanted: Sequence[Ids]) -> None:
        """Ask what comes after each of these, the first ones first, while no answer is awaited.

        LoomError if the model cannot be asked.
        """
        if wanted and not any(self._known.awaits(self._node_id, ids) for ids in wanted):
            self._known.score_after(self._node_id, wanted[:N_AT_ONCE])

    def seen(self, n_levels: int) -> list[float]:
        """At each level from the root on, the share of all futures that is known token by token.

        What has ended before counts as known: nothing can follow it.
        """
        seen, ended = [0.0] * n_levels, 0.0
        places = [(self.root, 1.0)]
        for level in range(n_levels):
            seen[level] = ended
            below: list[tuple[Ids, float]] = []
            for ids, mass in places:
                if (law := self._laws.get(ids)) is None:
                    continue
                seen[level] += mass * (1 - law.unseen)
                for block in self.after(ids, mass):
                    if block.ends:
                        ended += block.mass
                    elif block.ids in self._laws:
                        below.append((block.ids, block.mass))
            if level:
                # Probabilities are rounded numbers, and one more token cannot make more known.
                seen[level] = min(seen[level], seen[level - 1])
            places = below
        return seen


def _named(law: Law, token_id: int) -> Choice | None:
    return next((one for one in law.choices if one.token_id == token_id), None)
