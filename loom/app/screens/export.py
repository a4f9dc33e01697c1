"""Exporting: what, as what, under which name, with a look at what comes out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, Label, Static
from textual.worker import Worker, get_current_worker

from loom.app.display import shown_words
from loom.app.export_form import LIMITS, Question, asks_hidden, order_of
from loom.app.later import later
from loom.app.screens.drawn import Window
from loom.app.widgets.chooser import Chooser
from loom.errors import LoomError, UsageError
from loom.session.exporter import Exporter, Look, Order, Written

REST_S = 0.12
"""A person who is still choosing is not shown every look on the way."""


class ExportScreen(Window[Written | None]):
    """Answers with what was written, or None. `stem` is what the file is called at first."""

    CSS_PATH = "export.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        Binding("up", "app.focus_previous", "field before", priority=True),
        Binding("down", "app.focus_next", "next field", priority=True),
        Binding("enter", "write", "write"),
        Binding("pageup", "scroll(-1)", "preview", priority=True),
        Binding("pagedown", "scroll(1)", "preview", priority=True),
    ]

    def __init__(self, exporter: Exporter, asked: tuple[Question, ...], stem: str) -> None:
        super().__init__()
        self._exporter = exporter
        self._questions = asked
        self._stem = stem
        self._named = ""
        self._resting: asyncio.TimerHandle | None = None
        self._writing = False
        self._replaces: Path | None = None

    def compose(self) -> ComposeResult:
        """Questions, limits and the name; beside or below them what comes out."""
        with Vertical(id="export") as panel:
            panel.border_title = "Export"
            panel.border_subtitle = "Enter writes · ↑↓ fields · ←→ choose · PgDn look · Esc back"
            with Vertical(id="asked"):
                for question in self._questions:
                    yield Chooser(question.label, question.answers, name=question.name)
                with Horizontal(id="limits"):
                    for limit in LIMITS:
                        with Horizontal(classes="limit"):
                            yield Label(limit.label, classes="name")
                            yield Input(
                                placeholder="all",
                                restrict="[0-9]*",
                                max_length=7,
                                compact=True,
                                id=limit.name,
                            )
                            yield Label(limit.note, classes="note")
                with Horizontal(classes="field"):
                    yield Label("file", classes="name")
                    yield Input(compact=True, id="file")
                yield Static(id="say")
            with Vertical(id="shown"):
                yield Static(id="told")
                with VerticalScroll(id="look", can_focus=False):
                    yield Static(id="lines")

    def on_mount(self) -> None:
        """Begin at what is exported."""
        self._follow_format()
        self.query_one("#scope", Chooser).focus()
        self._look_soon()

    # What is asked for

    def _answers(self) -> dict[str, Any]:
        return {one.name: self._chooser(one.name).answer.value for one in self._questions}

    def _chooser(self, name: str) -> Chooser:
        return self.query_one(f"#{name}", Chooser)

    def _order(self) -> Order:
        limits = {one.name: self.query_one(f"#{one.name}", Input).value for one in LIMITS}
        return order_of(self._answers(), limits)

    def _target(self) -> Path:
        named = self.query_one("#file", Input).value.strip()
        if not named:
            raise UsageError("The file has no name.", "Type one.")
        return Path(named).expanduser().absolute()

    @on(Chooser.Taken)
    def _choose(self) -> None:
        self._follow_format()
        self._look_soon()

    @on(Input.Changed)
    def _type(self, event: Input.Changed) -> None:
        self._replaces = None
        if event.input.id != "file":
            self._look_soon()

    def on_key(self, event: Key) -> None:
        """A letter takes the answer that begins with it."""
        letter = event.character or ""
        chooser = self.focused
        if letter.isalpha() and isinstance(chooser, Chooser) and chooser.key_letter(letter.lower()):
            event.stop()

    def _follow_format(self) -> None:
        """Show the questions that the format has answers to, and name the file after it."""
        answers = self._answers()
        form = answers["form"]
        for question in self._questions:
            asked = question.concerns(form)
            if question.name == "hidden":
                asked = asked and asks_hidden(answers)
            self._chooser(question.name).display = asked
        self.query_one("#limits").display = form.name != "loom"
        named = self.query_one("#file", Input)
        if named.value == self._named:
            self._named = named.value = f"{self._stem}{form.suffix}"

    # The look

    def _look_soon(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = later(self, REST_S, self._look_now)

    def _look_now(self) -> None:
        try:
            order = self._order()
        except UsageError as error:
            self._say(f"{error.what} {error.remedy}", wrong=True)
            return
        self._say("")
        self._look(order)

    @work(thread=True, exclusive=True, group="look")
    def _look(self, order: Order) -> None:
        worker = get_current_worker()
        try:
            found = self._exporter.look(order)
        except LoomError as error:
            self.app.call_from_thread(self._refuse, worker, error)
        else:
            self.app.call_from_thread(self._show, worker, found)

    def _show(self, worker: Worker[None], found: Look) -> None:
        if not worker.is_cancelled:
            told = " · ".join(filter(None, (found.told, found.size)))
            self._put("told", told)
            self._put("lines", "\n".join(map(_indented, found.lines)))
            for look in self.query("#look").results(VerticalScroll):
                look.scroll_home(animate=False)

    def _put(self, name: str, words: str) -> Static | None:
        """Say words in a line, which is gone before its screen when the app closes."""
        for line in self.query(f"#{name}").results(Static):
            line.update(Content(words))
            return line
        return None

    def action_scroll(self, by: int) -> None:
        """Scroll what comes out."""
        look = self.query_one("#look", VerticalScroll)
        look.scroll_relative(y=by * max(1, look.size.height - 1), animate=False)

    # Writing

    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write it; a file that is there already is asked about once."""
        if self._writing:
            return
        try:
            order, target = self._order(), self._target()
        except UsageError as error:
            self._say(f"{error.what} {error.remedy}", wrong=True)
            return
        if target.exists() and self._replaces != target:
            self._replaces = target
            self._say(f"{target.name} is there already; Enter again replaces it.", wrong=True)
            return
        self._writing = True
        self._say("Writing …" if order.check == "none" else "Verifying, then writing …")
        self._write(order, target)

    @work(thread=True, group="write")
    def _write(self, order: Order, target: Path) -> None:
        worker = get_current_worker()
        try:
            written = self._exporter.write(order, target, self._say_from_thread)
        except LoomError as error:
            self.app.call_from_thread(self._refuse, worker, error)
        else:
            self.app.call_from_thread(self._end, written)

    def _say_from_thread(self, words: str) -> None:
        self.app.call_from_thread(self._say, words)

    def _end(self, written: Written) -> None:
        # Whoever went back meanwhile hears of it all the same: the file is there.
        if self.is_attached and self.is_current:
            self.dismiss(written)

    def _refuse(self, worker: Worker[None], error: LoomError) -> None:
        self._writing = False
        if not worker.is_cancelled:
            self._say(f"{error.what} {error.remedy}", wrong=True)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        line = self._put("say", shown_words(words))
        if line is not None:
            line.set_class(wrong, "-wrong")


def _indented(line: str) -> str:
    """The line with the room before it, which wrapping would take away."""
    words = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(words)) + words
