"""The wedding: a toast that can be pushed into the dark, and finds its way back.

Once the toast has gone wrong the party is in one of three moods (`dark`, `tense`, `break`), and
each sentence is one step of a Markov chain with the odds of `UNREST`; the rest of each row returns
by `laugh`. So the time until everybody laughs again is known: from the dark 6.07 sentences on
average.
"""

from loom.worlds.beat import PARAGRAPH, SECTION, Beat
from loom.worlds.law import Table, even, odds

UNREST: dict[str, Table[str]] = {
    "dark": odds((55, "dark"), (35, "tense"), (2, "break"), (8, "laugh")),
    "tense": odds((25, "dark"), (45, "tense"), (2, "break"), (28, "laugh")),
    "break": odds((20, "dark"), (20, "tense"), (20, "break"), (40, "laugh")),
}

_TOAST: dict[str, Beat] = {
    "wedding": Beat(
        even(
            "The wedding of {hero} and {spouse} was held {at_place}, in {weather}.",
            "The wedding of {hero} the {trade} and {spouse} was held {at_place}, and everyone who "
            "owned a hat came in it.",
        ),
        odds((1, "wedding view"), (2, "glass")),
    ),
    "wedding view": Beat(even("<view.place>", "<sky.weather>"), even("glass")),
    "glass": Beat(
        even("When the soup was gone, {owner} stood up and tapped a glass."), even("toast")
    ),
    "toast": Beat(even("Friends, raise your glasses."), even("known"), lead=PARAGRAPH),
    "known": Beat(
        odds(
            (
                2,
                "I have known {hero} since the winter the lake froze, and {he} has never once let "
                "me win at cards.",
            ),
            (1, "I have known {hero} since {he} was as tall as this table and half as steady."),
        ),
        odds((1, "advice"), (2, "but"), (1, "wish")),
    ),
    "advice": Beat(
        even(
            "When {spouse} said yes, {he} walked into a door, and then into the lake.",
            "{he} once gave me {his} last potato, and has mentioned it every day since.",
            "{spouse}, you are marrying the only {trade} {in_town}, so never quarrel before "
            "breakfast.",
        ),
        odds((2, "but"), (1, "wish")),
    ),
    "wish": Beat(
        even(
            "May your soup be hot and your neighbours deaf.",
            "May your roof leak only over the guests.",
            "May you always quarrel about the same thing, so that it gets easier.",
        ),
        even("cheer"),
    ),
    "cheer": Beat(even("Everybody drank, and somebody cried into the cake."), even("band")),
    "but": Beat(even("But there is something you should know about the {groom}."), even("accuse")),
    "accuse": Beat(even("You are a murderer, {hero}."), UNREST["dark"], sets=(("mood", "dark"),)),
}

_UNREST: dict[str, Beat] = {
    "dark": Beat(
        even(
            "The room went still. A spoon fell.",
            "Nobody moved.",
            "{hero} put down the knife, slowly, and looked at the door.",
            "The candles leaned away from {hero}.",
            "Somewhere under the floor something [turned over|knocked twice].",
            "{spouse} looked at {hero}'s hands, and went on looking.",
            "The cake had been cut already, and nobody had cut it.",
            "In the mirror there was one guest too many.",
            '"It was dark," said {hero}, "and there was so much of it."',
            "The bell rang, though [nobody|no one] was near the rope.",
            "A door opened by itself, and what came in was [cold|quiet|nobody].",
            "{spouse} took one step back, and then another.",
            "On the wall the shadow of {hero} was slow to follow.",
        ),
        UNREST["dark"],
        sets=(("mood", "dark"),),
    ),
    "tense": Beat(
        even(
            "{hero} turned as white as the tablecloth.",
            "One could hear the candles.",
            "Somebody [coughed|sneezed], and was sorry at once.",
            "{spouse} looked at {hero}, and {hero} looked at the soup.",
            "The band put down their fiddles, one by one.",
            '"Well," said {owner}, and then said nothing else.',
            "A chair scraped. Nobody admitted to it.",
            "Two aunts began to count the forks.",
            "{hero} smiled, and nobody smiled back.",
            "Somebody laughed in the wrong place, and stopped.",
        ),
        UNREST["tense"],
    ),
    "break": Beat(
        even(
            "Out in {weather} {hero} stood alone for a while.",
            "{spouse} had walked out into {weather}, and come back.",
            "An hour later the same people sat at the same table.",
        ),
        UNREST["break"],
        lead=SECTION,
    ),
    "laugh": Beat(
        even(
            "Then {hero} laughed, and so did everyone.",
            "{spouse} laughed first, and the tables followed.",
            '"Every year," sighed {hero}, and the whole room laughed.',
        ),
        odds((4, "joke"), (1, "band")),
        sets=(("mood", "merry"),),
    ),
    "joke": Beat(
        even("It was the old joke, told the same way [every|each] year: {crime}."),
        odds((2, "band"), (1, "wish")),
    ),
}

WEDDING: dict[str, Beat] = {**_TOAST, **_UNREST}
