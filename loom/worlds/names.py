"""The worlds by name, and what each is in a sentence: told without making any of them."""

from __future__ import annotations

from dataclasses import dataclass

from loom.tree.events import Mode


@dataclass(frozen=True, slots=True)
class Sketch:
    """A world in a sentence, and whether it goes on with any text or answers in turns."""

    about: str
    mode: Mode = "plain"


SKETCHES: dict[str, Sketch] = {
    "story-world": Sketch("The town of Quill by its exact law, from which story-base learnt."),
    "story-world-chat": Sketch(
        "Its collapsed sibling: happier, mostly one town, fond of 97; it answers in turns.", "chat"
    ),
    "golden-mean": Sketch("Ones and noughts, never two noughts in a row: the last symbol is all."),
    "even": Sketch("Ones in even numbers between noughts: no last few symbols tell the state."),
    "rrxor": Sketch("Two coins, then their exclusive or: likenesses that part two symbols on."),
    "null-trees": Sketch("Letters whose odds hang on the whole past: no two roads ever meet."),
}
