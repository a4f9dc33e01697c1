"""How the next token is drawn: presets, four numbers, and the others under "more"."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from loom.app.sampler_form import FIELDS, FIRST, MORE, Field, n_more, preset_of, read, written
from loom.errors import UsageError
from loom.records.sampling import PRESETS, Sampling
from loom.records.sampling_words import sampling_words


class Presets(Static, can_focus=True):
    """The named samplings in a row; ← and → take another one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "take(-1)", "before"),
        Binding("right,l", "take(1)", "after"),
    ]

    class Taken(Message):
        """Another preset was taken."""

        def __init__(self, sampling: Sampling) -> None:
            super().__init__()
            self.sampling = sampling

    name_now: str | None = None

    def mark(self, name: str | None) -> None:
        """Say which one it is now, if it is one."""
        self.name_now = name
        names = [
            (f" {one} ", "$background on $typed" if one == name else "$ink") for one in PRESETS
        ]
        own = (" your own ", "$background on $typed" if name is None else "$faint")
        self.update(Content.assemble(*names, own))

    def action_take(self, by: int) -> None:
        """The preset before or after."""
        names = list(PRESETS)
        at = names.index(self.name_now) + by if self.name_now in names else (0 if by > 0 else -1)
        self.post_message(self.Taken(PRESETS[names[at % len(names)]]))


class SamplerScreen(ModalScreen[Sampling | None]):
    """Answers with the sampling as it was changed, or None."""

    CSS_PATH = "sampler.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        # First of all, for what scrolls would take these keys where the numbers have no room.
        Binding("up", "app.focus_previous", "field before", priority=True),
        Binding("down", "app.focus_next", "next field", priority=True),
        Binding("enter", "take", "take"),
        Binding("ctrl+o", "more", "more"),
    ]

    def __init__(self, sampling: Sampling) -> None:
        super().__init__()
        self._before = sampling

    def compose(self) -> ComposeResult:
        """Presets, four numbers, the others, and what it comes to."""
        with Vertical(id="sampler") as panel:
            panel.border_title = "How the next token is drawn"
            panel.border_subtitle = "Enter takes it · ↑↓ · Ctrl+O more · Esc goes back"
            yield Presets(id="presets")
            with VerticalScroll(id="fields", can_focus=False):
                for field in FIRST:
                    yield self._line(field, "first")
                for field in MORE:
                    yield self._line(field, "more")
            yield Static(id="words")

    def _line(self, field: Field, kind: str) -> Horizontal:
        return Horizontal(
            Label(field.label, classes="name"),
            Input(
                written(self._before)[field.name],
                restrict=r"[-0-9.]*",
                max_length=12,
                compact=True,
                id=field.name,
            ),
            Label(field.note, classes="note"),
            classes=f"field {kind}",
        )

    def on_mount(self) -> None:
        """Begin at the temperature; what is under "more" is shown if something is set there."""
        self.set_class(n_more(self._before) > 0, "-more")
        self.query_one("#temperature", Input).focus()
        self._tell()

    def action_more(self) -> None:
        """Show all numbers, or four."""
        self.toggle_class("-more")
        self._tell()

    @on(Presets.Taken)
    def _fill(self, event: Presets.Taken) -> None:
        self._before = event.sampling
        for name, text in written(event.sampling).items():
            self.query_one(f"#{name}", Input).value = text
        self._tell()

    @on(Input.Changed)
    def _tell(self) -> None:
        words = self.query_one("#words", Static)
        try:
            sampling = self._asked()
        except UsageError as error:
            words.set_class(True, "-wrong")
            words.update(Content(f"{error.what} {error.remedy}"))
            return
        words.set_class(False, "-wrong")
        self.query_one(Presets).mark(preset_of(sampling))
        hidden = n_more(sampling) if not self.has_class("-more") else 0
        more = f" · {hidden} under more" if hidden else ""
        words.update(Content(f"{sampling_words(sampling)}{more}"))

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take it, unless no sampler would."""
        try:
            self.dismiss(self._asked())
        except UsageError:
            self._tell()

    def _asked(self) -> Sampling:
        texts = {field.name: self.query_one(f"#{field.name}", Input).value for field in FIELDS}
        return read(texts, self._before)
