"""What a world is to everything that measures it: a hidden Markov chain that says tokens.

Every edge of the chain says exactly one token. All measures of this room (`belief.py`, `truth.py`,
`rates.py`) and the backend need nothing else, so a two-state process and a town of stories are
looked at with the same eyes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

State = TypeVar("State", bound=Hashable)
Edge = tuple[int, float, State]
"""A token, the probability of this edge given the state, and the state that it leads to."""

Way = tuple[float, State]
"""An edge whose token is known."""


class Machine(Protocol[State]):
    """A hidden Markov chain over tokens, whose states may be made as they are asked for.

    `end_token` ends a document (None: documents never end); what follows it is a new document.
    """

    @property
    def end_token(self) -> int | None:
        """The token that ends a document."""

    def start(self) -> Mapping[State, float]:
        """The law of the state before the first token of a document."""

    def edges(self, state: State) -> Sequence[Edge[State]]:
        """All ways on from a state; their probabilities sum to one."""

    def ways(self, state: State, token: int) -> Sequence[Way[State]]:
        """The edges from a state that say one token."""

    def odds(self, state: State) -> Mapping[int, float]:
        """The law of the next token from a state."""

    def lost(self, states: Mapping[State, float]) -> Mapping[State, float]:
        """Where one may be after a token that none of `states` could have said."""

    def pauses(self, token: int) -> bool:
        """Whether what follows this token may be read afresh, as after a full stop."""


def ways_among(edges: Sequence[Edge[State]], token: int) -> list[Way[State]]:
    """Those of some edges that say one token."""
    return [(p, target) for said, p, target in edges if said == token]


def odds_of(edges: Sequence[Edge[State]]) -> dict[int, float]:
    """The law of the next token, from all edges of a state."""
    odds: dict[int, float] = {}
    for token, p, _ in edges:
        odds[token] = odds.get(token, 0.0) + p
    return odds


class Exit(NamedTuple):
    """A row of a written-down chain: what is said, how likely, and where it leads."""

    token: int
    probability: float
    to: str


class Chain:
    """A chain that is written down whole, with its stationary law as the start."""

    end_token = None

    def __init__(self, start: Mapping[str, float], exits: Mapping[str, tuple[Exit, ...]]) -> None:
        """Take the law of the first state and the exits of every state."""
        self._start = dict(start)
        self._edges: dict[str, tuple[Edge[str], ...]] = {
            state: tuple((one.token, one.probability, one.to) for one in rows)
            for state, rows in exits.items()
        }
        for state, rows in self._edges.items():
            assert abs(sum(row[1] for row in rows) - 1) < 1e-12, f"{state} is no distribution"

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order in which they were written down."""
        return tuple(self._edges)

    def start(self) -> Mapping[str, float]:
        """The law of the state before the first token."""
        return self._start

    def edges(self, state: str) -> tuple[Edge[str], ...]:
        """All ways on from a state."""
        return self._edges[state]

    def ways(self, state: str, token: int) -> list[Way[str]]:
        """The edges from a state that say one token."""
        return ways_among(self._edges[state], token)

    def odds(self, state: str) -> dict[int, float]:
        """The law of the next token from a state."""
        return odds_of(self._edges[state])

    def lost(self, states: Mapping[str, float]) -> Mapping[str, float]:  # noqa: ARG002
        """The start again: a small chain has nothing worth remembering."""
        return self._start

    def pauses(self, token: int) -> bool:  # noqa: ARG002
        """Every symbol is a boundary."""
        return True
