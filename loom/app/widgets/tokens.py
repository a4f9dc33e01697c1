"""The tokens of the path one by one: what else could have stood there, and how likely it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from loom.app import keymap
from loom.app.display import fit
from loom.app.token_place import (
    TokenPlace,
    bar,
    law_at,
    law_beside,
    moved,
    n_tokens,
    particulars,
    percent,
    remainder,
    spelled,
    strip,
)
from loom.app.widgets.lines import Lines
from loom.session.laws import Laws
from loom.session.seen_as_text import shown
from loom.session.token_laws import Choice, Law, NodeLaws
from loom.tree.graph import Tree
from loom.tree.node import Node

_ABOVE = 2
"""Lines above the choices: the tokens around, and the numbers of the law."""

_INSET = 3
_MOST_BEFORE = 20
"""Tokens that are shown of the text before."""
_BETWEEN_TURNS = " │ "
_WORD = 24
_PERCENT = 8
_LONGEST_BAR = 60
_TWO_COLUMNS = 60
"""Cells in which two models stand side by side."""


class Tokens(Lines, can_focus=True):
    """One token is looked at, one of its alternatives is chosen.

    | component | styles |
    |---|---|
    | `tokens--near`, `tokens--at` | the tokens around, the one that is looked at |
    | `tokens--word`, `tokens--taken` | a choice, the one that stands there |
    | `tokens--chosen`, `tokens--mark` | the row that Enter takes, ▸ and ◆ |
    | `tokens--bar`, `tokens--bar-taken` | bars |
    | `tokens--quiet` | numbers and what loom says itself |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tokens--near",
        "tokens--at",
        "tokens--word",
        "tokens--taken",
        "tokens--chosen",
        "tokens--mark",
        "tokens--bar",
        "tokens--bar-taken",
        "tokens--quiet",
    }
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("tokens")

    @dataclass
    class Moved(Message):
        """Another token is looked at."""

        node_id: str

    @dataclass
    class Taken(Message):
        """The chosen token is to be grown from; the first `n_kept` of the node are kept."""

        node_id: str
        n_kept: int
        choice: Choice
        law: Law

    class Left(Message):
        """The person goes back to the branches."""

    second: reactive[str] = reactive("")
    """The name of a second model whose words stand beside, if there is one."""

    def __init__(
        self,
        tree: Tree,
        laws: Laws,
        beside: Laws | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._tree = tree
        self._laws = laws
        self._beside = beside
        self._path: list[Node] = []
        self._place = TokenPlace(0, 0)
        self._chosen = 0
        self._first = 0
        self._law: Law | None = None

    # Where

    @property
    def node(self) -> Node | None:
        """The node whose token is looked at."""
        return self._path[self._place.number] if self._path else None

    @property
    def index(self) -> int:
        """Which of its tokens."""
        return self._place.index

    @property
    def law(self) -> Law | None:
        """The law at the place, None while it is not known."""
        return self._law

    @property
    def law_beside(self) -> Law | None:
        """The second model's law at the place, None while it is not known, or not to be had."""
        node = self.node
        if node is None or self._beside is None or not self.second:
            return None
        if self.is_next:
            return self._beside.after(node.id)
        others = self._beside.of(node.id)
        return law_beside(node, self._laws.of(node.id), others, self._place.index)

    @property
    def is_next(self) -> bool:
        """Whether it is what would come next."""
        node = self.node
        return node is not None and self._place.index >= n_tokens(node, self._laws)

    def stand_at(self, node_id: str) -> None:
        """Look at the first token of this node."""
        self._path = self._tree.path(node_id)
        self._go_to(TokenPlace(len(self._path) - 1, 0))

    def refresh_laws(self) -> None:
        """Something may be known that was not, and nodes may be longer."""
        if self._path:
            before = self._seen()
            self._path = self._tree.path(self._path[-1].id)
            self._law = law_at(self._path, self._laws, self._place)
            if self._seen() != before:
                self.refresh()

    # Keys

    def action_token(self, by: int) -> None:
        """The token before or after."""
        if self._path:
            self._go_to(moved(self._path, self._laws, self._place, by))

    def action_text(self, by: int) -> None:
        """The beginning of this text, of the one before, or of the next one."""
        if not self._path:
            return
        number, last = self._place.number, len(self._path) - 1
        if by > 0 and number == last:
            self._go_to(TokenPlace(last, n_tokens(self._path[last], self._laws)))
        elif by < 0 and self._place.index:
            self._go_to(TokenPlace(number, 0))
        else:
            self._go_to(TokenPlace(min(max(0, number + by), last), 0))

    def action_choice(self, by: int) -> None:
        """Another alternative."""
        if (law := self.law) is not None:
            self._chosen = min(max(0, self._chosen + by), len(law.choices) - 1)
            room = max(1, self._room)
            self._first = min(max(self._first, self._chosen - room + 1), self._chosen)
            self.refresh()

    def action_take(self) -> None:
        """Grow from the chosen token."""
        law, node = self.law, self.node
        if law is not None and node is not None and law.choices:
            choice = law.choices[self._chosen]
            self.post_message(self.Taken(node.id, self._place.index, choice, law))

    def action_leave(self) -> None:
        """Back to the branches."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        row = event.y - _ABOVE
        if row >= 0:
            self.action_choice(self._first + row - self._chosen)

    def fit(self) -> None:
        """Keep what is chosen in view."""
        self.set_n_lines(self.height)
        self.action_choice(0)

    def _go_to(self, place: TokenPlace) -> None:
        self._place, self._chosen, self._first = place, 0, 0
        if (node := self.node) is not None:
            self.post_message(self.Moved(node.id))
        self._read_law()

    def _read_law(self) -> None:
        self._law = law_at(self._path, self._laws, self._place) if self._path else None
        self.refresh()

    def _seen(self) -> tuple[Node | None, Law | None, Law | None, str, str]:
        """All that is drawn but the place itself."""
        beside = self._why_not_beside() if self.second and self._beside is not None else ""
        return self.node, self.law, self.law_beside, self._why_unknown(), beside

    # Drawing

    @property
    def _room(self) -> int:
        """Lines for choices: the last one says what is not shown."""
        return self.height - _ABOVE - 1

    def draw_line(self, line: int) -> Text:
        """The tokens around; the numbers; the choices; what is not shown."""
        law = self.law
        if line == 0:
            return self._draw_strip()
        if self.second and self.width >= _TWO_COLUMNS:
            return self._draw_both(line)
        if law is None:
            return self._quiet(self._why_unknown() if line == 1 else "")
        if line == 1:
            return self._quiet(particulars(law))
        row = line - _ABOVE
        if row < self._room:
            at = self._first + row
            return self._draw_choice(law, at) if at < len(law.choices) else Text("")
        n_shown = min(len(law.choices), self._first + self._room)
        return self._quiet(remainder(law, n_shown))

    def _draw_both(self, line: int) -> Text:
        """The two models side by side: each its name and numbers, then its words by rank."""
        half = self.width // 2
        text = self._half(self.law, line, half, self._why_unknown())
        text.append(" " * max(0, half - text.cell_len))
        beside = self.law_beside
        right = self._half(beside, line, self.width - half, self._why_not_beside())
        return text.append_text(right)

    def _half(self, law: Law | None, line: int, width: int, why: str) -> Text:
        if law is None:
            return self._quiet(why if line == 1 else "", width)
        if line == 1:
            words = f"{law.model} · entropy {law.entropy_bits:.1f} bits"
            return self._quiet(words, width)
        row, at = line - _ABOVE, self._first + line - _ABOVE
        if row < self._room:
            return self._draw_choice(law, at, width) if at < len(law.choices) else Text("", end="")
        return self._quiet(remainder(law, min(len(law.choices), self._first + self._room)), width)

    def _why_not_beside(self) -> str:
        node = self.node
        assert self._beside is not None
        if node is None or self._beside.awaits(node.id, () if self.is_next else None):
            return f"{self.second} reads this…"
        if self._beside.of(node.id) is not None and not self.is_next:
            return f"{self.second} has no token that begins here"
        return f"{self.second} was not asked"

    def _quiet(self, words: str, width: int | None = None) -> Text:
        text = " " * _INSET + words
        return Text(
            fit(text, width or self.width), self.style_of("tokens--quiet"), no_wrap=True, end=""
        )

    def _why_unknown(self) -> str:
        node = self.node
        if node is None:
            return ""
        awaited = self._laws.awaits(node.id, () if self.is_next else None)
        return "the model reads this…" if awaited else "not known yet"

    def _draw_strip(self) -> Text:
        node = self.node
        text = Text(" " * _INSET, no_wrap=True, end="")
        if node is None:
            return text
        pieces, at = self._around(node)
        start, end = strip(pieces, at, max(1, self.width - _INSET - 1))
        for number in range(start, end):
            style = "tokens--at" if number == at else "tokens--near"
            if self._begins_turn and number == at - self._place.index - 1:
                style = "tokens--quiet"
            text.append(pieces[number], self.style_of(style))
        if at >= len(pieces):
            text.append(" ", self.style_of("tokens--at"))
        text.truncate(self.width)
        return text

    @property
    def _begins_turn(self) -> bool:
        """Whether a turn ends in front of the node: the model reads its marks in between."""
        number = self._place.number
        return number > 0 and self._path[number].role != self._path[number - 1].role

    def _around(self, node: Node) -> tuple[list[str], int]:
        """The tokens of the node and the last of the one before, and which is looked at."""
        before: list[str] = []
        if self._place.number:
            before = _pieces(self._path[self._place.number - 1], self._laws)[-_MOST_BEFORE:]
        if self._begins_turn:
            before.append(_BETWEEN_TURNS)
        return before + _pieces(node, self._laws), len(before) + self._place.index

    def _draw_choice(self, law: Law, at: int, width: int | None = None) -> Text:
        width = width or self.width
        choice = law.choices[at]
        is_taken = law.taken is not None and choice.token_id == law.taken.token_id
        # Enter takes a word of the model on the left.
        is_chosen = at == self._chosen and law is self.law
        word_width = min(_WORD, max(8, width // 3))
        text = Text(no_wrap=True, end="")
        mark = "▸" if is_chosen else " "
        text.append(f" {mark}{'◆' if is_taken else ' '}", self.style_of("tokens--mark"))
        word = fit(spelled(choice), word_width - 1)
        style = "tokens--chosen" if is_chosen else "tokens--taken" if is_taken else "tokens--word"
        text.append(word, self.style_of(style))
        text.append(" " * (word_width - cell_len(word)))
        text.append(f"{percent(choice.probability):>{_PERCENT}}  ", self.style_of("tokens--quiet"))
        room = min(_LONGEST_BAR, width - text.cell_len - 1)
        bar_style = "tokens--bar-taken" if is_taken else "tokens--bar"
        return text.append(bar(choice.probability, room), self.style_of(bar_style))


def _pieces(node: Node, laws: Laws) -> list[str]:
    """How a node's tokens look one by one; a text that no model has read is one piece."""
    known: NodeLaws | None = laws.of(node.id)
    pieces = tuple(_cut(node)) if known is None else known.columns.pieces
    return [shown(piece) for piece in pieces]


def _cut(node: Node) -> list[bytes]:
    if not node.piece_sizes:
        return [node.text] if node.text else []
    pieces, start = [], 0
    for size in node.piece_sizes:
        pieces.append(node.text[start : start + size])
        start += size
    return pieces
