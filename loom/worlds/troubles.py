"""What goes wrong on the way, and how it ends: four roads that part at `together`.

`dusk` says the same sentence as `lights down` of the errand, and what follows is not the same.
"""

from loom.worlds.beat import PERHAPS_PARAGRAPH, SECTION, Beat
from loom.worlds.law import even, odds

MERRY, UNEASY = (("mood", "merry"),), (("mood", "uneasy"),)
DARK, SAD = (("mood", "dark"),), (("mood", "sad"),)

_BRIGHT: dict[str, Beat] = {
    "lost thing": Beat(
        even(
            "[Halfway there|At the first corner] {the_thing} slipped out of {his} hands and was "
            "gone.",
            "Then {hero} noticed that {his} hands were empty, and that {the_thing} was not in "
            "them.",
        ),
        even("search"),
        lead=PERHAPS_PARAGRAPH,
        sets=UNEASY,
    ),
    "search": Beat(
        even(
            "For a while {he} only looked at the place where it had been.",
            "{hero} looked under {his} hat, where it was not.",
        ),
        odds((8, "find"), (1, "later"), (1, "gone")),
    ),
    "find": Beat(
        even(
            "{the_companion} <act.companion>, and came back with {the_thing}.",
            "It was {the_companion} who found it, [under a bench|behind a barrel|in a cabbage], "
            "and did not say how.",
        ),
        even("relief"),
        sets=MERRY,
    ),
    "gone": Beat(
        even(
            "It was never found, not by {hero} and not by anyone.",
            "They looked until the lamps were lit, and then they stopped looking.",
        ),
        even("excuse"),
        sets=SAD,
    ),
    "excuse": Beat(
        even(
            '"It does not matter," said {owner}, and it did.',
            "{owner} had laid the table for it, and cleared the table again.",
        ),
        even("home"),
        lead=PERHAPS_PARAGRAPH,
    ),
    "astray": Beat(
        even("At the second corner they took the wrong road and came out {at_place}."),
        odds((3, "strange"), (3, "way back"), (1, "nod off")),
        lead=PERHAPS_PARAGRAPH,
        turns=("place",),
        sets=UNEASY,
    ),
    "strange": Beat(
        odds((2, "<view.place>"), (1, "Nothing {at_place} was where {hero} remembered it.")),
        odds((4, "way back"), (1, "later")),
    ),
    "way back": Beat(
        even(
            "{the_companion} pretended to have meant it all along, and led the way.",
            "They asked a lamp post, and {the_companion} understood the answer.",
        ),
        even("relief"),
        sets=MERRY,
    ),
    "nod off": Beat(
        even(
            "They sat down on a step, only for a moment, and slept.",
            "{hero} leaned against {the_companion}, and then it was night.",
        ),
        even("new day"),
    ),
    "quarrel": Beat(
        even(
            "They quarrelled about [the colour of Tuesday|who had been humming|soup].",
            "Then they quarrelled, as friends do, about nothing at all.",
        ),
        odds((2, "silence"), (1, "mend")),
        lead=PERHAPS_PARAGRAPH,
        sets=UNEASY,
    ),
    "silence": Beat(
        even(
            "For a hundred steps nobody said a word.",
            "{hero} walked in front and {the_companion} walked behind, and it was a long road in "
            "between.",
        ),
        odds((8, "mend"), (1, "later")),
    ),
    "mend": Beat(
        even(
            "Then {the_companion} <act.companion>, and {hero} laughed, and that was the end of it.",
            '"I am sorry," said {hero} to {the_thing}, and {the_companion} heard it too.',
        ),
        even("relief"),
        sets=MERRY,
    ),
}

_DARK: dict[str, Beat] = {
    "dusk": Beat(
        odds(
            (2, "Then the lamps {at_place} went out, one after another."),
            (1, "Then, {at_place}, a door closed that had not been there before."),
        ),
        even("shadow"),
        lead=PERHAPS_PARAGRAPH,
        sets=DARK,
    ),
    "shadow": Beat(
        even(
            "Something was walking behind them, and it had the step of {hero}.",
            "Nobody {in_town} talks about what {hero} saw then, and {hero} least of all.",
        ),
        odds((3, "voice"), (6, "daylight"), (1, "later")),
    ),
    "voice": Beat(
        even(
            '"Give me {the_thing}," it said.',
            "It knew both their names, and said them in the wrong order.",
        ),
        odds((4, "daylight"), (4, "flight"), (1, "later"), (1, "taken")),
    ),
    "daylight": Beat(
        even(
            "Then {the_companion} <act.companion>, and it was only an evening again.",
            "But {the_companion} was not afraid, and what nobody fears does not stay.",
        ),
        even("relief"),
        sets=UNEASY,
    ),
    "flight": Beat(
        even("They ran, and did not [stop|look back] until they came to {place}."),
        even("relief"),
        turns=("place",),
    ),
    "taken": Beat(
        even(
            "When the lamps came on again, {hero} was standing there alone.",
            "It took {the_thing}, and it took {the_companion}, and it left the hat.",
        ),
        even("praise"),
    ),
    "later": Beat(
        even(
            "By evening they were {at_place}, as if nothing had happened.",
            "An hour later they were {at_place}, and {the_thing} was with them, and nobody asked.",
        ),
        odds((1, "late sky"), (2, "arrive")),
        lead=SECTION,
        turns=("place", "weather"),
        sets=MERRY,
    ),
}

_ANEW: dict[str, Beat] = {
    # Two ways to say it that share no word: whoever reads on can not tell which night it was.
    "new day": Beat(
        even("It was Thursday.", "A new morning came up over {town}, a little late."),
        odds((2, "found by trade"), (1, "wedding")),
        lead=SECTION,
        forgets=("hero", "spouse", "companion", "thing", "owner", "place", "weather", "mood"),
    ),
}

TROUBLES: dict[str, Beat] = {**_BRIGHT, **_DARK, **_ANEW}
