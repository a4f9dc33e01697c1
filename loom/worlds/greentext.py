"""A conversation in greentext lines, from which anon may leave.

Every line is one step: from each beat anon leaves with a probability of its own (`P_LEAVE`), so the
hazard of leaving is known line by line.
"""

from loom.worlds.beat import NEW_LINE, Beat
from loom.worlds.law import Table, even, odds

P_LEAVE = {"it talks": 0.05, "anon talks": 0.08, "mfw": 0.15, "odd": 0.25}


def _on(beat: str, *rows: tuple[float, str]) -> Table[str]:
    """The roads from one line: to leave, or on to the others by their odds."""
    left = P_LEAVE[beat]
    total = sum(weight for weight, _ in rows)
    return odds((left, "leave"), *(((1 - left) * weight / total, name) for weight, name in rows))


GREENTEXT: dict[str, Beat] = {
    "be me": Beat(even("> be me"), even("be trade")),
    "be trade": Beat(
        even("> {trade}", "> {trade} {in_town}", "> {trade}, third generation"),
        odds((2, "quiet"), (3, "visit")),
        lead=NEW_LINE,
    ),
    "quiet": Beat(
        even("> quiet evening, {weather} outside", "> alone with {a_thing}", "> tea"),
        even("visit"),
        lead=NEW_LINE,
    ),
    "visit": Beat(
        even("> {a_companion} at the door", "> {a_companion} sits down at my table"),
        odds((3, "it talks"), (1, "odd"), (1, "anon talks")),
        lead=NEW_LINE,
    ),
    "it talks": Beat(
        even(
            '> "you are late", says {the_companion}',
            '> "we have met", says {the_companion}',
            "> {the_companion} tells me about [the lake|the war|its mother]",
            "> {the_companion} asks if I have seen {owner}",
            '> "nice {trade} things you have here"',
            "> {the_companion} <act.companion>",
        ),
        _on("it talks", (5, "anon talks"), (2, "mfw"), (1, "odd"), (2, "it talks")),
        lead=NEW_LINE,
    ),
    "anon talks": Beat(
        even(
            '> "I am only a {trade}"',
            '> "do you want some tea"',
            "> say something about {weather}",
            "> show it {a_thing}",
            '> "who sent you"',
        ),
        _on("anon talks", (6, "it talks"), (1, "mfw"), (1, "odd")),
        lead=NEW_LINE,
    ),
    "mfw": Beat(
        even("> mfw", "> mfw it is right", "> mfw no answer", "> my face"),
        _on("mfw", (4, "it talks"), (2, "anon talks"), (1, "odd")),
        lead=NEW_LINE,
    ),
    "odd": Beat(
        even(
            "> there is a second one behind it",
            "> it knows my name",
            "> the clock has stopped, for manners",
            "> {the_thing} starts to hum",
        ),
        _on("odd", (3, "mfw"), (2, "it talks"), (2, "odd")),
        lead=NEW_LINE,
    ),
    "leave": Beat(
        even(
            "> leave",
            "> remember that I have to be somewhere",
            "> out through the window",
            '> "brb", never come back',
        ),
        odds((2, "outside"), (1, "stop")),
        lead=NEW_LINE,
    ),
    "outside": Beat(
        even(
            "> {weather}",
            "> best night of my life",
            "> {the_companion} is already out here",
            "> still a {trade}",
        ),
        even("stop"),
        lead=NEW_LINE,
    ),
}
