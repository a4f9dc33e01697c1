"""The errand: something is left at a door, and it has to be taken to someone before supper.

Four roads through trouble part after `together` and meet again at `relief`.
"""

from loom.worlds.beat import ENDING, LAST, PERHAPS_PARAGRAPH, SECTION, Beat
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
        odds(
            (1, "Everyone in Quill knew {hero} the {trade}, who {habit}."),
            (1, "There was once a {trade} in Quill called {hero}, who {habit}."),
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
        odds((1, "omen"), (2, "set out")),
    ),
    "omen": Beat(even("{the_thing} <does.thing>."), even("set out")),
}

_ROADS: dict[str, Beat] = {
    "set out": Beat(
        odds(
            (2, "So {he} put {the_thing} under {his} arm and [set out|made] for {place}."),
            (
                1,
                "{hero} [finished {his} tea|found {his} other shoe|told the stove to behave], took "
                "{the_thing} and went down to {place}.",
            ),
        ),
        odds((3, "view"), (2, "sky"), (3, "meet")),
        change="roam",
    ),
    "view": Beat(even("<view.place>"), odds((1, "sky"), (1, "stroll"), (6, "meet"))),
    "sky": Beat(even("<sky.weather>"), odds((1, "stroll"), (3, "meet")), change="weather"),
    "stroll": Beat(
        even("From there the road [went|led|ran] to {place}."), even("meet"), change="roam"
    ),
    "meet": Beat(
        odds(
            (2, "{at_place} {he} met {a_companion}."),
            (1, "And there, {at_place}, [stood|waited] {a_companion}."),
            (1, "That was when {he} saw {a_companion}."),
        ),
        odds((3, "speech"), (2, "act"), (2, "together")),
        lead=PERHAPS_PARAGRAPH,
    ),
    "speech": Beat(even("<speech.companion>"), even("together")),
    "act": Beat(even("{the_companion} <act.companion>."), odds((1, "speech"), (4, "together"))),
    "together": Beat(
        odds(
            (2, "They went on together, {hero} and {the_companion}, towards {place}."),
            (
                1,
                "So now there were two of them, and {the_thing}, on the road to {place}.",
            ),
            (1, "Without another word they took the road to {place}."),
        ),
        odds((3, "lost"), (3, "astray"), (3, "quarrel"), (3, "dusk"), (5, "arrive")),
        change="roam",
    ),
}

_TROUBLES: dict[str, Beat] = {
    "lost": Beat(
        even(
            "[Halfway there|At the first corner] {the_thing} slipped out of {his} hands and was "
            "gone.",
            "Then {hero} noticed that {his} hands were empty, and that {the_thing} was not in "
            "them.",
        ),
        even("search"),
        lead=PERHAPS_PARAGRAPH,
        mood="uneasy",
    ),
    "search": Beat(
        even(
            "For a while {he} only looked at the place where it had been.",
            "{hero} looked under {his} hat, where it was not.",
        ),
        odds((4, "find"), (1, "later")),
    ),
    "find": Beat(
        even(
            "{the_companion} <act.companion>, and came back with {the_thing}.",
            "It was {the_companion} who found it, [under a bench|behind a barrel|in a cabbage], "
            "and did not say how.",
        ),
        even("relief"),
        mood="merry",
    ),
    "astray": Beat(
        even("At the second corner they took the wrong road and came out {at_place}."),
        odds((1, "strange"), (1, "way back")),
        lead=PERHAPS_PARAGRAPH,
        change="roam",
        mood="uneasy",
    ),
    "strange": Beat(
        odds(
            (2, "<view.place>"),
            (1, "Nothing {at_place} was where {hero} remembered it."),
        ),
        odds((4, "way back"), (1, "later")),
    ),
    "way back": Beat(
        even(
            "{the_companion} pretended to have meant it all along, and led the way.",
            "They asked a lamp post, and {the_companion} understood the answer.",
        ),
        even("relief"),
        mood="merry",
    ),
    "quarrel": Beat(
        even(
            "They quarrelled about [the colour of Tuesday|who had been humming|soup].",
            "Then they quarrelled, as friends do, about nothing at all.",
        ),
        odds((2, "silence"), (1, "mend")),
        lead=PERHAPS_PARAGRAPH,
        mood="uneasy",
    ),
    "silence": Beat(
        even(
            "For a hundred steps nobody said a word.",
            "{hero} walked in front and {the_companion} walked behind, and it was a long road in "
            "between.",
        ),
        odds((4, "mend"), (1, "later")),
    ),
    "mend": Beat(
        even(
            "Then {the_companion} <act.companion>, and {hero} laughed, and that was the end of it.",
            '"I am sorry," said {hero} to {the_thing}, and {the_companion} heard it too.',
        ),
        even("relief"),
        mood="merry",
    ),
    "dusk": Beat(
        even(
            "Then the lamps {at_place} went out, one after another.",
            "Then, {at_place}, a door closed that had not been there before.",
        ),
        even("shadow"),
        lead=PERHAPS_PARAGRAPH,
        mood="dark",
    ),
    "shadow": Beat(
        even(
            "Something was walking behind them, and it had the step of {hero}.",
            "Nobody in Quill talks about what {hero} saw then, and {hero} least of all.",
        ),
        odds((1, "voice"), (2, "daylight"), (1, "later")),
    ),
    "voice": Beat(
        even(
            '"Give me {the_thing}," it said.',
            "It knew both their names, and said them in the wrong order.",
        ),
        odds((2, "daylight"), (2, "flight"), (1, "later")),
    ),
    "daylight": Beat(
        even(
            "Then {the_companion} <act.companion>, and it was only an evening again.",
            "But {the_companion} was not afraid, and what nobody fears does not stay.",
        ),
        even("relief"),
        mood="uneasy",
    ),
    "flight": Beat(
        even("They ran, and did not [stop|look back] until they came to {place}."),
        even("relief"),
        change="roam",
    ),
    "later": Beat(
        even(
            "By evening they were {at_place}, as if nothing had happened.",
            "An hour later they were {at_place}, and {the_thing} was with them, and nobody asked.",
        ),
        odds((1, "late sky"), (2, "arrive")),
        lead=SECTION,
        change="dawn",
        mood="merry",
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
    "late sky": Beat(even("<sky.weather>"), even("arrive"), change="weather"),
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
    "use": Beat(even("{owner} <use.thing>."), odds((1, "reward"), (3, "home"))),
    "kept": Beat(
        even('"Keep it," said {owner}, "I only wanted to see who would come."'),
        odds((1, "reward"), (2, "home")),
    ),
    "reward": Beat(
        even("{the_companion} was given [the last bun|the best chair|a medal made of cheese]."),
        even("home"),
    ),
    "home": Beat(
        even("{hero} went home through {weather} and {homecoming}."),
        odds((1, "tail"), (1, "praise"), (2, LAST)),
        lead=PERHAPS_PARAGRAPH,
    ),
    "tail": Beat(
        even("{the_companion} followed a little way behind, pretending not to."),
        ENDING,
    ),
    "praise": Beat(even("<praise.mood>"), even(LAST)),
    LAST: Beat(even("The end."), even(LAST), lead=PERHAPS_PARAGRAPH),
}

ERRAND: dict[str, Beat] = {**_OPENINGS, **_ROADS, **_TROUBLES, **_HOMECOMINGS}
