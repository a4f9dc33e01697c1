"""What is selected in the reading pane."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selected:
    """Text that was selected; it begins before a byte of a node."""

    node_id: str
    byte: int
    text: bytes
