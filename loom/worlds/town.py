"""A town as data: what can be true in it, what is said of it, and the roads that stories take.

What is true are latents: each is drawn when a sentence first needs it and then stays until a beat
changes or forgets it. So a story that never names a companion has none, and two stories that differ
only in what was never said are in the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from loom.worlds.beat import Beat
from loom.worlds.law import Table

Values = tuple[str | None, ...]
"""The value of each latent, None where it is not drawn yet."""


@dataclass(frozen=True)
class Latent:
    """Something that can be true.

    `prior` has a table for each value of the latent `given`, or one under "" if it depends on
    nothing. `turns` are the roads from one value to the next; empty if it never turns.
    """

    prior: Mapping[str, Table[str]]
    given: str | None = None
    turns: Mapping[str, Table[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a hole needs to know, and what it says for each combination of that."""

    needs: tuple[str, ...]
    says: Mapping[tuple[str, ...], str]


@dataclass(frozen=True)
class Town:
    """Everything there is to say about a world of stories.

    `beats[START]` is where documents begin and `beats[LOST]` where a reader is who lost the place;
    the roads of all beats that are a mapping are keyed by the latent `page`.
    """

    latents: Mapping[str, Latent]
    slots: Mapping[str, Reading]
    keys: Mapping[str, Reading]
    rules: Mapping[str, Table[str]]
    beats: Mapping[str, Beat]

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The place of each latent in `Values`."""
        return {name: index for index, name in enumerate(self.latents)}

    @cached_property
    def nothing(self) -> Values:
        """No latent drawn."""
        return (None,) * len(self.latents)

    def table(self, latent: str, values: Values) -> Table[str]:
        """From which table an undrawn latent is drawn; what it depends on must be drawn."""
        law = self.latents[latent]
        given = "" if law.given is None else values[self.order[law.given]]
        assert given is not None, f"{latent} is drawn before {law.given}"
        return law.prior[given]

    def roads(self, beat: Beat, values: Values) -> Table[str]:
        """The next beats; if they depend on the page, it must be drawn."""
        if isinstance(beat.then, Table):
            return beat.then
        page = values[self.order["page"]]
        assert page is not None
        return beat.then[page]


START = ""
LOST = "lost"


def with_value(values: Values, index: int, value: str | None) -> Values:
    """The same values with one of them changed."""
    return (*values[:index], value, *values[index + 1 :])
