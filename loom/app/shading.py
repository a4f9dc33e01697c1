"""How strongly each token of a text is shaded: by how surprising it is, or how open the choice."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from loom.app.display import shown, shown_range
from loom.app.token_place import byte_range
from loom.session.token_laws import NodeLaws
from loom.tree.node import Node

Shade = Literal["surprisal", "entropy"]

STEPS_BITS: dict[Shade, tuple[float, ...]] = {
    "surprisal": (1.0, 3.0, 6.0, 10.0),
    "entropy": (1.0, 2.0, 3.5, 5.0),
}
"""From how many bits on a token has shade 1, 2, 3, 4."""

Stretch = tuple[int, int, int]
"""Characters [start, end) of a node's shown text, and their shade from 1."""


def after(shade: Shade | None) -> Shade | None:
    """The next in turn: none, surprisal, entropy, none."""
    order: tuple[Shade | None, ...] = (None, "surprisal", "entropy")
    return order[(order.index(shade) + 1) % len(order)]


def stretches(node: Node, laws: NodeLaws, shade: Shade) -> tuple[Stretch, ...]:
    """What is to be shaded of a node."""
    return tuple(_stretches(node, laws, shade))


def _stretches(node: Node, laws: NodeLaws, shade: Shade) -> Iterator[Stretch]:
    bits = laws.surprisal_bits if shade == "surprisal" else laws.entropy_bits
    is_plain = len(shown(node.text)) == len(node.text)
    for index, value in enumerate(bits.tolist()):
        level = bisect_right(STEPS_BITS[shade], value)
        if level:
            start, end = byte_range(node, laws, index)
            yield (start, end, level) if is_plain else (*shown_range(node.text, start, end), level)


def legend(shade: Shade | None) -> str:
    """What the shades mean."""
    if shade is None:
        return ""
    steps = ", ".join(f"{step:g}" for step in STEPS_BITS[shade])
    return f"shaded by {shade}: {steps} bits"
