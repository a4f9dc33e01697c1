"""The main screen: it takes in what happened, and does what keys ask for."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Static

from loom.app import keymap, words
from loom.app.changes import Changes
from loom.app.display import shown_words
from loom.app.later import later
from loom.app.meetings import Meetings, Place
from loom.app.room import HEIGHTS, WIDTHS, classes_for
from loom.app.screens.exporting import ExportingScreen
from loom.app.themed import ThemedApp, named
from loom.app.walking import before_answer, before_message, landing
from loom.app.widgets.branches import Branches
from loom.app.widgets.composer import Composer, Voice
from loom.app.widgets.workspace import Workspace
from loom.errors import LoomError
from loom.session import Notice, Session
from loom.tree.events import Role

FRAME_S = 0.1
"""While text streams in, the panes are drawn at most ten times a second; a key draws at once."""

MOST_SPENT_DRAWING = 0.1
"""The share of a processor's time that the app takes while text streams in: the engine may need all
there are. Where a frame takes longer than that there are fewer of them, two a second at least."""

HEARTBEAT_S = 0.5
"""How often the engine is looked at when nothing else happens, and while text streams in also what
a person reads more slowly than that: where branches meet, rates, what is left of the memory."""

MOST_SPENT_LOOKING = 0.05
"""The share of the time that looking at all of that may take while text streams in."""

_LOOK_S = 0.004
"""How long a key waits at most for a look at where branches meet; the rest of it comes after."""

_BREATH_S = 0.001
"""Until a look goes on: everything that waits has its turn."""

_MOST_COUNTED = 100_000
"""Characters of a draft up to which its tokens are counted at each key."""


class MainScreen(ExportingScreen):
    """One session; two states, walking and writing."""

    # Screens that lie over this one are imported when they are asked for, here and in the parts
    # above: nobody waits for two dozen of them before the first frame.

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("walking")
    HORIZONTAL_BREAKPOINTS = [*WIDTHS]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [*HEIGHTS]  # noqa: RUF012

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As Textual's; but that another pane has the keys is seen in that pane alone."""

    class News(Message):
        """The session has something new to drain."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._tree = session.tree
        self._frame_due: asyncio.TimerHandle | None = None
        self._last_frame = self._next_look = self._looked_s = 0.0
        self._used_s = time.thread_time()
        self._is_looking = self._looks_again = False

    def compose(self) -> ComposeResult:
        """The panes, or one sentence where they have no room."""
        # The first layout is the one for this terminal then, and the only one.
        self.add_class(*classes_for(self.app.size))
        yield Workspace(self._session)
        yield Static(words.TOO_SMALL, id="too-small")

    def on_mount(self) -> None:
        """Land where the person was, and begin to listen."""
        self._session.listen(self._wake)
        self._take_news()
        self.set_interval(HEARTBEAT_S, self._beat)
        if (here := landing(self._tree)) is not None:
            self._stand_at(here)
        if self._tree.mode == "chat" and self.space.persons_turn:
            self.action_write()
        if not self._tree.n_visible:
            self.ask_for_mode_once()

    # What comes from the session

    def _wake(self) -> None:
        """Called from threads of the session."""
        self.post_message(self.News())

    @on(News)
    def _pace_frames(self) -> None:
        if self._frame_due is None:
            used_s = time.thread_time() - self._used_s
            every_s = min(max(FRAME_S, used_s / MOST_SPENT_DRAWING), HEARTBEAT_S)
            wait_s = self._last_frame + every_s - time.monotonic()
            self._frame_due = later(self, max(0.0, wait_s), self._take_news)

    def _take_news(self) -> None:
        """One frame: everything since the last, once."""
        if self._frame_due is not None:
            self._frame_due.cancel()
        self._frame_due = None
        self._last_frame, self._used_s = time.monotonic(), time.thread_time()
        changes = Changes.of(self._session.drain(), self._tree)
        n_awaited = self._n_awaited(self.space.here)
        self.space.absorb(changes, n_awaited)
        if changes.reshaped:
            self._drop_hidden_joins()
        if n_awaited != self.space.branches.n_awaited:
            self.space.show_branches(n_awaited)
        only_longer = self.is_growing and not (changes.added or changes.families)
        if only_longer and time.monotonic() < self._next_look:
            self._tell_notices()
        else:
            self._look_around()

    def _beat(self) -> None:
        if time.monotonic() >= self._next_look:
            self._look_at_engine()

    def _look_around(self) -> None:
        """What all that came means: every pane may say something else."""
        self.show_views()
        self._look_at_engine()
        if self._is_looking:
            self._looks_again = True
        else:
            self._looked_s, self._looks_again = 0.0, False
            self._look_for_joins()

    def _drop_hidden_joins(self) -> None:
        """Nobody is sent to a branch that is hidden, however long the next look takes."""
        known = self.space.meetings.joins
        shown = tuple(join for join in known if all(map(self._tree.is_visible, join.nodes)))
        if len(shown) < len(known):
            self.space.show_joins(Meetings(shown))

    def _look_for_joins(self) -> None:
        """A little of it, and the rest after what waits."""
        began_s = time.monotonic()
        joins = self._session.joins_by(began_s + _LOOK_S)
        self._looked_s += time.monotonic() - began_s
        # The longer the texts, the longer it takes; what streams must not wait for it.
        wait_s = max(HEARTBEAT_S, self._looked_s / MOST_SPENT_LOOKING)
        self._next_look = time.monotonic() + wait_s
        self._is_looking = joins is None
        if joins is None:
            # A message to itself would come before all that waits elsewhere, keys too.
            later(self, _BREATH_S, self._look_for_joins)
            return
        if joins != self.space.meetings.joins:
            self.space.show_joins(Meetings(joins))
        self.show_evidence()
        if not self.is_growing and self._looks_again:
            self._look_around()
        elif self._session.progress is None:
            self._session.unasked.advance()

    def _tell_notices(self) -> None:
        for notice in self._session.notices():
            self._say(notice)

    def _look_at_engine(self) -> None:
        self._next_look = time.monotonic() + HEARTBEAT_S
        self._tell_notices()
        self._count_tokens()
        self.ask_for_shades()
        self.space.show_state()

    # Walking

    def _stand_at(self, node_id: str, place: Place | None = None, item: str | None = None) -> None:
        self._session.select(node_id)
        self.space.stand_at(node_id, place, self._n_awaited(node_id), item)

    def action_enter_branch(self, digit: str) -> None:
        """Into the branch of that number; 0 is the tenth."""
        index = (int(digit) or 10) - 1
        numbered = self.space.branches.ids
        if index < len(numbered):
            self._stand_at(numbered[index])

    def action_scroll_text(self, by: int) -> None:
        """Scroll the text a page; the person stays where they are."""
        reading = self.space.reading
        reading.put_at_top(reading.top + by * max(1, reading.height - 1))

    @on(Branches.BranchClicked)
    def _go_where_clicked(self, event: Branches.BranchClicked) -> None:
        self._stand_at(event.node_id)

    # Writing

    @on(Composer.WritingAsked)
    def action_write(self) -> None:
        """Go over to writing."""
        self.space.composer.write()
        self.space.show_state()

    def action_edit(self) -> None:
        """Go over to saying this text another way, right beside it."""
        if (here := self.space.here) is not None:
            self.space.composer.begin_with(self._tree.node(here).display_text())
            self.space.composer.write("edit")
            self.space.show_state()

    def action_write_in_editor(self) -> None:
        """Go over to writing, in $EDITOR."""
        self.action_write()
        self.space.composer.draft.action_editor()

    @on(Composer.VoiceSwitched)
    def _switch_voice(self) -> None:
        if self._tree.mode == "plain":
            self._say(Notice("information", "This is plain text, without turns."))
        else:
            self.space.composer.switch_voice()

    @on(Composer.WritingLeft)
    def _walk_again(self) -> None:
        self.space.composer.walk()
        self.set_focus(self.space.home)
        self.space.show_state()

    @on(Composer.Submitted)
    def _add_text(self, event: Composer.Submitted) -> None:
        """Plain text goes on below; a chat message is answered, beside the one it rewrites."""
        parent_id, role = self._place_of(event.voice)
        here = self.space.here
        try:
            if event.voice == "edit" and here is not None:
                node_id = self._session.operations.edit(here, event.text)
                role = self._tree.node(here).role
            else:
                node_id = self._session.write(parent_id, event.text, role, event.reading)
        except LoomError as error:
            self._say(Notice("error", error.what, error.remedy))
            return
        self._walk_again()
        self._take_news()
        self._stand_at(node_id)
        if role == "user" or event.voice == "answer":
            self._grow_at(node_id)

    def _place_of(self, voice: Voice) -> tuple[str | None, Role]:
        """Under which node a text goes, and as whose."""
        here = self.space.here
        if self._tree.mode == "plain":
            return here, "text"
        path = [] if here is None else self._tree.path(here)
        if voice == "answer":
            return before_answer(path), "assistant"
        if voice == "system":
            return before_message(path), "system"
        return before_message(path), "user"

    @on(Composer.DraftChanged)
    def _count_tokens(self) -> None:
        composer = self.space.composer
        text = composer.draft.text if composer.writing else ""
        known = 0 < len(text) <= _MOST_COUNTED
        composer.n_tokens = self._session.count_tokens(text) if known else None

    # The rest

    def action_copy_text(self) -> None:
        """Copy what is selected, or else the text of this node."""
        if (selected := self.space.reading.selected) is not None:
            self._copy(selected.text.decode("utf-8", "replace"), "what is selected")
        elif (here := self.space.here) is not None:
            self._copy(self._tree.node(here).display_text(), "this text")

    def action_copy_path(self) -> None:
        """Copy everything from the beginning to here."""
        if (here := self.space.here) is not None:
            path = self._tree.path_text(here).decode("utf-8", "replace")
            self._copy(path, "everything up to here")

    def _copy(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        n = words.count(len(text), "character")
        self._say(Notice("information", f"Copied {what} ({n}) through the terminal."))

    def action_outline(self) -> None:
        """Show the outline, or put it away."""
        self.space.swap_outline(not self.space.has_class("-swap"))

    def action_help(self) -> None:
        """All keys."""
        from loom.app.screens.help import HelpScreen

        keys = self.app.keys if isinstance(self.app, ThemedApp) else keymap.KEYMAP
        self.app.push_screen(HelpScreen(keys))

    def action_model(self) -> None:
        """Choose another model."""
        from loom.app.screens.model import ModelScreen

        status = self._session.status
        gpu = None if status.model is None else status.model.gpu_unused
        picker = ModelScreen(self._tree.model, gauge=status.gauge, gpu_unused=gpu)
        self.app.push_screen(picker, self._choose_model)

    def _choose_model(self, model: str | None) -> None:
        if model is None:
            return
        try:
            self._session.choose_model(str(Path(model).expanduser()))
        except LoomError as error:
            self._say(Notice("error", error.what, error.remedy))
        else:
            self.space.show_mode()
            self.ask_for_mode_once()
        self._take_news()

    def _say(self, notice: Notice) -> None:
        self.notify(
            shown_words(named(self.app, f"{notice.what} {notice.remedy}".strip())),
            severity=notice.severity,
            timeout=12 if notice.severity == "error" else 5,
            markup=False,
        )
