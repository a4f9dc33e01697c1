"""What a person may ask of a growth besides how many branches and how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Until = Literal["sentence", "paragraph", "turn"]
Priority = Literal["now", "background"]
"""`now` is what a person waits for; `background` gets the room that is left."""

RunMode = Literal["fast", "exact"]
"""`fast` shares batches; `exact` runs alone, a token at a time, and is the same bit for bit."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends a branch before its greatest length.

    `until` is where the text comes to an end of that kind, `stop` are texts that end it as soon
    as it holds one; the text that ended it is kept. Before `min_tokens` the model cannot end its
    text, and neither rule counts.
    """

    min_tokens: int = 0
    stop: tuple[str, ...] = ()
    until: Until | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """Begin a branch with every likely next token instead of drawing it.

    Tokens are taken from the likeliest down, none below `min_probability`, until they hold
    `share` of the mass (both in [0, 1], of the model's own law at T = 1).
    """

    share: float = 0.9
    min_probability: float = 0.01
