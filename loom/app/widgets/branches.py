"""The branches from here, side by side where they have room, beginnings first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.message import Message

from loom.app.branch_grid import FACTS, GAP, INDENT, NUMBER, Grid
from loom.app.branch_words import beginning, ending, most_lines, with_ellipsis
from loom.app.display import fit, shown_in_a_line, shown_range_in_a_line
from loom.app.marks import MARK_CLASSES, MET_CLASSES
from loom.app.meetings import Meetings, Place, words_range
from loom.app.model_glyphs import ModelGlyphs
from loom.app.siblings import Families
from loom.app.widgets.lines import Lines
from loom.app.wrapping import wrap
from loom.tree.graph import Tree
from loom.tree.node import Node

_MOST_MARKS = 3


class Branches(Lines):
    """The ways on from where the person stands; at the end of a road, the ways beside it.

    So a step from a fork into one of its branches leaves the list where it is, and only the mark
    moves: ▸ is the branch that → would enter, ◆ the one where the person is.

    | component | styles |
    |---|---|
    | `branches--number`, `branches--chosen` | the number; that of the branch marked ▸ or ◆ |
    | `branches--line`, `branches--facts`, `branches--growing` | the heading of a card |
    | `branches--model`, `branches--typed`, `branches--quiet` | words; what loom says itself |
    | `marks.MARK_CLASSES`, `marks.MET_CLASSES` | whom this branch meets, and in which words |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "branches--number",
        "branches--chosen",
        "branches--line",
        "branches--facts",
        "branches--growing",
        "branches--model",
        "branches--typed",
        "branches--quiet",
        *MARK_CLASSES,
        *MET_CLASSES,
    }

    @dataclass
    class BranchClicked(Message):
        """A branch was clicked."""

        node_id: str

    def __init__(self, tree: Tree, families: Families, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tree = tree
        self._families = families
        self._glyphs = ModelGlyphs(tree)
        self._tells_models = False
        self._meetings = Meetings()
        self._place: Place | None = None
        self._here: str | None = None
        self._ids: tuple[str, ...] = ()
        self.n_awaited = 0
        self._settled = True
        self._when_empty = ""
        self._grid = Grid(1, 1, 80)
        self._offer: Size | None = None
        self._n_rows_got = 0
        self._drawn: dict[int, list[Text]] = {}
        self._full: dict[str, tuple[bytes, list[Text]]] = {}

    def stand_at(self, node_id: str | None, when_empty: str, n_awaited: int) -> None:
        """The person is at this node now, where `n_awaited` branches are about to begin."""
        moved = node_id != self._here
        self._here, self._when_empty, self.n_awaited = node_id, when_empty, n_awaited
        n_before, self._ids = self._n_cells, self._numbered()
        if moved or self._n_cells != n_before:
            growing = self._tree.growing_ids
            self._settled = not n_awaited and not set(growing).intersection(self._ids)
        self._lay_out()
        self.refresh(layout=self._offer is None or self._rows_of(self._offer) != self._n_rows_got)
        if moved:
            self._show_chosen()

    @property
    def ids(self) -> tuple[str, ...]:
        """The branches that are numbered on the screen, from 1."""
        return self._ids

    @property
    def chosen_number(self) -> int:
        """The number of the branch that is marked, else the first."""
        chosen = self._chosen()
        return self._ids.index(chosen) + 1 if chosen in self._ids else 1

    def redraw(self, node_ids: Collection[str]) -> None:
        """The text or state of these nodes changed."""
        for index, node_id in enumerate(self._ids):
            if node_id in node_ids:
                self._redraw(index, index // self._grid.n_columns * self._height)

    def _redraw(self, index: int, first: int) -> None:
        """Draw those lines of a branch again that say something else; off the screen none."""
        before = self._drawn.pop(index, None)
        if before is None or not self.top - self._height < first < self.top + self.height:
            self.refresh_lines(first, self._height)
            return
        for line, (old, new) in enumerate(zip(before, self._cell(index), strict=False), first):
            if old is not new and old != new:
                self.refresh_line(line)

    def show_meetings(self, meetings: Meetings, place: Place | None) -> None:
        """Other words meet now, or another place was asked for."""
        self._meetings, self._place = meetings, place
        self._draw_all_again()
        self.refresh()

    def _draw_all_again(self) -> None:
        self._drawn.clear()
        self._full.clear()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """All branches, in at most three fifths of the page."""
        self._offer = Size(width, container.height)
        self._n_rows_got = self._rows_of(self._offer)
        return self._n_rows_got

    def _rows_of(self, offer: Size) -> int:
        """Rows that the branches want of a page of that height, in a pane of that width."""
        n = self._n_cells
        if not n:
            return 1
        most = max(1, offer.height * 3 // 5)
        return min(most, self._share(max(1, offer.width - 1), most).n_rows(n))

    def fit(self) -> None:
        """Share the new room."""
        self._lay_out()
        self._show_chosen()

    def draw_line(self, line: int) -> Text:
        """One line across all columns."""
        if not self._n_cells:
            quiet = self.style_of("branches--quiet")
            words = " " * NUMBER + self._when_empty if line == 0 else ""
            return Text(fit(words, self.width), quiet)
        text = Text(no_wrap=True, end="")
        first = line // self._height * self._grid.n_columns
        for index in range(first, min(first + self._grid.n_columns, self._n_cells)):
            if index > first:
                text.append(" " * GAP)
            text.append_text(self._cell(index)[line % self._height])
        return text

    def on_click(self, event: events.Click) -> None:
        """Say which branch was clicked."""
        row = (self.top + event.y) // self._height
        column = min(event.x // (self._grid.width + GAP), self._grid.n_columns - 1)
        index = row * self._grid.n_columns + column
        if index < len(self._ids):
            self.post_message(self.BranchClicked(self._ids[index]))

    @property
    def _n_cells(self) -> int:
        return len(self._ids) + self.n_awaited

    @property
    def _height(self) -> int:
        return self._grid.height

    def _numbered(self) -> tuple[str, ...]:
        if self._here is None:
            return ()
        children = self._tree.child_ids(self._here)
        if children or self.n_awaited:
            return children
        siblings = self._tree.sibling_ids(self._here)
        return siblings if len(siblings) > 1 else ()

    def _lay_out(self) -> None:
        self._grid = self._share(max(1, self.width), max(1, self.height))
        self._draw_all_again()
        self.set_n_lines(max(1, self._grid.n_rows(self._n_cells)))

    def _share(self, width: int, n_rows: int) -> Grid:
        """The grid for this room; branches that have all ended take no more lines than they need.

        While one grows the room does not depend on its text, and when it ends it keeps its room
        until the person moves.
        """
        grid = Grid.of(self._n_cells, width, n_rows)
        if not self._settled:
            return grid
        return grid.no_taller_than(most_lines(map(self._tree.node, self._ids), grid))

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        if chosen in self._ids and self.height:
            line = self._ids.index(chosen) // self._grid.n_columns * self._height
            self.keep_in_view(line, line + self._height - 1)

    def _chosen(self) -> str | None:
        if self._here is None or self._here in self._ids:
            return self._here
        return self._tree.last_visited_child(self._here)

    def _cell(self, index: int) -> list[Text]:
        if self._tells_models != self._glyphs.several:
            # From the second model on every branch shows whose it is.
            self._tells_models = not self._tells_models
            self._drawn.clear()
        if index not in self._drawn:
            node = self._tree.node(self._ids[index]) if index < len(self._ids) else None
            draw = self._row if self._grid.is_list else self._card
            self._drawn[index] = draw(index, node)
        return self._drawn[index]

    def _row(self, index: int, node: Node | None) -> list[Text]:
        """A branch in a list: number, words, facts."""
        lines = []
        for number, words in enumerate(self._words(node)):
            text = Text(no_wrap=True, end="")
            text.append_text(self._number(index, node) if number == 0 else Text(" " * NUMBER))
            text.append_text(words)
            if number == 0:
                facts = self._facts(node)
                text.append(" " * (self._grid.width - text.cell_len - facts.cell_len - 1))
                text.append_text(facts)
            lines.append(text)
        return lines

    def _card(self, index: int, node: Node | None) -> list[Text]:
        """A branch in columns: a heading that is a line, and words under it."""
        line, facts = self.style_of("branches--line"), self._facts(node)
        head = self._number(index, node)
        tail = Text(" ").append_text(facts).append(" ──", line) if facts.plain else Text("")
        n_dashes = self._grid.width - head.cell_len - tail.cell_len
        return [head.append("─" * n_dashes, line).append_text(tail), *self._words(node)]

    def _in_place(self, words: Text) -> Text:
        """A line of words as it stands in its column; in a list facts may follow it."""
        if self._grid.is_list:
            return words
        text = Text(" " * INDENT, no_wrap=True, end="").append_text(words)
        return text.append(" " * (self._grid.width - text.cell_len))

    def _number(self, index: int, node: Node | None) -> Text:
        """Its number, marked if it is where the person is or would go."""
        mark = ""
        if node is not None and node.id == self._chosen():
            mark = "◆" if node.id == self._here else "▸"
        style = self.style_of("branches--chosen" if mark else "branches--number")
        label = f"{mark}{index + 1}"
        return (
            Text(end="")
            .append(f"{label:>3}", style)
            .append(" " * (NUMBER - 3 if self._grid.is_list else INDENT - 3))
        )

    def _facts(self, node: Node | None) -> Text:
        """How long, how it ended, whether its words meet others."""
        if node is None:
            return Text("")
        end, text = ending(node, self._families), Text(end="")
        whose = self._glyphs.several and not node.written
        room = FACTS - 2 - len(end) - 2 * whose
        n_marks = min(_MOST_MARKS, room // 2) if self._grid.is_list else _MOST_MARKS
        for look in self._meetings.looks(node.id)[:n_marks]:
            text.append(f"{look.mark} ", self.style_of(look.mark_class))
        if whose:
            text.append(f"{self._glyphs.of(node.author)} ", self.style_of("branches--facts"))
        style = "branches--growing" if node.state == "growing" else "branches--facts"
        return text.append(end, self.style_of(style))

    def _words(self, node: Node | None) -> list[Text]:
        """Exactly as many lines as the grid gives; the last one says if there is more."""
        n_lines, width = self._grid.n_lines, max(1, self._grid.text_width)
        quiet = self.style_of("branches--quiet")
        if node is None:
            lines = [self._in_place(Text("waiting", quiet))]
        elif twin := self._families.twin(node):
            lines = [self._in_place(Text(f"= {twin.first}, word for word", quiet))]
        elif not node.text.strip():
            words = "" if node.state == "growing" else "(empty)"
            lines = [self._in_place(Text(words, quiet))]
        else:
            lines = self._lines_of(node, n_lines, width)
        return lines + [self._in_place(Text("")) for _ in range(n_lines - len(lines))]

    def _lines_of(self, node: Node, n_lines: int, width: int) -> list[Text]:
        """The beginning of a branch; where it fills its lines, what grows below changes nothing."""
        raw = beginning(node, self._grid)
        known = self._full.get(node.id)
        if known is not None and raw.startswith(known[0]):
            return known[1]
        text = self._tinted(node, raw)
        n_told = self._families.n_repeated(node) if self._settled else 0
        if n_told > n_lines * width // 2:
            # What parts it from the one above must not lie beyond its room.
            text = Text("…", self.style_of("branches--quiet"), end="").append_text(text[n_told:])
        spans = list(islice(wrap(text.plain, 0, len(text.plain), width), n_lines + 1))
        lines = [text[start:end] for start, end in spans]
        for line in lines:
            line.rstrip()
        if len(lines) > n_lines:
            del lines[n_lines:]
            lines[-1] = with_ellipsis(lines[-1], width)
            self._full[node.id] = raw, [*map(self._in_place, lines)]
            return self._full[node.id][1]
        return [*map(self._in_place, lines)]

    def _tinted(self, node: Node, raw: bytes) -> Text:
        """The beginning of a branch on one line, words that meet tinted."""
        n_skipped = len(node.text) - len(node.text.lstrip())
        style = self.style_of("branches--typed" if node.written else "branches--model")
        text = Text(shown_in_a_line(raw), style, end="")
        for span, name in self._meetings.tinted(node.id, self._place):
            start, end = (max(0, at - n_skipped) for at in words_range(node.text, span))
            if start < len(raw):
                text.stylize(self.style_of(name), *shown_range_in_a_line(raw, start, end))
        return text
