"""Which session to open: one of the person's own, or an example."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from loom.app.display import fit, shown_words
from loom.app.screens.drawn import Window
from loom.app.words import count
from loom.session.choosing import SessionChoice, session_choices
from loom.session.dropped import choice_of, dropped_file

_MOST_NAME_CELLS, _EXAMPLE_CELLS = 30, 8
_DAY_S = 86_400


class SessionsScreen(Window[SessionChoice | None]):
    """Answers with what to open, or None.

    Letters narrow the list down, arrows walk in it, Enter takes the line under the cursor.
    """

    CSS_PATH = "sessions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        Binding("down", "walk(1)", "next", priority=True),
        Binding("up", "walk(-1)", "previous", priority=True),
    ]

    @dataclass
    class Looked(Message):
        """The folder of sessions has been looked through."""

        choices: Sequence[SessionChoice]

    def __init__(
        self,
        here: Path,
        find: Callable[[], Sequence[SessionChoice]] = session_choices,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._here, self._find, self._now = here, find, now
        self._choices: Sequence[SessionChoice] = ()
        self._shown: list[SessionChoice | None] = []
        self._name_cells = 0

    def compose(self) -> ComposeResult:
        """A line to type in over the sessions there are."""
        with Vertical(id="sessions") as panel:
            panel.border_title = "Open another session"
            panel.border_subtitle = "↑↓ choose · Enter opens · Esc goes back"
            yield Input(placeholder="a part of its title, or a file dropped here", compact=True)
            yield OptionList()
            yield Static("Looking…", id="note", markup=False)

    def on_mount(self) -> None:
        """Begin to look; many sessions must not hold up the keys."""
        self.query_one(OptionList).can_focus = False
        self._look()

    @work(thread=True, exclusive=True, group="sessions", exit_on_error=False)
    def _look(self) -> None:
        self.post_message(self.Looked(self._find()))

    @on(Looked)
    def _show_found(self, event: Looked) -> None:
        self._choices = event.choices
        self._narrow_down()

    @on(Input.Changed)
    def _narrow_down(self) -> None:
        typed = self.query_one(Input).value
        if (dropped := dropped_file(typed)) is not None:
            self._show_dropped(dropped)
            return
        wanted = typed.casefold().split()
        fitting = [c for c in self._choices if all(word in _words(c) for word in wanted)]
        own = [choice for choice in fitting if choice.path is not None]
        new = [choice for choice in fitting if choice.path is None]
        options = self.query_one(OptionList)
        options.clear_options()
        self._shown = []
        self._name_cells = max((cell_len(shown_words(one.name)) for one in own), default=0)
        for heading, choices in (("Your sessions", own), ("Examples that came with loom", new)):
            if choices:
                self._add(None, Option(Content.assemble((heading, "$faint")), disabled=True))
            for choice in choices:
                self._add(choice, Option(self._line(choice), disabled=choice.problem is not None))
        sound = [i for i, c in enumerate(self._shown) if c is not None and c.problem is None]
        elsewhere = [i for i in sound if not self._is_here(self._shown[i])]
        options.highlighted = next(iter((*elsewhere, *sound)), None)
        self.query_one("#note", Static).update(self._note(len(own), len(new)))

    def _show_dropped(self, path: Path) -> None:
        """A file that was dropped here, or whose path was typed, and nothing else."""
        choice = choice_of(path)
        options = self.query_one(OptionList)
        options.clear_options()
        self._shown = []
        self._add(None, Option(Content.assemble(("A file", "$faint")), disabled=True))
        self._add(choice, Option(self._line(choice), disabled=choice.problem is not None))
        options.highlighted = None if choice.problem is not None else 1
        self.query_one("#note", Static).update("The file itself stays as it is.")

    def _add(self, choice: SessionChoice | None, option: Option) -> None:
        self._shown.append(choice)
        self.query_one(OptionList).add_option(option)

    def _note(self, n_own: int, n_new: int) -> str:
        if not self._choices:
            return ""
        examples = f" and {count(n_new, 'example')}" if n_new else ""
        return f"{count(n_own, 'session')}{examples}; an example opens as a copy."

    def _is_here(self, choice: SessionChoice | None) -> bool:
        return choice is not None and choice.path == self._here

    def _line(self, choice: SessionChoice) -> Content:
        own = min(self._name_cells, _MOST_NAME_CELLS) or _MOST_NAME_CELLS
        width = _EXAMPLE_CELLS if choice.path is None else own
        name = fit(shown_words(choice.name), width)
        name += " " * (width - cell_len(name))
        if choice.problem is not None:
            return Content.assemble((f"  {name}  {shown_words(choice.problem)}", "$faint"))
        facts = [shown_words(choice.about)]
        if choice.changed_at is not None:
            facts.insert(0, "open now" if self._is_here(choice) else self._ago(choice.changed_at))
        return Content.assemble((f"  {name}", "$ink"), (f"  {' · '.join(facts)}", "$faint"))

    def _ago(self, at: float) -> str:
        """When, as one says it of what one did oneself."""
        n_days = int((self._now() - at) // _DAY_S)
        if n_days < 1:
            return time.strftime("%H:%M", time.localtime(at))
        return "yesterday" if n_days == 1 else f"{n_days:,} days ago"

    def action_walk(self, by: int) -> None:
        """Move in the list while typing."""
        options = self.query_one(OptionList)
        move = options.action_cursor_down if by > 0 else options.action_cursor_up
        move()

    @on(Input.Submitted)
    def _take(self) -> None:
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self.dismiss(self._shown[highlighted])

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index])


def _words(choice: SessionChoice) -> str:
    """What the letters that are typed are looked for in."""
    return f"{choice.name} {choice.about}".casefold()
