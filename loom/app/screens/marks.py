"""All that people put on texts, to go there: bookmarks, chapters, titles, tags and notes."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from loom.app.display import BOOKMARK, shown_in_a_line, shown_words
from loom.app.marked import CHAPTER, COLOURS, NOTE
from loom.tree.graph import Tree
from loom.tree.marks import UNMARKED

_MOST_BYTES = 400


class MarksScreen(ModalScreen[str | None]):
    """Answers with the node to go to, or None; `here` is where the person stands."""

    CSS_PATH = "marking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,B", "dismiss", "back")]

    def __init__(self, tree: Tree, here: str | None) -> None:
        super().__init__()
        self._tree = tree
        self._here = here

    def compose(self) -> ComposeResult:
        """A line for each text that carries anything."""
        with Vertical(id="marks-there-are", classes="marking") as panel:
            panel.border_title = "What is marked"
            panel.border_subtitle = "↑↓ choose · Enter goes there · Esc goes back"
            yield OptionList(*(Option(self._line(one), id=one) for one in marked_ids(self._tree)))

    def on_mount(self) -> None:
        """Begin where the person stands, if that is marked."""
        listed, ids = self.query_one(OptionList), marked_ids(self._tree)
        listed.highlighted = ids.index(self._here) if self._here in ids else 0
        listed.focus()

    @on(OptionList.OptionSelected)
    def _go(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def _line(self, node_id: str) -> Content:
        marks, node = self._tree.marks(node_id), self._tree.node(node_id)
        parts = [Content.styled(f"{BOOKMARK if marks.bookmarked else ' '} ", "$typed")]
        if marks.chapter:
            parts.append(Content.styled(f"{CHAPTER} {shown_words(marks.chapter)}  ", "bold $typed"))
        if marks.title:
            parts.append(Content.styled(f"{shown_words(marks.title)}  ", "bold $ink"))
        parts += [
            Content.styled(f"#{shown_words(tag.name)}  ", COLOURS[tag.colour]) for tag in marks.tags
        ]
        if marks.note:
            parts.append(Content.styled(f"{NOTE} {shown_words(marks.note)}  ", "$ink"))
        said = shown_in_a_line(node.text.strip()[:_MOST_BYTES])
        return Content.assemble(*parts, (said or "(empty)", "$faint"))


def marked_ids(tree: Tree) -> list[str]:
    """Visible nodes that carry something, in the order of the outline."""
    marked = [one for one in tree.marked_ids if tree.marks(one) != UNMARKED]
    visible = [one for one in marked if tree.is_visible(one)]
    return sorted(visible, key=lambda one: _place(tree, one))


def _place(tree: Tree, node_id: str) -> list[int]:
    """Numbers among siblings from the beginning on."""
    return [tree.sibling_ids(node.id).index(node.id) for node in tree.path(node_id)]
