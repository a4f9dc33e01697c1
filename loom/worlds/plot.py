"""The roads a story can take: a graph whose nodes are beats.

The graph has no circles, parts often and meets again at a few beats (`label`, `meet`, `relief`,
`arrive`, `home`), so that stories which went different ways come to stand on the same words.
"""

from loom.worlds.beat import Beat
from loom.worlds.errand import ERRAND
from loom.worlds.law import Table, odds
from loom.worlds.wedding import WEDDING

OPENINGS: Table[str] = odds(
    (5, "morning"), (2, "habit"), (2, "spell"), (4, "wedding"), (1, "toast")
)
BEATS: dict[str, Beat] = {**ERRAND, **WEDDING}
