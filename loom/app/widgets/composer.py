"""The composer: one quiet line while walking, a place to write while writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from loom.app.display import shown_in_a_line
from loom.app.keymap import bindings
from loom.tree.events import Reading

Voice = Literal["own", "answer"]
"""Whether a person writes for themselves, or how the model's answer is to begin."""

_SPACE_HINT = "It ends in a space. Models write better when you leave that off."
_VOICE_HINT = "This is how the answer begins: Enter adds it, and the model goes on."
_SPECIAL_HINT = "Names like <|im_end|> mean those tokens. Ctrl+T: they are text again."


class Draft(TextArea):
    """A text area where Enter adds the text, instead of a new line."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("writing")

    class Added(Message):
        """The person means it."""

    class Left(Message):
        """The person goes on walking."""

    class SpecialToggled(Message):
        """Names of special tokens are to mean those tokens, or to be text again."""

    async def _on_key(self, event: events.Key) -> None:
        """Keep Enter from the text area, which would break the line; bindings get it."""
        if event.key == "enter":
            event.prevent_default()

    def action_add(self) -> None:
        """Hand the text over."""
        self.post_message(self.Added())

    def action_newline(self) -> None:
        """Break the line."""
        self.insert("\n")

    def action_special_tokens(self) -> None:
        """Mean special tokens, or do not."""
        self.post_message(self.SpecialToggled())

    def action_leave(self) -> None:
        """Stop writing and keep the draft."""
        self.post_message(self.Left())


class Composer(Vertical):
    """Where the person writes. It keeps the draft; what happens with it is the screen's concern."""

    n_tokens: reactive[int | None] = reactive[int | None](None)
    invitation: reactive[str] = reactive("write here")

    @dataclass
    class Submitted(Message):
        """A text is to be added, in this voice, to be read like that."""

        text: str
        voice: Voice = "own"
        reading: Reading = "text"

    @dataclass
    class DraftChanged(Message):
        """The draft is this now."""

        text: str

    class WritingAsked(Message):
        """The quiet line was clicked."""

    class WritingLeft(Message):
        """The person went back to walking."""

    def compose(self) -> ComposeResult:
        """Both faces; one is shown."""
        yield Static(id="invitation")
        with Horizontal(id="desk"):
            yield Draft(
                id="draft", show_line_numbers=False, highlight_cursor_line=False, compact=True
            )
            yield Static(id="count")
        yield Static(_SPACE_HINT, id="space-hint", classes="hint")
        yield Static(_VOICE_HINT, id="voice-hint", classes="hint")
        yield Static(Content(_SPECIAL_HINT), id="special-hint", classes="hint")

    @property
    def writing(self) -> bool:
        """Which of the two states it is."""
        return self.has_class("-writing")

    @property
    def draft(self) -> Draft:
        """The text area."""
        return self.query_one(Draft)

    @property
    def voice(self) -> Voice:
        """Whom the draft is for."""
        return "answer" if self.has_class("-answer") else "own"

    @property
    def reading(self) -> Reading:
        """How names of special tokens in the draft are meant."""
        return "special" if self.has_class("-special") else "text"

    def write(self, voice: Voice = "own") -> None:
        """Go over to writing."""
        self.set_class(voice == "answer", "-answer")
        self.add_class("-writing")
        self.draft.focus()

    def walk(self) -> None:
        """Go back to walking; the draft stays."""
        self.remove_class("-writing")
        self._invite()

    def watch_invitation(self) -> None:
        """Say what `i` would begin."""
        self._invite()

    def watch_n_tokens(self, n_tokens: int | None) -> None:
        """Show the count where it is known."""
        unit = "token" if n_tokens == 1 else "tokens"
        known = n_tokens is not None and self.draft.text
        self.query_one("#count", Static).update(f"{n_tokens} {unit}" if known else "")

    @on(TextArea.Changed)
    def _draft_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        text = self.draft.text
        self.set_class(text.endswith(" "), "-ends-in-space")
        self.post_message(self.DraftChanged(text))

    @on(Draft.Added)
    def _hand_over(self, event: Draft.Added) -> None:
        event.stop()
        if text := self.draft.text:
            self.draft.clear()
            self.post_message(self.Submitted(text, self.voice, self.reading))
            self.remove_class("-answer", "-special")

    @on(Draft.SpecialToggled)
    def _toggle_special(self, event: Draft.SpecialToggled) -> None:
        event.stop()
        self.toggle_class("-special")

    @on(Draft.Left)
    def _leave(self, event: Draft.Left) -> None:
        event.stop()
        self.post_message(self.WritingLeft())

    @on(events.Click, "#invitation")
    def _ask_to_write(self) -> None:
        self.post_message(self.WritingAsked())

    def _invite(self) -> None:
        draft = self.draft.text
        words = f"draft: {shown_in_a_line(draft.encode())}" if draft.strip() else self.invitation
        line = Content.assemble(("    i ", "$typed"), words)
        self.query_one("#invitation", Static).update(line)
