"""All roads together: the pages a document can be, where each begins, and how each ends."""

from __future__ import annotations

from loom.worlds.beat import END, PERHAPS_PARAGRAPH, Beat, silent
from loom.worlds.chat import CHAT, QUIZ
from loom.worlds.errand import ERRAND
from loom.worlds.feast import FEAST
from loom.worlds.greentext import GREENTEXT
from loom.worlds.law import Table, even, odds
from loom.worlds.town import LOST, START
from loom.worlds.troubles import TROUBLES
from loom.worlds.wedding import WEDDING

PAGES: Table[str] = odds((70, "story"), (10, "green"), (5, "quiz"), (15, "chat"))
OPENINGS: Table[str] = odds(
    (5, "morning"), (2, "habit"), (2, "spell"), (3, "wedding"), (1.5, "toast")
)
P_FOUND_AGAIN = 0.05
"""How readily a lost reader takes a sentence for one from the middle of something."""

_EVERYTHING = (
    "hero",
    "spouse",
    "companion",
    "thing",
    "owner",
    "place",
    "weather",
    "mood",
    "town",
    "voice",
)


def _page(kind: str, then: Table[str]) -> Beat:
    return silent(then, sets=(("page", kind),), opens=True)


_ENDS: dict[str, Beat] = {
    "the end": Beat(
        even("The end."),
        {
            "story": odds((1, "again"), (3, "stop")),
            "green": even("stop"),
            "quiz": even("stop"),
            "chat": even("stop"),
        },
        lead=PERHAPS_PARAGRAPH,
    ),
    "again": silent(OPENINGS, "\n\n***\n\n", forgets=_EVERYTHING, opens=True),
    "stop": silent(
        {"story": even(END), "green": even(END), "quiz": even(END), "chat": even("over")}
    ),
}

_BEGINNINGS: dict[str, Beat] = {
    START: silent(
        Table(tuple(f"page {kind}" for kind in PAGES.options), PAGES.weights), opens=True
    ),
    "page story": _page("story", OPENINGS),
    "page green": _page("green", even("be me")),
    "page quiz": _page("quiz", even("plain number", "quiz")),
    "page chat": _page("chat", odds((1, "system"), (3, "user"))),
}

_SAID: dict[str, Beat] = {
    **ERRAND,
    **TROUBLES,
    **WEDDING,
    **FEAST,
    **GREENTEXT,
    **CHAT,
    **QUIZ,
    **_ENDS,
}


def _lost() -> Beat:
    """Where a reader is who lost the place: most likely at the beginning of something new."""
    openings = dict(zip(OPENINGS.options, OPENINGS.probabilities, strict=True))
    others = [name for name in _SAID if name not in openings and name != "stop"]
    return silent(
        odds(
            *(((1 - P_FOUND_AGAIN) * p, name) for name, p in openings.items()),
            *((P_FOUND_AGAIN / len(others), name) for name in others),
        )
    )


BEATS: dict[str, Beat] = {**_BEGINNINGS, **_SAID, LOST: _lost()}
