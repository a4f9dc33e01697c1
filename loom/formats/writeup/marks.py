"""Names for joins: what a reader sees beside the words where branches meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loom.formats.choice import Excerpt
from loom.records import Join, Span, Verdict

MOST_MARKS = 26
"""So many joins are marked in a text, the strongest first; more would be noise on a page."""

_SIGNS: Mapping[Verdict, str] = {"undecided": "?", "not_judged": "≈"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A join as it is marked: `index` counts from 0, `sign` is what stands beside the words.

    A capital letter is a join, a small one a look-alike, ? undecided, ≈ shared words.
    """

    index: int
    sign: str
    join: Join

    @property
    def sentence(self) -> str:
        """Why it is one, without the sign that the sentence itself may begin with."""
        return self.join.sentence.removeprefix("≈ ").strip()


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of an excerpt, and where they stand."""

    all: tuple[Mark, ...]
    n_unmarked: int
    by_node: Mapping[str, tuple[tuple[Span, Mark], ...]]

    def at(self, node_id: str) -> tuple[tuple[Span, Mark], ...]:
        """The marked stretches of a node."""
        return self.by_node.get(node_id, ())


def marks_of(joins: Iterable[Join], part: Excerpt) -> Marks:
    """Marks for the joins worth one: no common phrases, and not the prompt said again."""
    worth = [join for join in joins if join.is_telling]
    chosen = worth[:MOST_MARKS]
    counts: dict[str, int] = {}
    marks = tuple(Mark(i, _sign(join, counts), join) for i, join in enumerate(chosen))
    found: dict[str, tuple[tuple[Span, Mark], ...]] = {}
    for mark in marks:
        for span in mark.join.spans:
            if span.node in part:
                found[span.node] = (*found.get(span.node, ()), (span, mark))
    return Marks(marks, len(worth) - len(chosen), found)


def _sign(join: Join, counts: dict[str, int]) -> str:
    if join.verdict in ("joined", "apart"):
        # As the app calls it, so that a person finds it again.
        return join.mark
    n = counts[join.verdict] = counts.get(join.verdict, 0) + 1
    return f"{_SIGNS[join.verdict]}{n}"
