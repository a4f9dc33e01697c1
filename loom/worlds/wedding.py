"""The wedding: a toast that goes wrong, and the several ways back to the dance.

It ends like the errand, or, when nobody laughs, breaks off and becomes one.
"""

from loom.worlds.beat import ENDING, LAST, PARAGRAPH, PERHAPS_PARAGRAPH, SECTION, Beat
from loom.worlds.law import even, odds

WEDDING: dict[str, Beat] = {
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
            "{spouse}, you are marrying the only {trade} in Quill, so never quarrel before "
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
    "cheer": Beat(even("Everybody drank, and somebody cried into the cake."), even("dance")),
    "but": Beat(even("But there is something you should know about the {groom}."), even("accuse")),
    "accuse": Beat(even("You are a murderer, {hero}."), even("still"), mood="dark"),
    "still": Beat(
        even(
            "The room went still. A spoon fell.",
            "Nobody moved.",
            "One could hear the candles.",
        ),
        odds((4, "laugh"), (3, "knife"), (1, "morning after")),
        lead=PERHAPS_PARAGRAPH,
    ),
    "laugh": Beat(
        even(
            "Then {hero} laughed, and so did everyone.",
            "{spouse} laughed first, and the tables followed.",
        ),
        even("joke"),
        mood="merry",
    ),
    "knife": Beat(
        even(
            "{hero} put down the knife, slowly, and looked at the door.",
            "{hero} turned as white as the tablecloth.",
            "{spouse} looked at {hero}, and {hero} looked at the soup.",
        ),
        odds((3, "sigh"), (2, "walk out"), (1, "morning after")),
    ),
    "sigh": Beat(
        even('"Every year," sighed {hero}, and the whole room laughed.'),
        even("joke"),
        mood="merry",
    ),
    "joke": Beat(
        even("It was the old joke, told the same way every year: {crime}."),
        odds((2, "dance"), (1, "wish")),
    ),
    "walk out": Beat(
        even("{spouse} stood up and walked out into {weather}."),
        odds((1, "cake"), (1, "morning after")),
    ),
    "cake": Beat(even("Nobody finished the cake.", "The band put down their fiddles."), ENDING),
    "morning after": Beat(
        even(
            "{place} was quiet that morning, and somebody had already swept up the rice.",
            "Nobody spoke of it the next day, least of all {at_place}.",
        ),
        even("found by trade"),
        lead=SECTION,
        change="dawn",
        mood="uneasy",
    ),
    "dance": Beat(
        even("Soon the band was playing, and [the chairs|the grandmothers|both aunts] danced."),
        even("presents"),
        lead=PERHAPS_PARAGRAPH,
    ),
    "presents": Beat(
        even(
            "Among the presents was {a_thing}, from {owner}.",
            "The best of the presents was {a_thing}, and it came from {owner}.",
        ),
        odds((1, "present does"), (2, "guest")),
    ),
    "present does": Beat(even("{the_thing} <does.thing>."), even("guest")),
    "guest": Beat(
        even("{a_companion}, whom nobody had invited, [stayed to the end|caught the bouquet]."),
        odds((1, "guest does"), (1, "going home")),
    ),
    "guest does": Beat(even("{the_companion} <act.companion>."), even("going home")),
    "going home": Beat(
        even(
            "{hero} and {spouse} went home through {weather}, carrying {the_thing} between them.",
            "At midnight {hero} and {spouse} danced one more time, with {the_companion} for a "
            "third.",
        ),
        odds((1, "tail"), (1, "praise"), (1, LAST)),
    ),
}
