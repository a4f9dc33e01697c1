"""A few things in a row of which one is taken; ← and → take another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class Choices(Static, can_focus=True):
    """Each choice is its words and their style."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "before"),
        Binding("right,l", "step(1)", "after"),
    ]

    class Taken(Message):
        """Another one was taken."""

    def __init__(self, choices: Sequence[tuple[str, str]], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._choices = choices
        self.taken = 0

    def on_mount(self) -> None:
        """Show them."""
        self.take(self.taken)

    def take(self, number: int) -> None:
        """The one of that number, from 0."""
        self.taken = number
        parts = [
            (f" {words} ", "$background on $typed") if at == number else (f" {words} ", style)
            for at, (words, style) in enumerate(self._choices)
        ]
        self.update(Content.assemble(*parts))

    def action_step(self, by: int) -> None:
        """The one before or after."""
        self.take((self.taken + by) % len(self._choices))
        self.post_message(self.Taken())
