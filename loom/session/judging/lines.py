"""Joins as lines for a terminal: a letter, the reason, and where in the text it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loom.records import Join, Span
from loom.tree.graph import Tree
from loom.tree.visible import visible

MOST_APART = 5
N_CHARACTERS = 36
MOST_PLACES = 3


def lines(tree: Tree, joins: Sequence[Join]) -> Iterator[str]:
    """Capital letters are joins, small ones what looks like one and is none, ? undecided."""
    joined = [join for join in joins if join.verdict == "joined"]
    apart = [join for join in joins if join.verdict == "apart"]
    for join in (*joined, *apart[:MOST_APART]):
        yield f"{join.mark:<2} {join.sentence}"
        if join.denied:
            yield "     You say that it is none."
        yield f"     {_where(tree, join)}"
    if len(apart) > MOST_APART:
        yield f"   {len(apart) - MOST_APART} more look alike and are not one road (--json)."
    for join in joins:
        if join.verdict == "undecided":
            yield f"{join.mark:<2} {join.sentence}"
        elif join.verdict == "not_judged":
            yield join.sentence


def _where(tree: Tree, join: Join) -> str:
    shown = [f"“…{_end_of(tree, span)}”" for span in join.spans[:MOST_PLACES]]
    more = len(join.spans) - MOST_PLACES
    return " · ".join(shown) + (f" · {more} more" if more > 0 else "")


def _end_of(tree: Tree, span: Span) -> str:
    raw = tree.node(span.node).text[: span.end_byte][-4 * N_CHARACTERS :]
    text = " ".join(visible(raw.decode("utf-8", "ignore")).split())
    return text if len(text) <= N_CHARACTERS else text[-N_CHARACTERS:].partition(" ")[2]
