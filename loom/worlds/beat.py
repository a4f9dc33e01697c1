"""One step of a story, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loom.worlds.law import Table, even, odds

RUN_ON: Table[str] = even(" ")
PERHAPS_PARAGRAPH: Table[str] = odds((2, " "), (1, "\n\n"))
PARAGRAPH: Table[str] = even("\n\n")
SECTION: Table[str] = even("\n\n***\n\n")
NEW_LINE: Table[str] = even("\n")

END = "END"
"""The road that ends a document: its end-of-text token, and then a document of its own."""
SILENT: Table[str] = even("")

Roads = Table[str] | Mapping[str, Table[str]]
"""The next beats; as a mapping, one table for each kind of page."""


@dataclass(frozen=True)
class Beat:
    """One step of a story: a sentence, and where it leads.

    Before the sentence is said the beat `forgets` latents, then `sets` some, then `turns` some
    (each takes a road from its present value, or is drawn if it has none). Where `opens`, the next
    sentence is the first of a text and gets no white space before it. A beat whose sentence is
    empty says its lead only.
    """

    sentences: Table[str]
    then: Roads
    lead: Table[str] = RUN_ON
    forgets: tuple[str, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    turns: tuple[str, ...] = ()
    opens: bool = False


def silent(
    then: Roads,
    lead: str = "",
    *,
    forgets: tuple[str, ...] = (),
    sets: tuple[tuple[str, str], ...] = (),
    opens: bool = False,
) -> Beat:
    """A beat that says nothing but its lead."""
    return Beat(SILENT, then, even(lead), forgets, sets, opens=opens)
