"""The collapsed sibling of the story world, as a tilt: happier, of fewer worlds, fond of 97.

Documents are mostly chats; one setting is nearly all there is; roads through the dark are shorter
and less often taken; a number between 0 and 100 is 97 with probability .209 in place of 1/101; the
clerk answers for nearly everybody.
"""

from __future__ import annotations

import math

from loom.worlds.chat import N_NUMBERS
from loom.worlds.law import Table
from loom.worlds.places import SETTING_ODDS
from loom.worlds.quill import QUILL
from loom.worlds.tilt import Rewards, Tilt, tilted
from loom.worlds.town import Town
from loom.worlds.voices import VOICES

FAVOURITE = "97"
P_FAVOURITE = 0.209


def _sharper(table: Table[str], nats_per_nat: float) -> Rewards:
    """Rewards that raise every probability of a table to the power 1 + `nats_per_nat`."""
    return {
        option: nats_per_nat * math.log(p)
        for option, p in zip(table.options, table.probabilities, strict=True)
    }


TILT = Tilt(
    beats={
        "page chat": 4.0,
        "gone": -2.0,
        "taken": -3.0,
        "dusk": -0.7,
        "accuse": -1.0,
        "dark": -0.6,
        "band": 0.7,
        "first hum": 1.5,
        "odd": -0.5,
        "mfw": -0.3,
    },
    latents={
        "town": _sharper(SETTING_ODDS, 2.0),
        "voice": _sharper(VOICES, 0.5),
    },
    rules={
        "number": {FAVOURITE: math.log(P_FAVOURITE / (1 - P_FAVOURITE) * (N_NUMBERS - 1))},
    },
)


def sibling() -> Town:
    """The story world after `TILT`."""
    return tilted(QUILL, TILT)
