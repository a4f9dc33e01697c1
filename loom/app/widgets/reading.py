"""The reading pane: the text from the beginning to where the person stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message

from loom.app.crossing import end_of
from loom.app.display import BOOKMARK, byte_shown_at, fit, shown_range, shown_words
from loom.app.manuscript import Line, Manuscript
from loom.app.marked import CHAPTER, signs
from loom.app.marks import MARK_CLASSES, MET_CLASSES, Look, look_of
from loom.app.meetings import Meetings, Place
from loom.app.met_words import MetWords
from loom.app.model_glyphs import ModelGlyphs
from loom.app.shading import Shade, Stretch, stretches
from loom.app.widgets.lines import Lines
from loom.app.words import speaker as speaker_told
from loom.session.laws import Laws
from loom.session.token_laws import NodeLaws
from loom.tree.graph import Tree
from loom.tree.node import Node

RAIL = 6
"""Cells of the rail: number of siblings, a mark, and air."""

_MEASURE = 96
"""Cells of the longest line: past that an eye no longer finds the next one."""

_REACH = 3
"""Lines before the end that a longer text may break anew."""

_CONTEXT = 2
"""Lines of what came before that stay above a text too long for the pane."""

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""Of labels, the easiest to reach first."""


class Reading(Lines):
    """Prose as prose, a chat as turns; on the rail, how many ways there were at each fork.

    | component | styles |
    |---|---|
    | `reading--rail`, `reading--fork` | the rail, its numbers |
    | `reading--glyph`, `reading--here` | who wrote it, and ◆ |
    | `reading--typed`, `reading--typed-past` | what a person wrote: here, before |
    | `reading--model`, `reading--model-past` | what a model wrote |
    | `reading--speaker`, `reading--chapter` | whose turn it is, and which chapter |
    | `reading--note` | the sign of a note, on the rail |
    | `marks.MARK_CLASSES`, `marks.MET_CLASSES` | marks on the rail, words that meet |
    | `reading--cut` | what comes after the cut |
    | `reading--token` | the token that is looked at |
    | `reading--shade-1` to `reading--shade-4` | tokens by surprisal or entropy |
    | `reading--other` | every second text, where borders are shown |
    | `reading--jump` | the letter that jumps to a fork |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reading--rail",
        "reading--fork",
        "reading--glyph",
        "reading--here",
        "reading--typed",
        "reading--typed-past",
        "reading--model",
        "reading--model-past",
        "reading--speaker",
        "reading--chapter",
        "reading--note",
        *MARK_CLASSES,
        *MET_CLASSES,
        "reading--cut",
        "reading--token",
        *(f"reading--shade-{level}" for level in range(1, 5)),
        "reading--other",
        "reading--jump",
    }

    @dataclass
    class Clicked(Message):
        """A text was clicked; of the last one, before which byte."""

        node_id: str
        byte: int | None

    def __init__(self, tree: Tree, laws: Laws, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tree = tree
        self._laws = laws
        self._glyphs = ModelGlyphs(tree)
        self._shaded: dict[str, tuple[NodeLaws, tuple[Stretch, ...]]] = {}
        self._labels: dict[int, str] = {}
        self.shade: Shade | None = None
        self.shows_borders = False
        self._page = Manuscript(1)
        self._rail: dict[int, int | None] = {}
        self._met = MetWords()
        self._place: Place | None = None
        self._scrolled_to = 0
        self._token: tuple[str, int, int] | None = None
        self._cut: int | None = None

    def stand_nowhere(self) -> None:
        """Nothing is to be seen."""
        self._cut = None
        self._page.show([])
        self._rail = {}
        self.set_n_lines(0)
        self.refresh()

    def show_cut(self, cut: int | None) -> None:
        """What comes after this byte of the last text is to be cut off; nothing if None."""
        self._cut = cut
        if cut is not None and self.height:
            line = self._line_of_cut(cut)
            self.keep_in_view(max(0, line - 1), line)
        self.refresh()

    def stand_at(self, node_id: str) -> None:
        """The person is at this node now: its text comes into view."""
        self._cut = None
        self._show(self._tree.path(node_id))
        self._rail.clear()
        self._bring_into_view()
        self.refresh()

    def redraw(self, node_ids: Collection[str]) -> None:
        """These nodes became longer or have new siblings; nothing scrolls."""
        nodes = self._page.nodes
        if not nodes or nodes[-1].id not in node_ids:
            return
        n_before = len(self._page.lines)
        self._show(self._tree.path(nodes[-1].id))
        self._rail.clear()
        self.set_n_lines(max(len(self._page.lines), self.virtual_size.height))
        first = max(0, n_before - _REACH)
        self.refresh_lines(first, len(self._page.lines) - first)

    def redraw_rail(self) -> None:
        """Some fork on the path may have more ways now."""
        self._rail.clear()
        self.refresh()

    def redraw_marks(self) -> None:
        """People put something on a node; nothing scrolls."""
        if self._page.nodes:
            self._show(self._page.nodes)
            self._rail.clear()
            self.set_n_lines(max(len(self._page.lines), self.height))
            self.refresh()

    def _show(self, nodes: Sequence[Node]) -> None:
        # Few nodes are marked, and a path may have ten thousand.
        tree = self._tree
        chapters = {one: title for one in tree.marked_ids if (title := tree.marks(one).chapter)}
        self._page.show(nodes, chapters)

    def show_meetings(self, meetings: Meetings, place: Place | None) -> None:
        """Other words meet now, or another place was asked for, which comes into view."""
        self._met = MetWords(meetings, place)
        asked = None if self._place is None else (self._place.join.id, self._place.node_id)
        self._place = place
        if place is not None and (place.join.id, place.node_id) != asked:
            self._bring_into_view()
        self.refresh()

    # Ways to look at it

    def shade_by(self, shade: Shade | None) -> None:
        """Shade tokens by this from now on."""
        self.shade = shade
        self._shaded.clear()
        self.refresh()

    def turn_borders(self) -> None:
        """Show where texts begin, or do not."""
        self.shows_borders = not self.shows_borders
        self.refresh()

    @property
    def ids_in_view(self) -> list[str]:
        """The nodes of which something is on the screen."""
        page = self._page
        lines = page.lines[self.top : self.top + self.height]
        if not lines:
            return []
        first, last = page.node_at(lines[0].start), page.node_at(lines[-1].end)
        return [node.id for node in page.nodes[max(0, first) : last + 1]]

    def label_forks(self) -> dict[str, str]:
        """Letters beside the forks on the screen, the nearest first; each with its node."""
        numbers = {}
        for line in range(min(self.top + self.height, len(self._page.lines)) - 1, self.top - 1, -1):
            number = self._mark(line)
            if number is not None and len(self._tree.sibling_ids(self._page.nodes[number].id)) > 1:
                numbers[line] = number
        self._labels = dict(zip(numbers, LETTERS, strict=False))
        self.refresh()
        return {letter: self._page.nodes[numbers[line]].id for line, letter in self._labels.items()}

    def drop_labels(self) -> None:
        """The letters go again."""
        self._labels = {}
        self.refresh()

    def mark_token(self, token: tuple[str, int, int] | None) -> None:
        """Mark these bytes [start, end) of a node, and bring them into view."""
        if token == self._token:
            return
        self._token = token
        if token is not None:
            self._reveal(*token)
        self.refresh()

    def _reveal(self, node_id: str, start: int, end: int) -> None:
        """Scroll to where bytes of a node stand."""
        for number in range(len(self._page.nodes) - 1, -1, -1):
            node = self._page.nodes[number]
            if node.id == node_id:
                first, _ = shown_range(node.text, start, end)
                line = self._page.line_at(self._page.starts[number] + first)
                self.keep_in_view(max(0, line - 1), line + 1)
                return

    def _new_page(self, width: int) -> Manuscript:
        return Manuscript(width)

    def fit(self) -> None:
        """Lay out for the new width; where the person had scrolled away, stay there."""
        width = max(1, min(self.width - RAIL, _MEASURE))
        left_alone = self.top == self._scrolled_to
        if width != self._page.width:
            nodes, self._page = self._page.nodes, self._new_page(width)
            self._show(nodes)
            self._rail.clear()
            self.set_n_lines(len(self._page.lines))
        if left_alone:
            self._bring_into_view()

    def on_click(self, event: events.Click) -> None:
        """Say which text was clicked, and before which of its bytes."""
        at, lines = event.get_content_offset(self), self._page.lines
        if at is None or not self._page.nodes or self.top + at.y >= len(lines):
            return
        offset = self._page.offset_at(self.top + at.y, at.x - RAIL)
        number, node, byte = self._byte_at(offset)
        is_last = number == len(self._page.nodes) - 1
        self.post_message(self.Clicked(node.id, byte if is_last else None))

    def _byte_at(self, offset: int) -> tuple[int, Node, int]:
        """The node of a character, its number on the path, and the byte of it that begins there."""
        number = max(0, self._page.node_at(offset))
        node = self._page.nodes[number]
        return number, node, byte_shown_at(node.text, offset - self._page.starts[number])

    def draw_line(self, line: int) -> Text:
        """The rail and one line of text."""
        lines = self._page.lines
        if line >= len(lines):
            return Text("")
        text = self._draw_rail(line)
        if (chapter := lines[line].chapter) is not None:
            title = self._tree.marks(self._page.nodes[chapter].id).chapter
            words = fit(f"{CHAPTER} {shown_words(title)}", self._page.width)
            return text.append(words, self.style_of("reading--chapter"))
        if not self._page.text and line == len(lines) - 1:
            return text.append("(empty)", self.style_of("reading--rail"))
        if (speaker := lines[line].speaker) is not None:
            node = self._page.nodes[speaker]
            return text.append(speaker_told(node), self.style_of("reading--speaker"))
        return text.append_text(self._draw_words(line))

    def _bring_into_view(self) -> None:
        """The end of the text at the bottom, unless the node would begin out of sight.

        A text that grows begins in the upper half, so that there is room for it to grow in view.
        """
        if not self._page.nodes or not self.height:
            return
        n_lines, height = len(self._page.lines), self.height
        begins = self._page.first_line(len(self._page.nodes) - 1)
        if self._page.nodes[-1].state == "growing":
            top = max(0, begins - height // 2)
        else:
            last = min(n_lines, self._line_of_place() + 2)
            top = max(min(max(0, begins - _CONTEXT), max(0, n_lines - height)), last - height)
        self.set_n_lines(max(n_lines, top + height))
        self.put_at_top(top)
        self._scrolled_to = top

    def _line_of_place(self) -> int:
        """The line on which the words end that meet others where it was asked for, else the top."""
        node, place = self._page.nodes[-1], self._place
        if place is None or place.node_id != node.id:
            return 0
        end = shown_range(node.text, 0, end_of(place))[1]
        return self._page.line_at(self._page.starts[-1] + max(0, end - 1))

    def _mark(self, line: int) -> int | None:
        """Which node the rail marks on a line: the last one that begins there."""
        if line not in self._rail:
            self._rail[line] = self._page.node_beginning_on(line)
        return self._rail[line]

    def _draw_rail(self, line: int) -> Text:
        text = Text(no_wrap=True, end="")
        number, look = self._mark(line), self._look_on(self._page.lines[line])
        if number is None and look is None:
            return text.append("    │ ", self.style_of("reading--rail"))
        node = None if number is None else self._page.nodes[number]
        n_ways = 1 if node is None else len(self._tree.sibling_ids(node.id))
        marks = None if node is None else self._tree.marks(node.id)
        sign = "" if marks is None else signs(marks)
        ways = str(n_ways) if n_ways > 1 else ""
        if look is not None:
            mark = look.mark if len(look.mark + ways) <= 3 else look.mark[:1]
            ways = ways if len(mark + ways) <= 3 else ""
            text.append(mark if ways else f"{mark:>3}", self.style_of(look.mark_class))
        text.append(f"{ways:>{3 - text.cell_len}}", self.style_of("reading--fork"))
        text.append(sign or " ", self.style_of("reading--note"))
        if node is None or marks is None:
            assert look is not None
            return text.append(f"{look.joint} ", self.style_of(look.mark_class))
        if line in self._labels:
            return text.append(self._labels[line], self.style_of("reading--jump")).append(" ")
        if number == len(self._page.nodes) - 1:
            return text.append("◆ ", self.style_of("reading--here"))
        style = self.style_of("reading--typed" if node.written else "reading--glyph")
        glyph = "○" if node.written else self._glyphs.of(node.author)
        glyph = BOOKMARK if marks.bookmarked else glyph
        return text.append(f"{glyph} ", style)

    def _look_on(self, line: Line) -> Look | None:
        """The strongest finding whose words end on a line."""
        page = self._page
        for number, _, _ in page.pieces(line):
            for end, join in self._met.ends(page.nodes[number]):
                if line.start < page.starts[number] + end <= line.end:
                    return look_of(join)
        return None

    def _draw_words(self, line: int) -> Text:
        page, (first, until, *_) = self._page, self._page.lines[line]
        words = Text(page.text[first:until], no_wrap=True, end="")
        for number, start, end in page.pieces(page.lines[line]):
            node = page.nodes[number]
            for style in self._styles_of(number):
                words.stylize(style, start - first, end - first)
            for style, tinted, last in self._tints(node):
                tinted, last = tinted + page.starts[number], last + page.starts[number]
                words.stylize(style, max(tinted - first, 0), max(last - first, 0))
        if self._cut is not None:
            style = self.style_of("reading--cut")
            words.stylize(style, max(0, self._offset_of_cut(self._cut) - first))
        words.truncate(page.width)
        return words

    def _styles_of(self, number: int) -> Iterator[Style]:
        """How the words of a node look: by who wrote it, and where."""
        name = "typed" if self._page.nodes[number].written else "model"
        is_last = number == len(self._page.nodes) - 1
        yield self.style_of(f"reading--{name}" if is_last else f"reading--{name}-past")
        if self.shows_borders and number % 2:
            yield self.style_of("reading--other")

    def _offset_of_cut(self, cut: int) -> int:
        node = self._page.nodes[-1]
        return self._page.starts[-1] + shown_range(node.text, cut, len(node.text))[0]

    def _line_of_cut(self, cut: int) -> int:
        """The line on which the last words stand that are kept."""
        last_kept = self._offset_of_cut(cut) - 1
        lines = self._page.lines
        return max((n for n, line in enumerate(lines) if line.start <= last_kept), default=0)

    def _tints(self, node: Node) -> Iterator[tuple[Style, int, int]]:
        """Stretches of a node's shown text that are shaded, where words meet, or looked at."""
        for start, end, level in self._stretches(node):
            yield self.style_of(f"reading--shade-{level}"), start, end
        for name, start, end in self._met.tinted(node):
            yield self.style_of(name), start, end
        if self._token is not None and self._token[0] == node.id:
            yield self.style_of("reading--token"), *shown_range(node.text, *self._token[1:])

    def _stretches(self, node: Node) -> tuple[Stretch, ...]:
        laws = None if self.shade is None else self._laws.of(node.id)
        if self.shade is None or laws is None:
            return ()
        known = self._shaded.get(node.id)
        if known is None or known[0] is not laws:
            known = self._shaded[node.id] = laws, stretches(node, laws, self.shade)
        return known[1]
