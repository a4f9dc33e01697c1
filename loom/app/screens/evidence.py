"""Where the shared words of one join stand."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from loom.app.display import shown_in_a_line, shown_words
from loom.app.meetings import Place
from loom.records import Join, Span
from loom.tree.graph import Tree

_N_BEFORE, _N_AFTER = 30, 200
"""Bytes of context on either side of the shared words; the panel cuts what has no room."""


class EvidenceScreen(ModalScreen[Place | None]):
    """The reason in one sentence, and every branch with its words: Enter goes there."""

    CSS_PATH = "evidence.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "back")]

    def __init__(self, join: Join, tree: Tree) -> None:
        super().__init__()
        self._join = join
        self._tree = tree

    def compose(self) -> ComposeResult:
        """From the sentence to the words."""
        with Vertical(id="evidence") as panel:
            panel.border_title = "≈ shared words"
            panel.border_subtitle = "Enter goes there · Esc goes back"
            yield Static(Content(shown_words(self._join.sentence)), id="reason")
            places = [Option(self._place(span), id=str(i)) for i, span in enumerate(self._ends())]
            yield OptionList(*places)

    @on(OptionList.OptionSelected)
    def _go_there(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Place(self._join, self._ends()[event.option_index].node))

    def _ends(self) -> list[Span]:
        """One span a branch: the one in which the shared words end."""
        last = {span.node: span for span in self._join.spans}
        return [last[node_id] for node_id in self._join.nodes if node_id in last]

    def _place(self, span: Span) -> Content:
        node = self._tree.node(span.node)
        number = self._tree.sibling_ids(node.id).index(node.id) + 1
        return Content.assemble(
            (f"{number:>3}  ", "$typed"),
            (_before(node.text[: span.start_byte]), "$faint"),
            (shown_in_a_line(node.text[span.start_byte : span.end_byte]), "$ink on $met-here"),
            (shown_in_a_line(node.text[span.end_byte :][:_N_AFTER]), "$faint"),
        )


def _before(raw: bytes) -> str:
    """The last words before a run, begun at a whole word."""
    if len(raw) <= _N_BEFORE:
        return shown_in_a_line(raw).lstrip()
    return "…" + shown_in_a_line(raw[-_N_BEFORE:].partition(b" ")[2])
