"""Two places where roads end up: the feast, which is hard to leave, and the hum, which nobody does.

The feast is four beats that lead to one another; each sentence leaves it with probability 1/20.
The hum has no road out at all: a document can only end in it, with probability 1/25 a sentence.
"""

from loom.worlds.beat import PERHAPS_PARAGRAPH, Beat
from loom.worlds.law import Table, even, odds

P_LEAVE = 0.05
P_SILENCE = 0.04


def _round(*rows: tuple[float, str]) -> Table[str]:
    """The roads from one part of the feast: mostly to the others."""
    total = sum(weight for weight, _ in rows)
    return odds(
        *(((1 - P_LEAVE) * weight / total, name) for weight, name in rows),
        (P_LEAVE * 0.90, "going home"),
        (P_LEAVE * 0.06, "first hum"),
        (P_LEAVE * 0.04, "new day"),
    )


_FEAST: dict[str, Beat] = {
    "band": Beat(
        even(
            "Soon the band was playing, and [the chairs|the grandmothers|both aunts] danced.",
            "Then somebody found a fiddle, and somebody else found a floor.",
            "By then there was music [{at_place}|in the air|under the trees], and nobody had "
            "asked for it.",
            "The band knew [four|five] tunes, and played them in every order.",
        ),
        _round((1, "dance"), (1, "supper"), (1, "gossip"), (1, "children")),
        lead=PERHAPS_PARAGRAPH,
        sets=(("mood", "merry"),),
    ),
    "dance": Beat(
        even(
            "{hero} danced with {owner}, and then with a coat.",
            "They danced [a polka|a waltz|something slow], and the lamps swung with it.",
            "{hero} danced until both shoes were somebody else's.",
            "The band played the one about [the miller's hat|the drowned cow|the two Annas] again.",
            "{owner} danced alone, [with dignity|with a chair|like a windmill].",
            "{a_companion} was asked for the next dance, and accepted.",
            "The fiddler broke a string and went on without it.",
            "{hero} led a long line of dancers out by one door and in by another.",
            "The floor gave a little, as it does every year, and nobody stopped.",
            "{owner} and {hero} turned so fast that their hats stayed where they were.",
            "Somebody's grandmother asked for something faster, and got it.",
            "The [drum|bassoon|tuba] fell asleep, and was carried once round the floor.",
        ),
        _round((2, "supper"), (3, "gossip"), (2, "children")),
    ),
    "supper": Beat(
        even(
            "There was [soup|plum cake|cold goose] again, and [nobody|no one] was sorry.",
            "{owner} ate three helpings and blamed a fourth.",
            "Somebody had put {a_thing} among the puddings.",
            "The wine was passed from left to right, and came back from below.",
            "{hero} cut the [cheese|cake|bread] so thin that one could read through it.",
            "A dumpling rolled off the table and was not seen again.",
            "Somebody had baked {town} in gingerbread, and the roofs went first.",
            "{hero} asked for the salt, and was told its whole history.",
            "The last sausage was put to the vote.",
            "A cheese was carried in, and everybody stood up.",
            "In the soup there was a spoon that belonged to nobody.",
        ),
        _round((3, "dance"), (2, "gossip"), (1, "children")),
    ),
    "gossip": Beat(
        even(
            "Somebody told the story of the ladder, and somebody else told how it really was.",
            '"I never liked that [hat|song|bishop]," said {owner}, and was quoted all evening.',
            "They talked about {weather}, and agreed that there had been more of it once.",
            "{a_companion} had come in, and was given a chair.",
            "An aunt said that {hero} had not always been {a_trade}, and left it there.",
            "Two cousins made up, fell out, and made up again.",
            "{owner} knew for certain what nobody could know, and told it [twice|softly|loudly].",
            "It was said that the [moon|bishop|miller] owed everybody money.",
            "Somebody asked what the feast was for, and nobody could say.",
            "{hero} was asked about {weather}, and took the blame for it.",
            "Three neighbours agreed, which had not happened before.",
        ),
        _round((3, "dance"), (2, "supper"), (1, "children")),
    ),
    "children": Beat(
        even(
            "Under the table the children were [founding a country|holding a trial|asleep].",
            "A child asked {hero} where the music goes when it stops.",
            "The children had tied {owner} to a chair, with great politeness.",
            "Somebody's youngest had eaten [the candles|the roses|a button], and felt fine.",
            "The children [buried|crowned|baptised] a turnip, and {hero} had to give a speech.",
            "A very small girl had {owner}'s left shoe, and wanted a ransom.",
            "Two of the children were married and divorced again before the cake.",
            "Somebody small had drawn {hero} on the tablecloth, from memory.",
            "The children asked the dog to judge, and he took his time.",
            "Under the table a war ended, for want of crumbs.",
        ),
        _round((3, "dance"), (2, "supper"), (2, "gossip")),
    ),
    "going home": Beat(
        even(
            "At last {hero} went home through {weather}, with the tune still in one ear.",
            "[Towards morning|A little before four] the last lamp said good night to {hero}.",
        ),
        odds((1, "praise"), (2, "the end")),
        lead=PERHAPS_PARAGRAPH,
    ),
}

_HUM_ON: Table[str] = odds((0.384, "hum"), (0.384, "hush"), (0.192, "all hum"), (P_SILENCE, "stop"))

_HUM: dict[str, Beat] = {
    "first hum": Beat(
        even("It began as a hum, [under the floor|behind the wall|in the teacups]."),
        _HUM_ON,
        lead=PERHAPS_PARAGRAPH,
        forgets=("hero", "spouse", "companion", "thing", "owner", "place", "weather", "mood"),
    ),
    "hum": Beat(
        even(
            "It hummed.",
            "And the [spoons|windows|stars] hummed with it.",
            "It was one note, and everything was in it.",
        ),
        _HUM_ON,
    ),
    "hush": Beat(
        even(
            "Nothing was missing.",
            "There was no one left to ask, and no question.",
            "All of it was [kind|warm|near].",
        ),
        _HUM_ON,
    ),
    "all hum": Beat(
        even(
            "And all {in_town} hummed, and {town} was the hum.",
            "You are humming too, said nobody, humming.",
        ),
        _HUM_ON,
    ),
}

FEAST: dict[str, Beat] = {**_FEAST, **_HUM}
