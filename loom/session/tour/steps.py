"""The words of the tour: what to press, what is seen, and why; every figure in them is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from loom.records import Join
from loom.session.session import Session
from loom.session.tour.figures import Figures
from loom.session.tour.making import CHAPTERS, Chapter
from loom.tree.graph import Tree


@dataclass(frozen=True, slots=True)
class Step:
    """One step: on which chapter's session, a title, a paragraph, and what to press.

    Keys are named by what they do, as ⟨next_join⟩: a person may have given them others.
    """

    chapter: int
    title: str
    words: str
    press: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a step is told from: its chapter, what is known of its world, and the judged tree."""

    chapter: Chapter
    figures: Figures
    tree: Tree
    joins: tuple[Join, ...]

    def guess(self, one: str, other: str, k: int = 16) -> str:
        """How often of 100 the best guess is right which of two texts k symbols follow."""
        root = self.chapter.root
        return of_100(self.figures.guess(root + one, root + other, k))

    def same_last(self, n_symbols: int) -> str:
        """Of 100 pairs with the same last symbols, those that are one road."""
        return of_100(self.figures.same_last(n_symbols))

    @property
    def first(self) -> Join:
        """The join to which one comes first."""
        return self.joins[0]

    @property
    def ways(self) -> str:
        """What is said on each way into it, after the beginning."""
        root = len(self.chapter.root)
        said = (self.tree.path_text(node_id)[root:].decode() for node_id in self.first.nodes)
        return " and ".join(f"“{one}”" for one in said)


def of_100(share: float) -> str:
    """A share of 100 in whole numbers; what is not quite all is not said to be."""
    return "over 99" if 99.5 <= share < 100 - 1e-9 else f"{share:.0f}"


def steps_of(sessions: Sequence[Session], figures: Sequence[Figures]) -> list[Step]:
    """The whole tour, on sessions of all chapters in their order."""
    told = [
        Told(chapter, known, session.tree, session.joins())
        for chapter, known, session in zip(CHAPTERS, figures, sessions, strict=True)
    ]
    golden, even, coins = told
    return [
        _welcome(golden),
        _meeting(golden),
        _crossing(golden),
        _one_road(golden),
        _same_words(even),
        _other_words(coins),
        _one_symbol_ahead(coins),
        _side_by_side(told),
    ]


def _welcome(t: Told) -> Step:
    return Step(
        0,
        "Three machines",
        "Three small machines say 0 or 1, for ever. All three are equally hard to foresee: "
        f"{t.figures.bits:.2f} bits a symbol, as if there were {t.figures.n_live:.2f} choices. But "
        "branches that part do not meet again in the same way in any two of them. No measure of "
        "surprise can see that. Loom can, and this is how, in five minutes. Tab goes on; all other "
        "keys do what they always do in loom, so press what you like.",
        "Tab",
    )


def _meeting(t: Told) -> Step:
    return Step(
        0,
        "Golden mean: where branches meet",
        "This one never says 0 twice in a row. In the outline is all that it can say after "
        f"“{t.chapter.root}”, a symbol a row. Press ⟨next_join⟩: a line at the side joins the "
        f"branches that meet in {t.first.mark}, here {t.ways}. A join means: what comes is the "
        "same from here. "
        "Whoever reads only what follows guesses the branch right "
        f"{100 * _guess(t.first):.0f} times in 100, as by a coin.",
        "⟨next_join⟩",
    )


def _crossing(t: Told) -> Step:
    return Step(
        0,
        "Golden mean: across",
        "⟨cross⟩ takes you to the same place in the next branch, ⟨cross_back⟩ back. Look at the "
        "last symbol on each way: it is the same. In this machine the last symbol is all that "
        "matters: of 100 pairs of "
        f"texts that end alike, {t.same_last(1)} are one road. Between one that ends in 1 and one "
        f"that ends in 0 the best guess is right {t.guess('1', '0')} times.",
        "⟨cross⟩  ⟨cross_back⟩",
    )


def _one_road(t: Told) -> Step:
    return Step(
        0,
        "Golden mean: one road",
        f"⟨one_road⟩ folds {t.first.mark} into one road, with {len(t.first.nodes)} ways in: what "
        "follows in any of them hangs under one row. Walk in with ⟨child⟩, past what the others "
        "say with ⟨previous⟩ ⟨next⟩, and ⟨parent⟩ brings you back the way you came. Nothing in the "
        "tree has changed: ⟨one_road⟩ again, and the ways are apart. ⟨map⟩ shows the same "
        "as a map.",
        "⟨one_road⟩  ⟨child⟩  ⟨next⟩  ⟨parent⟩  ⟨one_road⟩",
    )


def _same_words(t: Told) -> Step:
    return Step(
        1,
        "Even: the same words, another road",
        "The second machine says 1s in even numbers. Press ⟨next_join⟩ and ⟨cross⟩: after the "
        f"first {t.chapter.root}, {t.ways} end in different symbols and are one road. “01” "
        "and “11” end "
        f"alike and are none: what follows tells them apart {t.guess('01', '11')} times in 100. Of "
        f"pairs with the same last symbol {t.same_last(1)} in 100 are one road, with the same last "
        f"four {t.same_last(4)}, the last eight {t.same_last(8)}. Shared words are only words.",
        "⟨next_join⟩  ⟨cross⟩",
    )


def _other_words(t: Told) -> Step:
    return Step(
        2,
        "Two coins: other words, the same road",
        "The third throws two coins and then says 1 if they differ, else 0. Press "
        f"⟨next_join⟩, then ⟨cross⟩ a few times: after three symbols all {len(t.first.nodes)} ways "
        "are one "
        "road, whatever was said. Of pairs that end in the same four symbols only "
        f"{t.same_last(4)} in 100 are one; ⟨next_join⟩ again goes to two more meetings, of "
        "branches that differ in every symbol.",
        "⟨next_join⟩  ⟨cross⟩  ⟨cross⟩  ⟨next_join⟩",
    )


def _one_symbol_ahead(t: Told) -> Step:
    return Step(
        2,
        "Two coins: why one looks further than the next word",
        "After “0” and after “1” the next symbol is a throw of the same coin (⟨root⟩, "
        "⟨child⟩, ⟨tokens⟩ and ⟨tokens.after⟩ show the choices, ⟨tokens.leave⟩ closes them): "
        "from it the best guess which it was is right "
        f"{t.guess('0', '1', 1)} times in 100. From two symbols it is right "
        f"{t.guess('0', '1', 2)} times. So loom never joins on the next word: it looks at what "
        "follows for sixteen tokens, again and again.",
        "⟨root⟩  ⟨child⟩  ⟨tokens⟩  ⟨tokens.after⟩  ⟨tokens.leave⟩",
    )


_COLUMNS: Mapping[str, Callable[[Told], str]] = {
    "": lambda t: t.chapter.title,
    "bits": lambda t: f"{t.figures.bits:.2f}",
    "choices": lambda t: f"{t.figures.n_live:.2f}",
    "states": lambda t: f"{t.figures.n_states}",
    "same last 1": lambda t: t.same_last(1),
    "same last 4": lambda t: t.same_last(4),
    "joins here": lambda t: f"{sum(join.verdict == 'joined' for join in t.joins)}",
}


def _side_by_side(told: Sequence[Told]) -> Step:
    rows = [list(_COLUMNS), *([cell(t) for cell in _COLUMNS.values()] for t in told)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    )
    return Step(
        2,
        "The three side by side",
        f"{table}\n“Same last 4”: of 100 pairs that end in the same four symbols, those that are "
        "one road. The surprise is the same; how branches meet is not. In your own trees "
        "⟨next_join⟩, ⟨cross⟩, ⟨one_road⟩ and ⟨map⟩ do what they did here, ⟨judge_now⟩ compares "
        "what follows, and ⟨evidence⟩ shows why.",
        "q  leaves the tour",
    )


def _guess(join: Join) -> float:
    found = join.evidence.predictive
    return 0.5 if found is None else found.best_guess
