"""Joins as roads with their ways in, as they are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WayTold:
    """A way into a road: after so many tokens, and bytes, of a node's text.

    `name` is its number at the fork and at every fork further down; `n_branches` come by it.
    """

    node: str
    n_tokens: int
    n_bytes: int
    name: str
    n_branches: int


@dataclass(frozen=True, slots=True)
class RoadTold:
    """A join as one road; `id` and `mark` are those of the join.

    `n_branches` of the `n_compared` below the `fork` come by it (None: its ways begin at different
    roots).
    """

    id: str
    mark: str
    fork: str | None
    n_branches: int
    n_compared: int
    ways_in: tuple[WayTold, ...]
