"""Plain text or chat: asked once for a model, and whenever the person wants to."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from loom.app.display import shown_words
from loom.app.screens.drawn import Window
from loom.app.themed import named
from loom.models.mode_memory import ModeAnswer
from loom.session.mode_question import TEMPLATE_NAMES, ModeQuestion

_PLAIN = ModeAnswer("plain")
_NAME_WIDTH = 23


class ModeScreen(Window[ModeAnswer | None]):
    """Answers with what was chosen, or None. `now` is how the session grows at the moment."""

    CSS_PATH = "mode.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "back")]

    def __init__(self, question: ModeQuestion, now: ModeAnswer) -> None:
        super().__init__()
        self._question = question
        self._now = now
        self._choices = _choices(question)

    def compose(self) -> ComposeResult:
        """What there is to know, and the choices."""
        with Vertical(id="mode") as panel:
            panel.border_title = "Plain text or chat?"
            leave = "Esc asks again next time" if self._question.is_open else "Esc goes back"
            panel.border_subtitle = f"↑↓ choose · Enter takes it · {leave}"
            yield Static(Content(shown_words(_explained(self._question))), id="why")
            yield OptionList(
                *(Option(_line(answer, note)) for answer, note in self._choices), id="choices"
            )
            again = named(self.app, "⟨mode⟩ asks again at any time.")
            yield Static(f"What is here stays as it is. {again}", id="note")

    def on_mount(self) -> None:
        """Begin at what is in force, or while nobody has answered at what the file suggests."""
        choices = [answer for answer, _ in self._choices]
        first = self._now
        if self._question.is_open and self._question.guess is not None:
            first = ModeAnswer(self._question.guess)
        listed = self.query_one("#choices", OptionList)
        listed.highlighted = choices.index(first) if first in choices else 0
        listed.focus()

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][0])


def _choices(question: ModeQuestion) -> list[tuple[ModeAnswer, str]]:
    """Each way to grow, with a few words about it."""
    own = [(ModeAnswer("chat"), "turns, by the file's template")]
    return [
        (_PLAIN, "goes on with any text"),
        *(own if question.has_template else []),
        *((ModeAnswer("chat", name), "turns, by this template") for name in TEMPLATE_NAMES),
    ]


def _line(answer: ModeAnswer, note: str) -> Content:
    name = "plain text" if answer.mode == "plain" else f"chat · {answer.template or 'its own'}"
    gap = " " * max(1, _NAME_WIDTH - cell_len(name))
    return Content.assemble((name, "$ink"), gap, (note, "$faint"))


def _explained(question: ModeQuestion) -> str:
    name = question.model
    if not question.has_template:
        return (
            f"{name} brings no chat template, so plain text is its way; a named one can be tried."
        )
    proves = "which alone does not make it a chat model"
    guess = {"chat": "probably made for chat", "plain": "probably not made for chat", None: ""}
    because = guess[question.guess]
    hint = f" It was {because}: {question.why}." if because else ""
    return f"{name} brings a chat template, {proves}.{hint}"
