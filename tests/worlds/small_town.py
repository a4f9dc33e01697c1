"""A town so small that everything it can say can be written out, and how to write it out."""

from collections.abc import Iterator

from loom.worlds.beat import END, Beat, silent
from loom.worlds.law import Table, even, odds
from loom.worlds.telling import Teller, Told
from loom.worlds.town import LOST, START, Latent, Reading, Town

ROADS = {"hill": odds((1, "lake"), (2, "hill")), "lake": even("hill")}

SMALL = Town(
    latents={
        "page": Latent({"": odds((3, "story"), (1, "chat"))}),
        "hero": Latent({"": odds((2, "Ann"), (1, "Anselm"))}),
        "thing": Latent(
            {"Ann": even("hat", "cat"), "Anselm": odds((3, "hat"), (1, "harp"))}, "hero"
        ),
        "place": Latent({"": odds((1, "hill"), (3, "lake"))}, turns=ROADS),
    },
    slots={
        "hero": Reading(("hero",), {("Ann",): "Ann", ("Anselm",): "Anselm"}),
        "thing": Reading(("thing",), {(one,): f"a {one}" for one in ("hat", "cat", "harp")}),
        "place": Reading(("place",), {(one,): f"the {one}" for one in ROADS}),
    },
    keys={
        "place": Reading(("place",), {(one,): one for one in ROADS}),
        "thing": Reading(("thing",), {(one,): one for one in ("hat", "cat", "harp")}),
    },
    rules={
        "view.hill": even("One saw far.", "It was [green|wet]."),
        "view.lake": even("It was wet."),
        "end.hat": even("put it on"),
        "end.cat": even("let it sleep", "put it on the chair"),
        "end.harp": even("put it on the chair"),
    },
    beats={
        START: silent(odds((3, "page story"), (1, "page chat")), opens=True),
        "page story": silent(
            odds((2, "found"), (1, "view"), (1, "dull")), sets=(("page", "story"),), opens=True
        ),
        "page chat": silent(even("ask"), sets=(("page", "chat"),), opens=True),
        "ask": Beat(even("<|im_start|>user\nWho [is|was] there?"), even("answer")),
        "answer": silent(even("found"), "<|im_end|>\n<|im_start|>assistant\n", opens=True),
        "found": Beat(
            even("{hero} found {thing}.", "[once|then] {hero} found {thing}."),
            odds((1, "walk"), (1, "lull"), (1, "last")),
        ),
        "walk": Beat(
            odds((2, "so {hero} went to {place}."), (1, "{hero} ran to {place}.")),
            even("view", "last"),
            turns=("place",),
        ),
        "view": Beat(even("<view.place>"), even("last"), lead=odds((2, " "), (1, "\n\n"))),
        # The same words twice, with two different stories behind them.
        "lull": Beat(even("Nobody moved."), even("walk")),
        "dull": Beat(even("Nobody moved."), odds((1, "anew"), (1, "last"))),
        "anew": silent(
            even("found"), "\n\n***\n\n", forgets=("hero", "thing", "place"), opens=True
        ),
        "last": Beat(even("{hero} <end.thing>."), {"story": even(END), "chat": even("over")}),
        "over": silent(even(END), "<|im_end|>"),
        LOST: silent(odds((8, "found"), (1, "view"), (1, "last"))),
    },
)


class AllDraws:
    """Goes through every sequence of draws, one document after another, and keeps its odds."""

    def __init__(self) -> None:
        self._choices: list[list[int]] = []
        self._n_drawn = 0
        self.probability = 1.0

    def draw(self, table: Table[str]) -> str:
        if self._n_drawn == len(self._choices):
            self._choices.append([0, len(table.options)])
        index = self._choices[self._n_drawn][0]
        self._n_drawn += 1
        self.probability *= table.probabilities[index]
        return table.options[index]

    def next(self) -> bool:
        """Move on to the next sequence; False when all have been."""
        self._n_drawn, self.probability = 0, 1.0
        while self._choices:
            self._choices[-1][0] += 1
            if self._choices[-1][0] < self._choices[-1][1]:
                return True
            self._choices.pop()
        return False


def documents(town: Town) -> Iterator[tuple[float, Told]]:
    """Every way in which a document can be told, with its probability."""
    draws = AllDraws()
    while True:
        told = Teller(town, draws).tell()
        yield draws.probability, told
        if not draws.next():
            return


def law_of_texts(town: Town) -> dict[str, float]:
    """The probability of every text, all ways to tell it together."""
    law: dict[str, float] = {}
    for p, told in documents(town):
        law[told.text] = law.get(told.text, 0.0) + p
    return law
