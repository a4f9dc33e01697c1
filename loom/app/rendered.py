"""A path laid out as the Markdown that is in it.

What comes far before or behind what is looked at is laid out as it is written, so that a path of
any length is soon there; a pane that is scrolled on asks again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from loom.app.display import n_characters
from loom.app.manuscript import Line, Manuscript, n_alike
from loom.app.markdown import Run, laid_out
from loom.tree.node import Node

_NEAR = 30_000
"""Characters before and behind what is looked at that are rendered."""

_MOST_RENDERED = 2 * _NEAR
"""Characters of the longest block: one without end is no Markdown, and is shown as written."""

_GAP = re.compile(r"\n(?:[ \t]*\n)+(?=[^ \t\n])")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)
_SIGNS = re.compile(
    r"[*_`#>|\[\\~&]|^[ \t]*(?:[-+]|\d{1,9}[.)])[ \t]|^(?: {4}|\t)|^ {0,3}[-=]{2,}[ \t]*$",
    re.MULTILINE,
)
"""Without any of these a paragraph looks as it is written."""


class RenderedManuscript(Manuscript):
    """The lines of one path at one width, rendered near one of its characters.

    `eye` is that character; None: the last.
    """

    def __init__(self, width: int, eye: int | None = None) -> None:
        super().__init__(width)
        self._eye, self._near = eye, range(0)
        self._blocks: list[int] = []
        self._drawn: dict[int, tuple[Run, ...]] = {}
        self._far: dict[int, None] = {}

    def show(self, nodes: Sequence[Node], chapters: Mapping[str, str] | None = None) -> None:
        """Lay out this path, keeping the lines that it shares with the last one."""
        eye = self._eye
        if eye is None:
            eye = sum(len(node.text) for node in nodes)
        self._near = range(eye - _NEAR, eye + _NEAR)
        super().show(nodes, chapters)

    def runs(self, line: int) -> tuple[Run, ...] | None:
        """What is drawn on a line, its places as characters of `text`; None: what is written."""
        return self._drawn.get(line)

    def is_far(self, first: int, until: int) -> bool:
        """Whether some of these lines are only laid out as they are written."""
        return any(line in self._far for line in range(first, until))

    def offset_at(self, line: int, column: int) -> int:
        """The character in a column of a line, or else the next that is written there."""
        runs = self._drawn.get(line)
        if runs is None:
            return super().offset_at(line, column)
        index = n_characters("".join(run.text for run in runs), column)
        for run in runs:
            if run.start is not None and index < len(run.text):
                return run.start + max(index, 0)
            index -= len(run.text)
        return self.lines[line].end

    def drawn(self, line: int, stretch: range) -> Iterator[tuple[int, int]]:
        """Where characters of the text are drawn on a line, as ranges of what is drawn there."""
        runs = self._drawn.get(line)
        if runs is None:
            yield from super().drawn(line, stretch)
            return
        at = 0
        for run in runs:
            if run.start is not None:
                first = max(0, stretch.start - run.start)
                until = min(len(run.text), stretch.stop - run.start)
                if first < until:
                    yield at + first, at + until
            at += len(run.text)

    def _take_nearest(self, nodes: Sequence[Node]) -> int:
        # What was rendered is known by line, and there is not that much of it.
        return n_alike(self.nodes, nodes)

    def _resume_at(self, body: int, changed: int) -> int:
        """The first line of the block that changed, which may be read otherwise as a whole."""
        number = bisect_left(self._blocks, changed) - 1
        if number < 0:
            return body
        return bisect_left(self.lines, self._blocks[number], lo=body, key=lambda line: line.start)

    def _begin_turn(self, first: int) -> None:
        self._forget(self.starts[first])
        super()._begin_turn(first)

    def _wrap(self, start: int, end: int) -> None:
        self._forget(start)
        for first, until, following in self._spans(start, end):
            self._blocks.append(first)
            n_before = len(self.lines)
            if not self._is_marked_up(first, until):
                super()._wrap(first, until)
            elif first >= self._near.stop or until < self._near.start:
                super()._wrap(first, until)
                self._far.update(dict.fromkeys(range(n_before, len(self.lines))))
            else:
                self._render(first, until)
            if following < end:
                self._drawn[len(self.lines)] = ()
                self.lines.append(Line(until, following))
        self.lines[-1] = self.lines[-1]._replace(end=end)

    def _render(self, first: int, until: int) -> None:
        lines = laid_out(self.text[first:until], self.width)
        if not lines:
            # Nothing of it would be seen, as where a link's address is told for later.
            super()._wrap(first, until)
        for line in lines:
            self._drawn[len(self.lines)] = tuple(run.moved(first) for run in line.runs)
            self.lines.append(Line(first + line.start, first + line.end))

    def _is_marked_up(self, first: int, until: int) -> bool:
        is_short = until - first <= _MOST_RENDERED
        return is_short and _SIGNS.search(self.text, first, until) is not None

    def _forget(self, start: int) -> None:
        """What was known from a character on, whose lines are gone."""
        del self._blocks[bisect_left(self._blocks, start) :]
        for known in (self._drawn, self._far):
            while known and next(reversed(known)) >= len(self.lines):
                known.popitem()

    def _spans(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Blocks [first, until) that are read alone, and where the next one begins.

        They part at empty lines, but for those in fenced code and before indented lines.
        """
        first = at = start
        while True:
            gap = _GAP.search(self.text, at, end)
            code = _FENCE.search(self.text, at, end if gap is None else gap.start())
            if code is not None:
                at = self._code_end(code, end)
            elif gap is None:
                yield first, end, end
                return
            else:
                yield first, gap.start(), gap.end()
                first = at = gap.end()

    def _code_end(self, fence: re.Match[str], end: int) -> int:
        """Where fenced code ends: a fence as long as the one that opens it, or nowhere."""
        closing = re.compile(rf"^[ \t]*{re.escape(fence[1])}+[ \t]*$", re.MULTILINE)
        closed = closing.search(self.text, fence.end(), end)
        return end if closed is None else closed.end()
