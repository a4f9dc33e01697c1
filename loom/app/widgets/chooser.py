"""One of several answers on one line: ← and → take another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from loom.app.display import fit
from loom.app.export_form import Answer


class Chooser(Widget, can_focus=True):
    """A question with its answer; the letter that an answer begins with takes it too."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chooser--label",
        "chooser--answer",
        "chooser--note",
        "chooser--arrow",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "take(-1)", "answer before"),
        Binding("right,space", "take(1)", "next answer"),
    ]
    LABEL_WIDTH = 14

    class Taken(Message):
        """Another answer was taken."""

    def __init__(self, label: str, answers: Sequence[Answer], *, name: str) -> None:
        super().__init__(id=name)
        self._label = label
        self._answers = tuple(answers)
        self._at = 0

    @property
    def answer(self) -> Answer:
        """The one that is taken now."""
        return self._answers[self._at]

    def take(self, value: object) -> None:
        """Take the answer of that value."""
        self._go_to(next(i for i, one in enumerate(self._answers) if one.value == value))

    def action_take(self, by: int) -> None:
        """The answer before or after, round in a ring."""
        self._go_to((self._at + by) % len(self._answers))

    def key_letter(self, letter: str) -> bool:
        """Take the next answer that begins with a letter; whether there is one."""
        n = len(self._answers)
        for step in range(1, n + 1):
            at = (self._at + step) % n
            if self._answers[at].label.lower().startswith(letter):
                self._go_to(at)
                return True
        return False

    def on_click(self, event: Click) -> None:
        """A click takes the next one."""
        self.focus()
        if event.x >= self.LABEL_WIDTH:
            self.action_take(1)

    def render(self) -> Text:
        """Label, answer between arrows, note."""
        answer = self.answer
        style = {
            name: self.get_component_rich_style(f"chooser--{name}")
            for name in ("label", "answer", "note", "arrow")
        }
        left, right = ("‹ ", " ›") if len(self._answers) > 1 else ("  ", "  ")
        line = Text(no_wrap=True, end="")
        line.append(self._label.ljust(self.LABEL_WIDTH), style["label"])
        line.append(left, style["arrow"])
        line.append(answer.label, style["answer"])
        line.append(right, style["arrow"])
        room = self.size.width - cell_len(line.plain) - 1
        if answer.note and room > 3:
            line.append(" " + fit(answer.note, room), style["note"])
        return line

    def _go_to(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Taken())
