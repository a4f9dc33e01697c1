"""A session's whole length in three lines: marks, how much was written when, and where one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import numpy as np
from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from loom.app.display import fit
from loom.app.marks import MARK_CLASSES, WORDS_MARK, look_of
from loom.records import Join
from loom.replay.marks import Mark, MarkKind
from loom.replay.tape import Tape

_GLYPHS: dict[MarkKind, str] = {"edit": "○", "growth": "●", "join": WORDS_MARK}
_HEIGHTS = "▁▂▃▄▅▆▇█"
_SMOOTHLY = np.array([1, 4, 6, 4, 1]) / 16
_EDGE = 2
"""Cells left free at either end."""
_FURTHEST = 2
"""Cells by which a mark may stand beside its place where another one stands."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a replay is: so many places played, at a second, at a speed."""

    place: int = 0
    second: float = 0.0
    speed: float = 1.0


class Timeline(Widget):
    """○ typed ● asked for, A a ? ≈ met; below, the taller the more tokens; then time and words.

    | component | styles |
    |---|---|
    | `timeline--edit`, `timeline--growth`, `mark--...` | the marks |
    | `timeline--played`, `timeline--ahead`, `timeline--head` | what was played, is to come, now |
    | `timeline--time`, `timeline--caption` | the position; the last thing that happened |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--edit",
        "timeline--growth",
        "timeline--played",
        "timeline--ahead",
        "timeline--head",
        "timeline--time",
        "timeline--caption",
        *MARK_CLASSES,
    }
    ALLOW_SELECT = False

    moment: reactive[Moment] = reactive(Moment)
    caption: reactive[str] = reactive("")
    marks: reactive[tuple[Mark, ...]] = reactive[tuple[Mark, ...]](())

    @dataclass
    class Scrubbed(Message):
        """The person points at a second of the tape."""

        second: float

    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self._tape = tape
        is_token = np.ones(len(tape), bool)
        is_token[tape.places] = False
        self._spoken = tape.seconds[is_token]

    def render(self) -> Text:
        """The three lines."""
        head = self._column(self.moment.second)
        return Text("\n", end="", no_wrap=True, overflow="crop").join(
            [self._mark_line(), self._wave_line(head), self._words()]
        )

    # Where one is

    @property
    def _width(self) -> int:
        return max(1, self.size.width - 2 * _EDGE)

    def _column(self, second: float) -> int:
        share = second / self._tape.duration_s if self._tape.duration_s else 0.0
        return min(self._width - 1, int(share * (self._width - 1) + 0.5))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go where the person points, and follow the pointer."""
        self.capture_mouse()
        self._point_at(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """While a button is down the position follows the pointer."""
        if event.button and self.app.mouse_captured is self:
            self._point_at(event.x)

    def on_mouse_up(self) -> None:
        """Let the pointer go."""
        self.release_mouse()

    def _point_at(self, x: int) -> None:
        share = (x - _EDGE) / max(1, self._width - 1)
        self.post_message(self.Scrubbed(min(max(0.0, share), 1.0) * self._tape.duration_s))

    # The lines

    def _mark_line(self) -> Text:
        taken: dict[int, Mark] = {}
        for mark in sorted(self.marks, key=_rank):
            first = self._column(mark.second)
            free = (at for at in range(first, first + _FURTHEST + 1) if at not in taken)
            if (at := next(free, None)) is not None and at < self._width:
                taken[at] = mark
        line = Text(" " * _EDGE, end="")
        for at in range(self._width):
            found = taken.get(at)
            if found is None:
                line.append(" ")
                continue
            was_played = found.place <= self.moment.place
            glyph, style = _drawn(found)
            line.append(glyph, self._style(style if was_played else "timeline--ahead"))
        return line

    def _wave_line(self, head: int) -> Text:
        counts, _ = np.histogram(
            self._spoken, bins=self._width, range=(0.0, max(self._tape.duration_s, 1e-9))
        )
        # Steps of a slow model would stand apart like the teeth of a comb.
        rates = np.convolve(counts, _SMOOTHLY, "same")
        most = max(1e-9, float(rates.max(initial=0.0)))
        # The root, so that one branch alone is still seen beside sixteen.
        levels = np.ceil(np.sqrt(rates / most) * (len(_HEIGHTS) - 1)).astype(int)
        wave = "".join(_HEIGHTS[level] for level in levels.tolist())
        line = Text(" " * _EDGE, end="")
        line.append(wave[:head], self._style("timeline--played"))
        line.append("┃", self._style("timeline--head"))
        return line.append(wave[head + 1 :], self._style("timeline--ahead"))

    def _words(self) -> Text:
        moment, tape = self.moment, self._tape
        time = f"{clock(moment.second)} of {clock(tape.duration_s)} · {moment.speed:g}×"
        when = ""
        if moment.place:
            at = float(tape.happened_at[min(moment.place, len(tape)) - 1])
            when = f"{datetime.fromtimestamp(at):%d %b %Y, %H:%M:%S}"
        room = self._width - cell_len(time) - 3
        if room < cell_len(when) + 48:
            when = ""
        caption = fit(self.caption, room - (cell_len(when) + 3 if when else 0))
        line = Text(" " * _EDGE, end="").append(time, self._style("timeline--time"))
        line.append("   ").append(caption, self._style("timeline--caption"))
        gap = self._width + _EDGE - line.cell_len - cell_len(when)
        return line.append(" " * max(0, gap)).append(when, self._style("timeline--time"))

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(name, partial=True))


def _rank(mark: Mark) -> int:
    """What is drawn first where there is not room for all: words that are met are so many."""
    if not isinstance(mark.about, Join):
        return 1
    return 2 if mark.about.verdict == "not_judged" else 0


def _drawn(mark: Mark) -> tuple[str, str]:
    """The character of a mark and its component class; one cell is all there is of the timeline."""
    if not isinstance(mark.about, Join):
        return _GLYPHS[mark.kind], f"timeline--{mark.kind}"
    return mark.about.mark[:1] or _GLYPHS["join"], look_of(mark.about).mark_class


def clock(second: float) -> str:
    """Minutes, seconds and tenths: 0:02.1."""
    tenths = int(second * 10 + 0.5)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"
