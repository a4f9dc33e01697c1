"""Searching the texts of the tree."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from loom.app.display import shown_words
from loom.app.screens.drawn import Window
from loom.app.searching import MOST_FOUND, Found, search
from loom.tree.graph import Tree


class SearchScreen(Window[str | None]):
    """Answers with the node to go to, or None."""

    CSS_PATH = "search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        Binding("up", "choose(-1)", "before"),
        Binding("down", "choose(1)", "after"),
    ]

    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self._tree = tree

    def compose(self) -> ComposeResult:
        """What is searched for, and what is found."""
        with Vertical(id="search") as panel:
            panel.border_title = "Search the texts"
            panel.border_subtitle = "↑↓ choose · Enter goes there · Esc goes back"
            yield Input(placeholder="words; capital letters count if there are any", compact=True)
            yield Static(id="told")
            yield OptionList()

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _search_anew(self, event: Input.Changed) -> None:
        self._search(event.value)

    @work(exclusive=True)
    async def _search(self, words: str) -> None:
        """Search a handful of nodes, then let keys be heard."""
        listed, n_found = self.query_one(OptionList), 0
        listed.clear_options()
        for found in search(self._tree, words):
            room = MOST_FOUND - n_found
            listed.add_options([Option(_line(hit), id=hit.node_id) for hit in found[:room]])
            n_found += len(found)
            if listed.highlighted is None and listed.option_count:
                listed.highlighted = 0
            self._tell(words, n_found)
            await asyncio.sleep(0)
        self._tell(words, n_found)

    def _tell(self, words: str, n_found: int) -> None:
        if not words.strip():
            told = ""
        elif not n_found:
            told = "No text says that."
        elif n_found > MOST_FOUND:
            told = f"More than {MOST_FOUND} texts say that; the first of them:"
        else:
            told = "1 text says that." if n_found == 1 else f"{n_found} texts say that."
        self.query_one("#told", Static).update(Content(told))

    def action_choose(self, by: int) -> None:
        """Another place."""
        listed = self.query_one(OptionList)
        if by > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    @on(Input.Submitted)
    def _go(self) -> None:
        option = self.query_one(OptionList).highlighted_option
        if option is not None:
            self.dismiss(option.id)

    @on(OptionList.OptionSelected)
    def _go_where_clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)


def _line(found: Found) -> Content:
    return Content.assemble(
        ("…" if found.is_cut else "", "$faint"),
        (shown_words(found.before).lstrip(), "$faint"),
        (shown_words(found.words), "bold $typed"),
        (shown_words(found.after), "$ink"),
    )
