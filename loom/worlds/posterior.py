"""What a belief says about the story: who is speaking, where, and which step one has come to."""

from __future__ import annotations

from loom.worlds.belief import Belief
from loom.worlds.grammar import Place
from loom.worlds.town import Town


def law_of_latent(town: Town, belief: Belief[Place], latent: str) -> dict[str, float]:
    """The posterior law of one latent after a text, largest first.

    Where it is not drawn yet its prior stands in, given what it depends on.
    """
    law: dict[str, float] = {}
    for place, weight in belief.weights.items():
        for value, p in _law_in(town, place, latent).items():
            law[value] = law.get(value, 0.0) + weight * p
    return dict(sorted(law.items(), key=lambda item: -item[1]))


def law_of_beat(belief: Belief[Place]) -> dict[str, float]:
    """The posterior law of the beat whose sentence is being said, or was said last."""
    law: dict[str, float] = {}
    for place, weight in belief.weights.items():
        law[place.beat] = law.get(place.beat, 0.0) + weight
    return dict(sorted(law.items(), key=lambda item: -item[1]))


def _law_in(town: Town, place: Place, latent: str) -> dict[str, float]:
    """The law of a latent in one state."""
    value = place.values[town.order[latent]]
    if value is not None:
        return {value: 1.0}
    made = town.latents[latent]
    given = {"": 1.0} if made.given is None else _law_in(town, place, made.given)
    law: dict[str, float] = {}
    for key, weight in given.items():
        table = made.prior[key]
        for option, p in zip(table.options, table.probabilities, strict=True):
            law[option] = law.get(option, 0.0) + weight * p
    return law
