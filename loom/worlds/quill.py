"""The story world that comes with loom: Quill, the Night Mail and the Little Moon."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

from loom.worlds.chat import NUMBER_RULE
from loom.worlds.law import Dice, Table, odds
from loom.worlds.places import (
    FIRST_PLACES,
    FIRST_WEATHERS,
    OWNER_OF,
    OWNERS,
    PLACES,
    ROADS,
    SETTING_ODDS,
    SETTINGS,
    WEATHER_TURNS,
    WEATHERS,
)
from loom.worlds.plot import BEATS, PAGES
from loom.worlds.sayings import RULES
from loom.worlds.telling import Teller, Told
from loom.worlds.town import Latent, Reading, Town
from loom.worlds.townsfolk import COMPANIONS, HEROES, SPOUSES, THINGS, Hero, Named
from loom.worlds.voices import VOICE_NAMES, VOICE_RULES, VOICES

_HERO: dict[str, Hero] = {one.name: one for one in HEROES.options}
_COMPANION: dict[str, Named] = {one.key: one for one in COMPANIONS.options}
_THING: dict[str, Named] = {one.key: one for one in THINGS.options}


def _always(table: Table[str]) -> dict[str, Table[str]]:
    return {"": table}


def _keys(table: Table[Named]) -> Table[str]:
    return Table(tuple(one.key for one in table.options), table.weights)


_LATENTS: dict[str, Latent] = {
    "page": Latent(_always(PAGES)),
    "town": Latent(_always(SETTING_ODDS)),
    "hero": Latent(_always(Table(tuple(_HERO), HEROES.weights))),
    "spouse": Latent(_always(SPOUSES)),
    "companion": Latent(_always(_keys(COMPANIONS))),
    "thing": Latent(_always(_keys(THINGS))),
    "owner": Latent(OWNERS, given="town"),
    "place": Latent(FIRST_PLACES, given="town", turns=ROADS),
    "weather": Latent(_always(FIRST_WEATHERS), turns=WEATHER_TURNS),
    "mood": Latent(_always(odds((3, "merry"), (1, "uneasy")))),
    "voice": Latent(_always(VOICES)),
}


def _of_hero(word: Callable[[Hero], str]) -> Reading:
    return Reading(("hero",), {(name,): word(hero) for name, hero in _HERO.items()})


def _of(latent: str, words: dict[str, str]) -> Reading:
    return Reading((latent,), {(key,): said for key, said in words.items()})


_SLOTS: dict[str, Reading] = {
    "hero": _of_hero(lambda hero: hero.name),
    "he": _of_hero(lambda hero: hero.pronouns[0]),
    "him": _of_hero(lambda hero: hero.pronouns[1]),
    "his": _of_hero(lambda hero: hero.pronouns[2]),
    "trade": _of_hero(lambda hero: hero.trade),
    "a_trade": _of_hero(lambda hero: f"a {hero.trade}"),
    "habit": _of_hero(lambda hero: hero.habit),
    "crime": _of_hero(lambda hero: hero.crime),
    "homecoming": _of_hero(lambda hero: hero.homecoming),
    "groom": _of_hero(lambda hero: "groom" if hero.pronouns[0] == "he" else "bride"),
    "spouse": _of("spouse", {name: name for name in SPOUSES.options}),
    "a_companion": _of("companion", {key: one.first for key, one in _COMPANION.items()}),
    "the_companion": _of("companion", {key: one.then for key, one in _COMPANION.items()}),
    "a_thing": _of("thing", {key: one.first for key, one in _THING.items()}),
    "the_thing": _of("thing", {key: one.then for key, one in _THING.items()}),
    "owner": _of("owner", {key: one.name for key, one in OWNER_OF.items()}),
    "home": _of("owner", {key: PLACES[one.home].name for key, one in OWNER_OF.items()}),
    "place": _of("place", {key: one.name for key, one in PLACES.items()}),
    "at_place": _of("place", {key: one.where for key, one in PLACES.items()}),
    "weather": _of("weather", WEATHERS),
    "town": _of("town", {key: one.name for key, one in SETTINGS.items()}),
    "in_town": _of("town", {key: one.within for key, one in SETTINGS.items()}),
    "voice_name": _of("voice", VOICE_NAMES),
}

_KEYS: dict[str, Reading] = {
    **{
        name: _of(name, {key: key for key in keys})
        for name, keys in {
            "companion": tuple(_COMPANION),
            "thing": tuple(_THING),
            "place": tuple(PLACES),
            "weather": tuple(WEATHERS),
            "mood": ("merry", "uneasy", "sad", "dark"),
            "voice": VOICES.options,
        }.items()
    },
    "home": Reading(
        ("owner", "place"),
        {
            (owner, place): "here" if place == OWNER_OF[owner].home else "far"
            for owner, place in product(OWNER_OF, PLACES)
        },
    ),
}

QUILL = Town(
    latents=_LATENTS,
    slots=_SLOTS,
    keys=_KEYS,
    rules={**RULES, **VOICE_RULES, **NUMBER_RULE},
    beats=BEATS,
)


def draw_document(town: Town, rng: random.Random) -> Told:
    """One document of any kind; the same state of `rng` gives the same one."""
    return Teller(town, Dice(rng)).tell()


def draw_story(rng: random.Random) -> Told:
    """One page of stories, with no turns in it."""
    teller = Teller(QUILL, Dice(rng))
    teller.along(("page story",))
    return teller.tell()
