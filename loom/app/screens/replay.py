"""A session played again on the panes of the main screen, with a timeline under them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from loom.app import keymap, words
from loom.app.changes import Changes
from loom.app.display import shown_words
from loom.app.meetings import Meetings
from loom.app.replay_keys import REPLAY_KEYS
from loom.app.screens.drawn import DrawnOnce
from loom.app.screens.help import HelpScreen
from loom.app.walking import Step, landing, step
from loom.app.widgets.branches import Branches
from loom.app.widgets.outline import Outline
from loom.app.widgets.replay_space import ReplayFoot, ReplaySpace
from loom.app.widgets.timeline import Moment, Timeline
from loom.errors import LoomError
from loom.replay.clock import Clock
from loom.replay.marks import Mark, mark_after, mark_before
from loom.replay.telling import told
from loom.session.replaying import Replay
from loom.tree.events import GrowthRequested, NodeAdded, NodeSelected, TreeEvent

FRAME_S = 0.1


class ReplayScreen(DrawnOnce[None]):
    """Plays as soon as it is shown; `now_s` is the clock by which it does."""

    CSS_PATH = "replay.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("replaying", REPLAY_KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-thin"), (40, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (14, "-short"), (32, "-tall")]  # noqa: RUF012

    def __init__(
        self, replay: Replay, speed: float = 1.0, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._replay = replay
        self._now_s = now_s
        self._clock = Clock(replay.tape.duration_s, speed=speed)
        self._marks = replay.marks
        self._follows = True
        self._outline_swapped = False
        # Keys arrive in the app's own task, ticks and the pointer in that of the screen: while
        # panes are made anew for the one, the other must not touch them.
        self._moving = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """The panes, the timeline, the keys."""
        yield ReplaySpace(self._replay)
        yield Timeline(self._replay.tape)
        yield ReplayFoot()
        yield Static(words.TOO_SMALL, id="too-small")

    async def on_mount(self) -> None:
        """Begin to play; the meetings, which take longer, are marked when they are found."""
        self.set_interval(FRAME_S, self._tick)
        self._find_marks()
        self._clock = self._clock.played(self._now_s())
        await self._show(0)

    @property
    def space(self) -> ReplaySpace:
        """The panes."""
        return self.query_one(ReplaySpace)

    @property
    def is_playing(self) -> bool:
        """Whether the tape runs."""
        return self._clock.is_playing(self._now_s())

    @work(thread=True)
    def _find_marks(self) -> None:
        marks = self._replay.find_marks()
        self.app.call_from_thread(self._take_marks, marks)

    def _take_marks(self, marks: tuple[Mark, ...]) -> None:
        self._marks = marks
        if not self._moving.locked():
            self._show_state()

    # Going through the tape

    async def _tick(self) -> None:
        if self._clock.since_s is None or self._moving.locked():
            return
        second = self._clock.at(self._now_s())
        if second >= self._clock.duration_s:
            self._clock = self._clock.paused(self._now_s())
        await self._show(max(self._replay.place, self._replay.tape.place_at(second)))

    async def _go_to(self, place: int) -> None:
        """Stand at a place, and go on playing from there if it plays."""
        second = self._replay.tape.second_of(place)
        self._clock = self._clock.moved(second, self._now_s())
        await self._show(place)

    async def _show(self, place: int) -> None:
        async with self._moving:
            # Before its first event a session has no name, no model, no mode.
            await self._stand_after(max(1, place))

    async def _stand_after(self, place: int) -> None:
        replay = self._replay
        before, here = replay.tree, self.space.here
        happened = replay.go_to(place)
        if replay.tree is not before:
            await self._begin_anew()
        else:
            self.space.absorb(Changes.of(happened, replay.tree), 0)
        there = _looked_at(happened, here if here in replay.tree else None, follows=self._follows)
        if there is None and len(replay.tree):
            there = landing(replay.tree)
        if there is not None and there in replay.tree and there != self.space.here:
            self.space.stand_at(there, None, 0)
        joins = replay.joins()
        if joins != self.space.meetings.joins:
            self.space.show_joins(Meetings(joins))
        self._show_state()

    async def _begin_anew(self) -> None:
        """The tree of an earlier moment is another tree: so are the panes."""
        with self.app.batch_update():
            old, new = self.space, ReplaySpace(self._replay)
            new.set_class(self._outline_swapped, "-swap")
            await self.mount(new, before=self.query_one(Timeline))
            await old.remove()

    def _show_state(self) -> None:
        replay, now_s = self._replay, self._now_s()
        self.space.show_state()
        timeline = self.query_one(Timeline)
        timeline.marks = self._marks
        second = self._clock.at(now_s)
        timeline.moment = Moment(replay.place, second, self._clock.speed)
        timeline.caption = self._caption()
        self.query_one(ReplayFoot).tell(self._facts(), is_playing=self.is_playing)

    def _caption(self) -> str:
        """What the last mark was about."""
        mark = mark_before(self._marks, self._replay.place + 1)
        line = None if mark is None else told(mark.about, self._replay.tree)
        if line is None:
            return ""
        return shown_words(line.words if line.kind == "meet" else f"{line.kind} · {line.words}")

    def _facts(self) -> tuple[str, ...]:
        n_seen = sum(mark.place <= self._replay.place for mark in self._marks)
        facts = [
            f"mark {n_seen} of {len(self._marks)}",
            words.count(len(self._replay.tree), "node"),
        ]
        return tuple(facts if self._follows else ["f follows", *facts])

    # Keys

    async def action_play(self) -> None:
        """Play, or pause; from the beginning if it is at its end."""
        now_s = self._now_s()
        if self.is_playing:
            self._clock = self._clock.paused(now_s)
            self._show_state()
            return
        self._clock = self._clock.played(now_s)
        if self._clock.position_s == 0.0:
            self._follows = True
            await self._show(0)
        self._show_state()

    async def action_step(self, by: int) -> None:
        """One moment on or back, and stand still."""
        tape, place = self._replay.tape, self._replay.place
        self._clock = self._clock.paused(self._now_s())
        await self._go_to(tape.moment_after(place) if by > 0 else tape.moment_before(place))

    async def action_mark(self, by: int) -> None:
        """To the next mark or the one before; past the last to the end, before the first to 0."""
        find = mark_after if by > 0 else mark_before
        mark = find(self._marks, self._replay.place)
        if mark is not None:
            await self._go_to(mark.place)
        else:
            await self.action_end(1 if by > 0 else 0)

    async def action_leap(self, by: int) -> None:
        """A tenth of the whole on or back."""
        second = self._clock.at(self._now_s()) + by * self._clock.duration_s / 10
        await self._scrub_to(second)

    async def action_end(self, share: int) -> None:
        """To the beginning (0) or the end (1)."""
        await self._go_to(share * len(self._replay.tape))

    def action_speed(self, by: int) -> None:
        """Faster or slower."""
        self._clock = self._clock.faster(by, self._now_s())
        self._show_state()

    @on(Timeline.Scrubbed)
    async def _scrub(self, event: Timeline.Scrubbed) -> None:
        await self._scrub_to(event.second)

    async def _scrub_to(self, second: float) -> None:
        if not self._moving.locked():
            self._clock = self._clock.moved(second, self._now_s())
            await self._show(self._replay.tape.place_at(self._clock.at(self._now_s())))

    # Looking around

    def _look_at(self, node_id: str) -> None:
        self._follows = False
        self.space.stand_at(node_id, None, 0)
        self._show_state()

    def action_walk(self, where: Step) -> None:
        """Look at a node beside this one; what happens is no longer followed."""
        here = self.space.here
        if here is not None and (there := step(self._replay.tree, here, where)) is not None:
            self._look_at(there)

    def action_enter_branch(self, digit: str) -> None:
        """Look into the branch of that number; 0 is the tenth."""
        index = (int(digit) or 10) - 1
        if index < len(self.space.branches.ids):
            self._look_at(self.space.branches.ids[index])

    @on(Outline.ItemClicked)
    def _look_where_row_is(self, event: Outline.ItemClicked) -> None:
        # No road is drawn as one here, so that items are nodes.
        self._look_at(event.item)

    @on(Branches.BranchClicked)
    def _look_where_clicked(self, event: Branches.BranchClicked) -> None:
        self._look_at(event.node_id)

    async def action_follow(self) -> None:
        """Look again at what happens."""
        self._follows = True
        if (there := _looked_at(self._replay.happened, None, follows=True)) is not None:
            self.space.stand_at(there, None, 0)
        self._show_state()

    def action_outline(self) -> None:
        """Show the outline, or put it away."""
        self._outline_swapped = not self._outline_swapped
        self.space.swap_outline(self._outline_swapped)

    # The rest

    def action_take_over(self) -> None:
        """Fork a session of the person's own from this moment, and leave with it."""
        self._clock = self._clock.paused(self._now_s())
        try:
            path = self._replay.take_over(self.space.here)
        except LoomError as error:
            self.notify(shown_words(str(error)), severity="error", timeout=12, markup=False)
        else:
            self.call_later(partial(self.app.exit, path))

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen(REPLAY_KEYS))


_PLACED = (NodeAdded, GrowthRequested, NodeSelected)


def _looked_at(happened: Iterable[TreeEvent], here: str | None, *, follows: bool) -> str | None:
    """Where a person who did this last stood; `here` if they did nothing, or are not followed."""
    if here is not None and not follows:
        return here
    for event in happened:
        if isinstance(event, _PLACED):
            here = _place_of(event)
    return here


def _place_of(event: NodeAdded | GrowthRequested | NodeSelected) -> str:
    return event.parent_id if isinstance(event, GrowthRequested) else event.node_id
