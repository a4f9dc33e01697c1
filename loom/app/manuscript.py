"""The text of a path laid out in lines: prose as one flow, a chat as turns.

A line is a range of `text`, which is everything on the path as a person sees it. Walking from a
node to its neighbour, or a branch becoming longer, lays out again only from the first line that
can differ: `wrap` is greedy, so every line start before the change stays what it was.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from loom.app.display import n_characters, shown
from loom.app.wrapping import wrap
from loom.tree.node import Node


class Line(NamedTuple):
    """text[start:end] on one line.

    `speaker` is the node whose turn the line announces, `chapter` the one whose chapter, if any.
    """

    start: int
    end: int
    speaker: int | None = None
    chapter: int | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one speaker says, from node number `first` on: its lines, of which text from `body`."""

    first: int
    line: int
    body: int


class _Laid(NamedTuple):
    """A path that was laid out: what it takes to go on with it."""

    nodes: list[Node]
    chapters: dict[str, str]
    text: str
    starts: list[int]
    lines: list[Line]
    turns: list[_Turn]


class Manuscript:
    """The lines of one path at one width."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.nodes: list[Node] = []
        self.chapters: dict[str, str] = {}
        self.text = ""
        self.starts: list[int] = []
        self.lines: list[Line] = []
        self._turns: list[_Turn] = []
        self._aside: _Laid | None = None

    def show(self, nodes: Sequence[Node], chapters: Mapping[str, str] | None = None) -> None:
        """Lay out this path, keeping the lines that it shares with the last one.

        `chapters` are the titles of those that begin on it, by node.
        """
        begun = dict(chapters or {})
        n_kept = self._take_nearest(nodes)
        if begun != self.chapters:
            same = nodes[:n_kept]
            differs = (at for at, n in enumerate(same) if self._is_renamed(n.id, begun))
            n_kept = next(differs, n_kept)
        self.chapters = begun
        end = self.starts[n_kept] if n_kept < len(self.starts) else len(self.text)
        parts, starts = [self.text[:end]], self.starts[:n_kept]
        for node in nodes[n_kept:]:
            starts.append(end)
            parts.append(shown(node.text))
            end += len(parts[-1])
        self.nodes, self.text, self.starts = list(nodes), "".join(parts), starts
        self._lay_out(n_kept)

    def node_at(self, offset: int) -> int:
        """The number of the node to which the character at `offset` belongs."""
        return bisect_right(self.starts, offset) - 1

    def line_at(self, offset: int) -> int:
        """The line on which the character at `offset` stands."""
        return max(0, bisect_right(self.lines, offset, key=lambda line: line.start) - 1)

    def offset_at(self, line: int, column: int) -> int:
        """The character that stands in a column of a line."""
        start, end = self.lines[line].start, self.lines[line].end
        return start + n_characters(self.text[start:end], column)

    def drawn(self, line: int, stretch: range) -> Iterator[tuple[int, int]]:
        """Where characters of the text are drawn on a line, as ranges of what is drawn there."""
        start, end = self.lines[line].start, self.lines[line].end
        first, until = max(start, stretch.start), min(end, stretch.stop)
        if first < until:
            yield first - start, until - start

    def pieces(self, line: Line) -> Iterator[tuple[int, int, int]]:
        """The stretches (node number, start, end) of a line that belong to one node each."""
        number, start = self.node_at(line.start), line.start
        while start < line.end:
            end = min(line.end, self._end(number))
            if end > start:
                yield number, start, end
                start = end
            number += 1

    def first_line(self, number: int) -> int:
        """The line on which node `number` begins to be seen."""
        turn = self._turns[bisect_right(self._turns, number, key=lambda turn: turn.first) - 1]
        if turn.first == number and turn.body > turn.line:
            return turn.body - 1
        start, end = self.starts[number], self._end(number)
        seen = end - len(self.text[start:end].lstrip())
        at = start if seen == end else seen
        lines_after = bisect_right(self.lines, at, lo=turn.body, key=lambda line: line.start)
        return max(turn.body, lines_after - 1)

    def node_beginning_on(self, line: int) -> int | None:
        """The last node that begins to be seen on this line, None if none does.

        Nodes begin in order, so that it is found by halving.
        """
        after = bisect_right(range(len(self.nodes)), line, key=self.first_line)
        return after - 1 if after and self.first_line(after - 1) == line else None

    def _take_nearest(self, nodes: Sequence[Node]) -> int:
        """How many nodes are laid out already, on the last path or on the one that was set aside.

        Who goes from the end of a long path to its beginning often comes back.
        """
        n_kept = n_alike(self.nodes, nodes)
        aside, now = self._aside, None
        if n_kept < len(self.nodes) // 2:
            now = _Laid(
                self.nodes, self.chapters, self.text, self.starts, self.lines[:], self._turns[:]
            )
        if aside is not None and (n_there := n_alike(aside.nodes, nodes)) > n_kept:
            self.nodes, self.chapters, self.text, self.starts, self.lines, self._turns = aside
            self._aside, n_kept = now, n_there
        elif now is not None:
            self._aside = now
        return n_kept

    def _is_renamed(self, node_id: str, chapters: Mapping[str, str]) -> bool:
        return self.chapters.get(node_id) != chapters.get(node_id)

    def _end(self, number: int) -> int:
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)

    def _lay_out(self, n_kept: int) -> None:
        """Lay out again from the end of the turn of the last node that was kept."""
        kept = [turn.first for turn in self._turns if turn.first < n_kept]
        new = [n for n in range(n_kept, len(self.nodes)) if self._begins_anew(n)]
        firsts = kept + new
        index = max(0, bisect_right(firsts, n_kept - 1) - 1)
        if n_kept == 0:
            self._turns.clear()
            self.lines.clear()
        else:
            del self._turns[index + 1 :]
            self._go_on_with(self._turns[index], n_kept, firsts)
            index += 1
        for first in firsts[index:]:
            self._begin_turn(first)
            self._wrap(self.starts[first], self._turn_end(first, firsts))

    def _go_on_with(self, turn: _Turn, n_kept: int, firsts: list[int]) -> None:
        """A turn whose beginning stays: two lines back from the change, and on from there.

        The change may make the word before it too long for its line, or short enough for the last.
        """
        changed = self.starts[n_kept] if n_kept < len(self.starts) else len(self.text)
        at = self._resume_at(turn.body, changed)
        resume = self.lines[at].start
        del self.lines[at:]
        self._wrap(resume, self._turn_end(turn.first, firsts))

    def _resume_at(self, body: int, changed: int) -> int:
        """The first line, not before `body`, that a change may break anew."""
        at = bisect_left(self.lines, changed, lo=body, key=lambda line: line.start)
        return max(body, at - 2)

    def _begin_turn(self, first: int) -> None:
        line, start = len(self.lines), self.starts[first]
        has_chapter = self.nodes[first].id in self.chapters
        speaks = self.nodes[first].role != "text" and self._speaks_anew(first)
        if self.lines and (has_chapter or speaks):
            self.lines.append(Line(start, start))
        if has_chapter:
            self.lines.append(Line(start, start, chapter=first))
        if speaks:
            self.lines.append(Line(start, start, speaker=first))
        self._turns.append(_Turn(first, line, body=len(self.lines)))

    def _wrap(self, start: int, end: int) -> None:
        while True:
            newline = self.text.find("\n", start, end)
            stop = end if newline < 0 else newline
            self.lines.extend(Line(*span) for span in wrap(self.text, start, stop, self.width))
            if newline < 0:
                return
            start = newline + 1

    def _turn_end(self, first: int, firsts: list[int]) -> int:
        after = bisect_right(firsts, first)
        return self.starts[firsts[after]] if after < len(firsts) else len(self.text)

    def _begins_anew(self, number: int) -> bool:
        """Whether a node begins on a line of its own."""
        return self._speaks_anew(number) or self.nodes[number].id in self.chapters

    def _speaks_anew(self, number: int) -> bool:
        return number == 0 or self.nodes[number].role != self.nodes[number - 1].role


def n_alike(old: Sequence[Node], new: Sequence[Node]) -> int:
    """How many nodes two paths share from the root on."""
    for number, (a, b) in enumerate(zip(old, new, strict=False)):
        if a is not b and (a.id != b.id or a.role != b.role or a.text != b.text):
            return number
    return min(len(old), len(new))
