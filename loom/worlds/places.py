"""Where stories happen: three small worlds, each with its places, its people and its roads."""

from __future__ import annotations

from dataclasses import dataclass

from loom.worlds.law import Table, odds


@dataclass(frozen=True)
class Setting:
    """A small world: its name, and the same after a word of place."""

    key: str
    name: str
    within: str


@dataclass(frozen=True)
class Locality:
    """A place: a key, its name, and the same as an answer to "where?"."""

    key: str
    name: str
    where: str


@dataclass(frozen=True)
class Owner:
    """To whom things belong, and where that person lives (the key of a place)."""

    key: str
    name: str
    home: str


SETTINGS: dict[str, Setting] = {
    one.key: one
    for one in (
        Setting("quill", "Quill", "in Quill"),
        Setting("train", "the Night Mail", "on the Night Mail"),
        Setting("moon", "the Little Moon", "on the Little Moon"),
    )
}
SETTING_ODDS: Table[str] = odds((6, "quill"), (2.5, "train"), (1.5, "moon"))

PLACES: dict[str, Locality] = {
    one.key: one
    for one in (
        Locality("harbour", "the harbour", "at the harbour"),
        Locality("market", "the market square", "in the market square"),
        Locality("mill", "the mill", "at the mill"),
        Locality("chapel", "the chapel", "outside the chapel"),
        Locality("bridge", "the bridge", "on the bridge"),
        Locality("tea room", "the tea room", "in front of the tea room"),
        Locality("station", "the station", "at the station"),
        Locality("orchard", "the orchard", "in the orchard"),
        Locality("dining", "the dining car", "in the dining car"),
        Locality("mail", "the mail car", "in the mail car"),
        Locality("corridor", "the long corridor", "in the long corridor"),
        Locality("last", "the last carriage", "in the last carriage"),
        Locality("crater", "the crater", "at the edge of the crater"),
        Locality("dome", "the glass dome", "under the glass dome"),
        Locality("field", "the landing field", "on the landing field"),
        Locality("telescope", "the great telescope", "beside the great telescope"),
    )
}

FIRST_PLACES: dict[str, Table[str]] = {
    "quill": odds((3, "market"), (2, "harbour"), (1, "bridge"), (1, "chapel")),
    "train": odds((2, "corridor"), (1, "dining")),
    "moon": odds((2, "dome"), (1, "crater")),
}

# Where one is likely to be next. Odds, not distances: all roads lead past the market sooner or
# later, which is why so many stories meet there.
ROADS: dict[str, Table[str]] = {
    "harbour": odds((3, "market"), (2, "tea room"), (1, "bridge")),
    "market": odds((2, "harbour"), (2, "chapel"), (2, "bridge"), (1, "tea room"), (1, "station")),
    "mill": odds((2, "bridge"), (2, "orchard")),
    "chapel": odds((3, "market"), (1, "orchard")),
    "bridge": odds((3, "market"), (2, "mill"), (1, "harbour")),
    "tea room": odds((2, "market"), (2, "harbour"), (1, "station")),
    "station": odds((3, "market"), (1, "tea room"), (1, "orchard")),
    "orchard": odds((2, "mill"), (1, "chapel"), (1, "station")),
    "dining": odds((3, "corridor"), (1, "mail")),
    "mail": odds((2, "corridor"), (1, "last")),
    "corridor": odds((2, "dining"), (1, "mail"), (1, "last")),
    "last": odds((2, "corridor"), (1, "dining")),
    "crater": odds((2, "dome"), (1, "field")),
    "dome": odds((1, "crater"), (1, "field"), (1, "telescope")),
    "field": odds((2, "dome"), (1, "crater")),
    "telescope": odds((2, "dome"), (1, "field")),
}

OWNERS: dict[str, Table[str]] = {
    "quill": odds(
        (2, "mayor"), (2, "widow"), (1, "bishop"), (1, "twin"), (1, "master"), (1, "captain")
    ),
    "train": odds((2, "conductor"), (1, "countess"), (1, "sorter")),
    "moon": odds((2, "astronomer"), (1, "keeper")),
}
OWNER_OF: dict[str, Owner] = {
    one.key: one
    for one in (
        Owner("mayor", "the mayor", "tea room"),
        Owner("widow", "the widow Lindqvist", "mill"),
        Owner("bishop", "the bishop", "chapel"),
        Owner("twin", "the older of the twins", "orchard"),
        Owner("master", "the station master", "station"),
        Owner("captain", "the captain", "harbour"),
        Owner("conductor", "the conductor", "last"),
        Owner("countess", "the countess", "dining"),
        Owner("sorter", "the letter sorter", "mail"),
        Owner("astronomer", "the astronomer", "telescope"),
        Owner("keeper", "the keeper of the dome", "dome"),
    )
}

WEATHERS: dict[str, str] = {
    "sun": "the sunshine",
    "fog": "the fog",
    "rain": "the rain",
    "snow": "the snow",
    "wind": "the wind",
}
FIRST_WEATHERS: Table[str] = odds((3, "sun"), (2, "fog"), (2, "rain"), (2, "snow"), (1, "wind"))
WEATHER_TURNS: dict[str, Table[str]] = {
    "sun": odds((5, "sun"), (1, "wind"), (1, "rain"), (1, "fog")),
    "fog": odds((4, "fog"), (2, "sun"), (1, "rain")),
    "rain": odds((5, "rain"), (2, "sun"), (1, "fog"), (1, "wind")),
    "snow": odds((6, "snow"), (1, "fog"), (1, "wind")),
    "wind": odds((3, "wind"), (2, "rain"), (1, "sun"), (1, "snow")),
}
