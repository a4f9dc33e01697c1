"""One step of a story, as data."""

from dataclasses import dataclass
from typing import Literal

from loom.worlds.law import Table, even, odds

RUN_ON: Table[str] = even(" ")
PERHAPS_PARAGRAPH: Table[str] = odds((2, " "), (1, "\n\n"))
PARAGRAPH: Table[str] = even("\n\n")
SECTION: Table[str] = even("\n\n***\n\n")

LAST = "end"
ENDING: Table[str] = odds((2, "praise"), (1, LAST))


@dataclass(frozen=True)
class Beat:
    """One step of a story.

    `change` is what happens to the world before the sentence is said: "roam" takes a road to a
    next place, "weather" lets the weather turn, "dawn" does both, None neither. `mood` is the mood
    from here on, None for no change.
    """

    sentences: Table[str]
    then: Table[str]
    lead: Table[str] = RUN_ON
    change: Literal["roam", "weather", "dawn"] | None = None
    mood: Literal["merry", "uneasy", "dark"] | None = None
