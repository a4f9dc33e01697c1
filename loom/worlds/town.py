"""The town of Quill: short stories drawn from a law that is written down.

A story has a cast that stays the same (`Cast`), a world that changes (`World`: where, in what
weather, in what mood) and a walk through the graph of `plot.py`, one sentence a beat. All odds are
in the tables of `townsfolk.py`, `sayings.py`, `errand.py` and `wedding.py`; a draw returns the
sentences together with what each cost.
"""

import random
from dataclasses import dataclass, replace

from loom.worlds.beat import LAST, Beat
from loom.worlds.law import Dice
from loom.worlds.plot import BEATS, OPENINGS
from loom.worlds.sayings import RULES
from loom.worlds.townsfolk import (
    COMPANIONS,
    FIRST_PLACES,
    FIRST_WEATHERS,
    HEROES,
    OWNERS,
    PLACES,
    ROADS,
    SPOUSES,
    THINGS,
    WEATHER_TURNS,
    WEATHERS,
    Hero,
    Named,
    Owner,
)
from loom.worlds.wording import Facts, as_sentence, expand


@dataclass(frozen=True)
class Cast:
    """Who and what a story is about, from its first word to its last."""

    hero: Hero
    spouse: str
    companion: Named
    thing: Named
    owner: Owner


@dataclass(frozen=True)
class World:
    """What changes while a story goes on: a key of PLACES, a key of WEATHERS, and the mood."""

    place: str
    weather: str
    mood: str


@dataclass(frozen=True)
class Sentence:
    """One sentence with the hidden state that it was said in.

    `lead` is the white space (or section mark) before it. `bits` is the surprise of the words
    given the beat and the world; `road_bits` that of everything else that was drawn for it: the
    beat, the lead, and how the world changed.
    """

    text: str
    lead: str
    beat: str
    world: World
    bits: float
    road_bits: float


@dataclass(frozen=True)
class Story:
    """A story and all that was drawn to make it."""

    cast: Cast
    sentences: tuple[Sentence, ...]
    cast_bits: float

    @property
    def text(self) -> str:
        """The story as it reads."""
        return "".join(sentence.lead + sentence.text for sentence in self.sentences)

    @property
    def bits(self) -> float:
        """-log2 of the probability of these very draws, hidden ones included.

        Two walks can make the same text, so the text alone is at least this likely.
        """
        return self.cast_bits + sum(one.bits + one.road_bits for one in self.sentences)


def draw_story(rng: random.Random) -> Story:
    """One story; the same state of `rng` gives the same story."""
    dice = Dice(rng)
    cast = _draw_cast(dice)
    world = World(dice.draw(FIRST_PLACES), dice.draw(FIRST_WEATHERS), "merry")
    cast_bits = dice.bits
    sentences: list[Sentence] = []
    name = ""
    while name != LAST:
        before = dice.bits
        name = dice.draw(BEATS[name].then if name else OPENINGS)
        beat = BEATS[name]
        # A story does not begin with a blank line, whatever its first beat would put before it.
        lead = dice.draw(beat.lead) if sentences else ""
        world = _change(world, beat, dice)
        chosen = dice.bits
        text = as_sentence(expand(dice.draw(beat.sentences), RULES, _facts(cast, world), dice))
        sentences.append(Sentence(text, lead, name, world, dice.bits - chosen, chosen - before))
    return Story(cast, tuple(sentences), cast_bits)


def _draw_cast(dice: Dice) -> Cast:
    return Cast(
        hero=dice.draw(HEROES),
        spouse=dice.draw(SPOUSES),
        companion=dice.draw(COMPANIONS),
        thing=dice.draw(THINGS),
        owner=dice.draw(OWNERS),
    )


def _change(world: World, beat: Beat, dice: Dice) -> World:
    """The world in which the beat's sentence is said."""
    if beat.change in ("roam", "dawn"):
        world = replace(world, place=dice.draw(ROADS[world.place]))
    if beat.change in ("weather", "dawn"):
        world = replace(world, weather=dice.draw(WEATHER_TURNS[world.weather]))
    return world if beat.mood is None else replace(world, mood=beat.mood)


def _facts(cast: Cast, world: World) -> Facts:
    """The words and keys that templates may ask for."""
    hero, place = cast.hero, PLACES[world.place]
    he, him, his = hero.pronouns
    return Facts(
        words={
            "hero": hero.name,
            "he": he,
            "him": him,
            "his": his,
            "trade": hero.trade,
            "habit": hero.habit,
            "crime": hero.crime,
            "homecoming": hero.homecoming,
            "groom": "groom" if he == "he" else "bride",
            "spouse": cast.spouse,
            "a_companion": cast.companion.first,
            "the_companion": cast.companion.then,
            "a_thing": cast.thing.first,
            "the_thing": cast.thing.then,
            "owner": cast.owner.name,
            "home": PLACES[cast.owner.home].first,
            "place": place.first,
            "at_place": place.then,
            "weather": WEATHERS[world.weather],
        },
        keys={
            "companion": cast.companion.key,
            "thing": cast.thing.key,
            "place": world.place,
            "weather": world.weather,
            "mood": world.mood,
            "home": "here" if world.place == cast.owner.home else "far",
        },
    )
