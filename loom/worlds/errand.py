"""The errand: something is left at a door, and it has to be taken to someone before supper.

Roads part at `meet` and at `together`; `troubles.py` has what happens between, and they meet again
at `relief` and at `arrive`.
"""

from loom.worlds.beat import PERHAPS_PARAGRAPH, Beat
from loom.worlds.law import even, odds

_OPENINGS: dict[str, Beat] = {
    "morning": Beat(
        odds(
            (
                3,
                "One morning in [March|April|October|November], {hero} the {trade} opened the door "
                "and found {a_thing}.",
            ),
            (1, "{hero} the {trade} woke one [Monday|Thursday] with {a_thing} under the pillow."),
        ),
        even("label"),
    ),
    "habit": Beat(
        even(
            "[Everyone|Everybody] {in_town} knew {hero} the {trade}, who {habit}.",
            "There was once a {trade} {in_town} called {hero}, who {habit}.",
        ),
        even("found"),
    ),
    "spell": Beat(even("<spell.weather>"), even("found by trade")),
    "found": Beat(
        even(
            "One [morning|evening] {he} opened the door and found {a_thing}.",
            "One [morning|evening] {he} fell over {a_thing}.",
        ),
        even("label"),
    ),
    "found by trade": Beat(
        even(
            "One [morning|evening] {hero} the {trade} opened the door and found {a_thing}.",
            "One [morning|evening] {hero} the {trade} fell over {a_thing}.",
        ),
        even("label"),
    ),
    "label": Beat(
        even(
            "A label on it said: for {owner}, before supper.",
            "It belonged, as everyone knew, to {owner}.",
            "Beside it lay a note, and the note said: take me to {owner}.",
        ),
        odds((2, "omen"), (4, "set out")),
    ),
    "omen": Beat(even("{the_thing} <does.thing>."), odds((40, "set out"), (1, "first hum"))),
}

_ROADS: dict[str, Beat] = {
    "set out": Beat(
        odds(
            (
                2,
                "So {he} [put|tucked] {the_thing} under {his} arm and [set out|made|started] for "
                "{place}.",
            ),
            (
                1,
                "{hero} [finished {his} tea|found {his} other shoe|told the stove to behave], took "
                "{the_thing} and went down to {place}.",
            ),
        ),
        odds((3, "view"), (2, "sky"), (1, "players"), (1, "chess"), (3, "meet")),
        turns=("place",),
    ),
    "view": Beat(even("<view.place>"), odds((1, "sky"), (1, "stroll"), (6, "meet"))),
    "sky": Beat(even("<sky.weather>"), odds((1, "stroll"), (3, "meet")), turns=("weather",)),
    "stroll": Beat(
        even(
            "From there the road [went|led|ran] to {place}.",
            "{hero} took the long way, past the pump and the sleeping horse, to {place}.",
            "{hero} took the short way to {place}.",
        ),
        even("meet"),
        turns=("place",),
    ),
    "players": Beat(
        even("A company of [actors|players] had put up a stage {at_place}."), even("lights down")
    ),
    "lights down": Beat(
        even("Then the lamps {at_place} went out, one after another."), even("curtain")
    ),
    "curtain": Beat(
        even(
            "The curtain rose on a play about [a king|a bishop|a cow], and everybody clapped.",
            "Somebody on the stage said good evening, and {hero} said it back.",
        ),
        even("meet"),
    ),
    "chess": Beat(
        even("Two old ladies were playing chess {at_place}, for a cream bun."),
        even("chess hush"),
    ),
    "chess hush": Beat(even("Nobody moved."), even("chess end")),
    "chess end": Beat(
        even(
            "Then one of them took a pawn, and the other took the bun.",
            '"It has been my turn since April," said one of them, and smiled.',
        ),
        even("meet"),
    ),
    "meet": Beat(
        odds(
            (2, "{at_place} {he} met {a_companion}."),
            (1, "And there, {at_place}, [stood|waited] {a_companion}."),
            (1, "That was when {he} saw {a_companion}."),
        ),
        odds((3, "speech"), (2, "act"), (1, "guess"), (2, "together")),
        lead=PERHAPS_PARAGRAPH,
    ),
    "speech": Beat(even("<speech.companion>"), even("together")),
    "act": Beat(even("{the_companion} <act.companion>."), odds((1, "speech"), (4, "together"))),
    "guess": Beat(
        even("{hero} thought of a number between 0 and 100, and it was <number>."),
        even("together"),
    ),
    "together": Beat(
        odds(
            (2, "They went on together, {hero} and {the_companion}, towards {place}."),
            (1, "So now there were two of them, and {the_thing}, on the road to {place}."),
            (1, "Without another word they took the road to {place}."),
        ),
        odds((3, "lost thing"), (3, "astray"), (3, "quarrel"), (3, "dusk"), (5, "arrive")),
        turns=("place",),
    ),
}

_HOMECOMINGS: dict[str, Beat] = {
    "relief": Beat(
        even(
            "{the_thing} was none the worse for it.",
            "{hero} held {the_thing} a little tighter after that.",
            "And {the_thing} <does.thing>.",
        ),
        odds((1, "late sky"), (6, "arrive")),
    ),
    "late sky": Beat(even("<sky.weather>"), even("arrive"), turns=("weather",)),
    "arrive": Beat(
        even("<arrival.home>"),
        odds((3, "hand over"), (1, "kept")),
        lead=PERHAPS_PARAGRAPH,
    ),
    "hand over": Beat(
        even(
            '"There you are," said {owner}, and it was not clear to whom.',
            '"You have brought it," said {owner}, and took {the_thing} in both hands.',
            "{hero} gave {the_thing} away, and it felt like giving away a Sunday.",
        ),
        even("use"),
    ),
    "use": Beat(even("{owner} <use.thing>."), odds((2, "reward"), (5, "home"), (1, "band"))),
    "kept": Beat(
        even('"Keep it," said {owner}, "I only wanted to see who would come."'),
        odds((2, "reward"), (5, "home"), (1, "band")),
    ),
    "reward": Beat(
        even("{the_companion} was given [the last bun|the best chair|a medal made of cheese]."),
        odds((5, "home"), (1, "band")),
    ),
    "home": Beat(
        even("{hero} went home through {weather} and {homecoming}."),
        odds((1, "tail"), (1, "praise"), (2, "the end")),
        lead=PERHAPS_PARAGRAPH,
    ),
    "tail": Beat(
        even("{the_companion} followed a little way behind, pretending not to."),
        odds((2, "praise"), (1, "the end")),
    ),
    "praise": Beat(even("<praise.mood>"), even("the end")),
}

ERRAND: dict[str, Beat] = {**_OPENINGS, **_ROADS, **_HOMECOMINGS}
