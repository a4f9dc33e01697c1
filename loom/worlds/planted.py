"""Pairs of histories whose futures are known to be one, or known to differ: planted by kind.

Each pair parts somewhere and ends at a sentence end. `expected` is how it was planted; what is true
for the next k tokens is said by `truth.total_variation` on the same world.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from loom.worlds.law import Dice
from loom.worlds.telling import Teller
from loom.worlds.town import Town

Kind = Literal[
    "full", "paraphrase", "same_road", "hidden", "look_alike", "other_hero", "other_thing"
]
KINDS: tuple[Kind, ...] = (
    "full",
    "paraphrase",
    "same_road",
    "hidden",
    "look_alike",
    "other_hero",
    "other_thing",
)
N_TRIES = 2_000


@dataclass(frozen=True)
class Planted:
    """Two histories. Up to `n_shared` characters they are the same text."""

    kind: Kind
    expected: Literal["joined", "apart"]
    a: str
    b: str
    n_shared: int


_TO_MEET = ("page story", "morning", "label", "set out", "meet")
_TO_STROLL = ("page story", "morning", "label", "set out", "view")
_TO_DUSK = ("view", "stroll", "meet", "together", "dusk")
_TOGETHER = (*_TO_MEET, "together")
_BY_LOSS = ("lost thing", "search", "find", "relief")
_BY_QUARREL = ("quarrel", "mend", "relief")


def plant(town: Town, kind: Kind, seed: int) -> Planted:
    """One pair of a kind; the same seed gives the same pair."""
    rng = random.Random(f"{kind} {seed}")
    for _ in range(N_TRIES):
        pair = _PLANTERS[kind](town, rng)
        if pair is not None:
            return pair
    raise AssertionError(f"no pair of kind {kind} came up in {N_TRIES} tries")


def _forked(
    town: Town, rng: random.Random, trunk: Sequence[str], a: Sequence[str], b: Sequence[str]
) -> tuple[str, str, str, str, str]:
    """Trunk, both ways on from it, and the last sentence of each."""
    teller = Teller(town, Dice(rng))
    told = teller.along(trunk)
    other = teller.fork()
    one, two = teller.along(a), other.along(b)
    return told.text, one.text, two.text, one.sentences[-1].text, two.sentences[-1].text


def _full(town: Town, rng: random.Random) -> Planted | None:
    """Two troubles, the same sentence after them."""
    trunk, a, b, last_a, last_b = _forked(town, rng, _TOGETHER, _BY_LOSS, _BY_QUARREL)
    if last_a != last_b:
        return None
    return Planted("full", "joined", trunk + a, trunk + b, len(trunk))


def _paraphrase(town: Town, rng: random.Random) -> Planted | None:
    """Two troubles, and the same thing said in other words after them."""
    trunk, a, b, last_a, last_b = _forked(town, rng, _TOGETHER, _BY_LOSS, _BY_QUARREL)
    if last_a == last_b:
        return None
    return Planted("paraphrase", "joined", trunk + a, trunk + b, len(trunk))


def _same_road(town: Town, rng: random.Random) -> Planted | None:
    """A detour in other words, to the same place."""
    trunk, a, b, last_a, last_b = _forked(town, rng, _TO_STROLL, ("stroll",), ("stroll",))
    where_a, where_b = last_a.rsplit(" to ", 1)[-1], last_b.rsplit(" to ", 1)[-1]
    if last_a == last_b or where_a != where_b:
        return None
    return Planted("same_road", "joined", trunk + a, trunk + b, len(trunk))


def _hidden(town: Town, rng: random.Random) -> Planted | None:
    """Two nights, told without a word in common, after which nothing is left of either."""
    trunk, a, b, last_a, last_b = _forked(
        town,
        rng,
        _TOGETHER,
        ("astray", "nod off", "new day"),
        ("arrive", "kept", "band", "dance", "new day"),
    )
    if last_a == last_b:
        return None
    return Planted("hidden", "joined", trunk + a, trunk + b, len(trunk))


def _look_alike(town: Town, rng: random.Random) -> Planted | None:
    """The lamps go out on a stage, and in the dark."""
    trunk, a, b, last_a, last_b = _forked(
        town, rng, _TO_MEET[:4], ("players", "lights down"), _TO_DUSK
    )
    if last_a != last_b:
        return None
    return Planted("look_alike", "apart", trunk + a, trunk + b, len(trunk))


def _other(town: Town, rng: random.Random, kind: Kind, latent: str) -> Planted | None:
    """Two stories that stand at the same words and are about something else."""
    one, two = Teller(town, Dice(rng)), Teller(town, Dice(rng))
    route = (*_TOGETHER, "arrive", "kept") if latent == "hero" else _TOGETHER
    a, b = one.along(route), two.along(route)
    index = town.order[latent]
    if a.sentences[-1].text != b.sentences[-1].text or one.values[index] == two.values[index]:
        return None
    return Planted(kind, "apart", a.text, b.text, 0)


def _other_hero(town: Town, rng: random.Random) -> Planted | None:
    return _other(town, rng, "other_hero", "hero")


def _other_thing(town: Town, rng: random.Random) -> Planted | None:
    return _other(town, rng, "other_thing", "thing")


_PLANTERS: dict[Kind, Callable[[Town, random.Random], Planted | None]] = {
    "full": _full,
    "paraphrase": _paraphrase,
    "same_road": _same_road,
    "hidden": _hidden,
    "look_alike": _look_alike,
    "other_hero": _other_hero,
    "other_thing": _other_thing,
}
