"""How the next token is drawn: presets, four numbers, and the others under "more"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from loom.app.display import shown_words
from loom.app.sampler_form import FIELDS, FIRST, MORE, Field, n_more, preset_of, read, written
from loom.app.screens.ask import AskScreen
from loom.app.screens.drawn import Window
from loom.errors import LoomError, UsageError
from loom.records.sampling import PRESETS, Sampling
from loom.records.sampling_words import sampling_words
from loom.session.presets import all_presets, forget_preset, save_preset


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
    there_are: Mapping[str, Sampling] = PRESETS

    def mark(self, name: str | None) -> None:
        """Say which one it is now, if it is one."""
        self.name_now = name
        names = [
            (f" {shown_words(one)} ", "$background on $typed" if one == name else "$ink")
            for one in self.there_are
        ]
        own = (" your own ", "$background on $typed" if name is None else "$faint")
        self.update(Content.assemble(*names, own))

    def action_take(self, by: int) -> None:
        """The preset before or after."""
        names = list(self.there_are)
        at = names.index(self.name_now) + by if self.name_now in names else (0 if by > 0 else -1)
        self.post_message(self.Taken(self.there_are[names[at % len(names)]]))


class SamplerScreen(Window[Sampling | None]):
    """Answers with the sampling as it was changed, or None."""

    CSS_PATH = "sampler.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        # First of all, for what scrolls would take these keys where the numbers have no room.
        Binding("up", "app.focus_previous", "field before", priority=True),
        Binding("down", "app.focus_next", "next field", priority=True),
        Binding("enter", "take", "take"),
        Binding("ctrl+o", "more", "more"),
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("ctrl+d", "forget", "delete", priority=True),
    ]

    def __init__(self, sampling: Sampling) -> None:
        super().__init__()
        self._before = sampling

    def compose(self) -> ComposeResult:
        """Presets, four numbers, the others, and what it comes to."""
        with Vertical(id="sampler") as panel:
            panel.border_title = "How the next token is drawn"
            panel.border_subtitle = (
                "Enter takes it · Ctrl+O more · Ctrl+S save · Ctrl+D delete · Esc"
            )
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
        self.query_one(Presets).there_are = all_presets()
        self.set_class(n_more(self._before) > 0, "-more")
        self.query_one("#temperature", Input).focus()
        self._tell()

    def action_more(self) -> None:
        """Show all numbers, or four."""
        self.toggle_class("-more")
        self._tell()

    # A person's own presets

    def action_save(self) -> None:
        """Keep what is asked for under a name."""
        try:
            sampling = self._asked()
        except UsageError:
            self._tell()
            return
        now = self.query_one(Presets).name_now
        own = [name for name in self.query_one(Presets).there_are if name not in PRESETS]
        name = now if now in own else ""
        screen = AskScreen("Save this sampler as", name, sampling_words(sampling), own)
        self.app.push_screen(screen, partial(self._save, sampling))

    def _save(self, sampling: Sampling, name: str | None) -> None:
        if name:
            self._change(partial(save_preset, name, sampling))

    def action_forget(self) -> None:
        """Delete the preset that this is, if it is a person's own."""
        if (name := self.query_one(Presets).name_now) is not None:
            self._change(partial(forget_preset, name))

    def _change(self, do: Callable[[], None]) -> None:
        try:
            do()
        except LoomError as error:
            self.notify(f"{error.what} {error.remedy}", severity="warning", markup=False)
        self.query_one(Presets).there_are = all_presets()
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
        presets = self.query_one(Presets)
        presets.mark(preset_of(sampling, presets.there_are))
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
