"""The composer: one quiet line while walking, a place to write while writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TextArea
from textual.widgets.text_area import Edit, EditResult

from loom.app.display import shown_in_a_line
from loom.app.external_editor import edited
from loom.app.keymap import bindings
from loom.app.themed import named
from loom.errors import LoomError
from loom.tree.events import Reading

Voice = Literal["own", "answer", "system", "edit"]
"""A message of one's own, how the model's answer begins, a system text, or a text said anew."""

_VOICES: tuple[Voice, ...] = ("own", "answer", "system")
_HINTS: Mapping[Voice, str] = {
    "answer": "This is how the answer begins: ⟨add⟩ adds it, and the model goes on.",
    "system": "This is a system text: it holds for all that follows below it.",
    "edit": "Said another way, it stands right beside the old wording, which stays.",
}

_SPACE_HINT = "It ends in a space. Models write better when you leave that off."
_SPECIAL_HINT = "Names like <|im_end|> mean those tokens. ⟨special_tokens⟩: they are text again."


MOST_WRAPPED = 200_000
"""Characters of a draft; to wrap five million takes Textual half a minute, at every change."""


class Draft(TextArea):
    """A text area where Enter adds the text, instead of a new line."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("writing")

    class Added(Message):
        """The person means it."""

    class Left(Message):
        """The person goes on walking."""

    class SpecialToggled(Message):
        """Names of special tokens are to mean those tokens, or to be text again."""

    class VoiceAsked(Message):
        """The next text is to be somebody else's."""

    @dataclass
    class Recalled(Message):
        """What was written before (1), or after (-1), is wanted."""

        by: int

    async def _on_key(self, event: events.Key) -> None:
        """Keep Enter from the text area, which would break the line; bindings get it."""
        if event.key == "enter":
            event.prevent_default()

    def edit(self, edit: Edit) -> EditResult:
        """Put some text in; where all of it gets very long its lines are not wrapped any more."""
        if len(edit.text) > MOST_WRAPPED:
            self.soft_wrap = False
        result = super().edit(edit)
        if not self.soft_wrap and len(self.text) <= MOST_WRAPPED:
            self.soft_wrap = True
        return result

    def load_text(self, text: str) -> None:
        """Begin with this text, wrapped unless it is very long."""
        self.soft_wrap = len(text) <= MOST_WRAPPED
        super().load_text(text)

    def action_add(self) -> None:
        """Hand the text over."""
        self.post_message(self.Added())

    def action_newline(self) -> None:
        """Break the line."""
        self.insert("\n")

    def action_cursor_up(self, select: bool = False) -> None:
        """A line up; from the first one, to what was written before."""
        if self.cursor_location[0] == 0 and not select:
            self.post_message(self.Recalled(1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """A line down; from the last one, to what was written after."""
        if self.cursor_location[0] == self.document.line_count - 1 and not select:
            self.post_message(self.Recalled(-1))
        else:
            super().action_cursor_down(select)

    def action_switch_voice(self) -> None:
        """Write as somebody else."""
        self.post_message(self.VoiceAsked())

    def action_editor(self) -> None:
        """Go on writing in $EDITOR."""
        try:
            with self.app.suspend():
                text = edited(self.text)
        except SuspendNotSupported:
            self.notify("This terminal cannot be lent to an editor.", severity="warning")
        except LoomError as error:
            self.notify(f"{error.what} {error.remedy}", severity="warning", markup=False)
        else:
            self.load_text(text)
            self.move_cursor(self.document.end)

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

    class VoiceSwitched(Message):
        """The person wants to write as somebody else."""

    class WritingAsked(Message):
        """The quiet line was clicked."""

    class WritingLeft(Message):
        """The person went back to walking."""

    def __init__(self, earlier: Callable[[], Iterable[str]] = tuple) -> None:
        """`earlier` are the texts that were written before, read when one goes back to them."""
        super().__init__()
        self._voice: Voice = "own"
        self._earlier = earlier
        self._was_read = False
        self._history: list[str] = []
        self._back = 0

    def compose(self) -> ComposeResult:
        """Both faces; one is shown."""
        yield Static(id="invitation")
        with Horizontal(id="desk"):
            yield Draft(
                id="draft", show_line_numbers=False, highlight_cursor_line=False, compact=True
            )
            yield Static(id="count")
        yield Static(_SPACE_HINT, id="space-hint", classes="hint")
        yield Static(id="voice-hint", classes="hint")
        yield Static(Content(named(self.app, _SPECIAL_HINT)), id="special-hint", classes="hint")

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
        return self._voice

    @property
    def reading(self) -> Reading:
        """How names of special tokens in the draft are meant."""
        return "special" if self.has_class("-special") else "text"

    def write(self, voice: Voice = "own") -> None:
        """Go over to writing."""
        self._speak_as(voice)
        self.add_class("-writing")
        self.draft.focus()

    def begin_with(self, text: str) -> None:
        """Put a text there to be changed; what stood there is in the history."""
        if self.draft.text.strip():
            self._history.append(self.draft.text)
        self.draft.load_text(text)
        self.draft.move_cursor(self.draft.document.end)

    def switch_voice(self) -> None:
        """Write as the next one: for oneself, in the model's place, or as the system."""
        at = _VOICES.index(self._voice) if self._voice in _VOICES else -1
        self._speak_as(_VOICES[(at + 1) % len(_VOICES)])

    def _speak_as(self, voice: Voice) -> None:
        self._voice = voice
        self.set_class(voice in _HINTS, "-voiced")
        self.query_one("#voice-hint", Static).update(named(self.app, _HINTS.get(voice, "")))

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
            self._history.append(text)
            self.post_message(self.Submitted(text, self.voice, self.reading))
            self._speak_as("own")
            self.remove_class("-special")

    @on(Draft.Recalled)
    def _recall(self, event: Draft.Recalled) -> None:
        """What was written before, in the place of an empty draft or of what was recalled."""
        event.stop()
        if not self._was_read:
            self._was_read = True
            said = set(self._history)
            self._history[:0] = [one for one in self._earlier() if one not in said]
        now = self._history[-self._back] if 0 < self._back <= len(self._history) else ""
        if self.draft.text != now:
            self._back = 0
            if self.draft.text.strip():
                return
        self._back = min(max(0, self._back + event.by), len(self._history))
        self.draft.load_text(self._history[-self._back] if self._back else "")
        self.draft.move_cursor(self.draft.document.end)

    @on(Draft.VoiceAsked)
    def _ask_for_voice(self, event: Draft.VoiceAsked) -> None:
        event.stop()
        self.post_message(self.VoiceSwitched())

    @on(Draft.SpecialToggled)
    def _toggle_special(self, event: Draft.SpecialToggled) -> None:
        event.stop()
        self.toggle_class("-special")

    @on(Draft.Left)
    def _leave(self, event: Draft.Left) -> None:
        event.stop()
        if self._voice == "edit":
            # It is another text's wording, and no draft of what comes here; ↑ brings it back.
            self._history.append(self.draft.text)
            self.draft.clear()
            self._speak_as("own")
        self.post_message(self.WritingLeft())

    @on(events.Click, "#invitation")
    def _ask_to_write(self) -> None:
        self.post_message(self.WritingAsked())

    def _invite(self) -> None:
        draft = self.draft.text
        words = f"draft: {shown_in_a_line(draft.encode())}" if draft.strip() else self.invitation
        line = Content.assemble((f"{named(self.app, '⟨write⟩'):>5} ", "$typed"), words)
        self.query_one("#invitation", Static).update(line)
