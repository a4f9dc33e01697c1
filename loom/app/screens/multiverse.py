"""The multiverse: what could come next, several tokens deep, drawn by probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from loom.app import keymap
from loom.app.display import fit_end, shown_in_a_line
from loom.app.screens.drawn import DrawnOnce
from loom.app.token_place import percent, spelled
from loom.app.widgets.foot import Foot
from loom.app.widgets.multiverse_page import MultiversePage
from loom.app.widgets.rule import Rule
from loom.app.words import count
from loom.errors import LoomError
from loom.session.multiverse import Ids, Multiverse
from loom.session.token_laws import Choice, Law
from loom.tree.graph import Tree

_TURN = " ▸ "
_TAIL = 600
"""Bytes of what was said before that may be shown."""


class MultiverseScreen(DrawnOnce[tuple[Law, Sequence[Choice]] | None]):
    """Answers with the tokens to grow from and the law of the first, or None."""

    CSS_PATH = "multiverse.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("multiverse")

    def __init__(self, multiverse: Multiverse, tree: Tree, node_id: str) -> None:
        super().__init__()
        self._multiverse = multiverse
        self._tree = tree
        self._node_id = node_id
        self._page = MultiversePage(multiverse)
        self._refused = ""

    def compose(self) -> ComposeResult:
        """What was said, what could follow, and what one can do."""
        yield Rule(id="multiverse-top")
        yield Static(id="said")
        yield self._page
        yield Foot()

    def on_mount(self) -> None:
        """Begin to look once there is room to know how deep."""
        self.query_one(Foot).state = "multiverse"
        self.query_one("#multiverse-top", Rule).note = "T 1, nothing cut"
        self.call_after_refresh(self.look)

    def on_resize(self) -> None:
        """There may be room for more."""
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Show what is known now, and ask for what comes next by its mass."""
        page = self._page
        if not page.height:
            # There is no room yet, so that nobody can tell how deep to look.
            return
        page.show_grown(self._grown())
        page.lay_out()
        left = len(page.unknown)
        try:
            self._multiverse.ask(page.unknown)
        except LoomError as error:
            if str(error) != self._refused:
                self._refused = str(error)
                self.notify(f"{error.what} {error.remedy}", severity="warning", markup=False)
        self.query_one(Foot).facts = (f"{left} to look at",) if left else ()
        self._tell()

    def _grown(self) -> frozenset[Ids]:
        """The beginnings of branches that are there, token by token."""
        ways = set[Ids]()
        depth = len(self._multiverse.root) + self._page.n_columns
        for child in self._tree.child_ids(self._node_id):
            ids = self._tree.node(child).token_ids or ()
            ways |= {tuple(ids[:n]) for n in range(1, min(len(ids), depth) + 1)}
        return frozenset(ways)

    def _tell(self) -> None:
        """The chosen way in words, with its probability."""
        root, chosen = self._multiverse.root, self._page.chosen
        way = self._multiverse.path(chosen)
        rule = self.query_one("#multiverse-top", Rule)
        if not way:
            rule.label = "what could come next · the model reads this…"
            self._say("", "")
            return
        mass = 1.0
        for choice in way:
            mass *= choice.probability
        n_tokens = count(len(way), "token")
        zoomed = f" · looking on from {len(root)}" if root else ""
        rule.label = f"what could come next · {n_tokens}, {percent(mass)}{zoomed}"
        words = [spelled(choice) for choice in way]
        self._say("".join(words[: len(root)]), "".join(words[len(root) :]))

    def _say(self, before: str, chosen: str) -> None:
        """One line: the end of what was said, the tokens behind it that are looked on from."""
        line = self.query_one("#said", Static)
        said = shown_in_a_line(self._tree.path_text(self._node_id)[-_TAIL:])
        said += _TURN if self._tree.mode == "chat" else ""
        line.update(_one_line(said, before, chosen, max(1, self.size.width - 4)))

    # Keys

    def action_step(self, across: int, down: int) -> None:
        """Another block; left of the first column one looks from a token before."""
        is_first = len(self._page.chosen) == len(self._multiverse.root) + 1
        if across < 0 and is_first and self._multiverse.root:
            self.action_zoom(-1)
        else:
            self._page.step(across, down)
            self._tell()

    def action_zoom(self, by: int) -> None:
        """Look on from the chosen block, or from a token before."""
        root, chosen = self._multiverse.root, self._page.chosen
        if by < 0:
            self._multiverse.root = root[:-1]
        elif chosen and self._multiverse.path(chosen) and not self._ends(chosen):
            self._multiverse.root = chosen
        self.look()

    def action_all(self) -> None:
        """Look from the text itself again."""
        self._multiverse.root = ()
        self.look()

    def action_grow(self) -> None:
        """Grow from the chosen way."""
        way, law = self._multiverse.path(self._page.chosen), self._multiverse.law(())
        if way and law is not None:
            self.dismiss((law, way))

    def action_back(self) -> None:
        """Back to the branches."""
        self.dismiss(None)

    @on(MultiversePage.Clicked)
    def _clicked(self, event: MultiversePage.Clicked) -> None:
        if event.ids == self._page.chosen:
            self.action_zoom(1)
        else:
            self._page.chosen = event.ids
            self._page.refresh()
            self._tell()

    def _ends(self, ids: Ids) -> bool:
        last = self._multiverse.path(ids)[-1]
        return last.special or last.piece == b""


def _one_line(said: str, before: str, chosen: str, width: int) -> Content:
    """As much of the end as has room: the chosen tokens first, then what leads there."""
    parts: list[tuple[str, str]] = []
    for words, style in ((chosen, "bold $typed"), (before, "$ink"), (said, "$faint")):
        shown = fit_end(words, width) if width > 0 else ""
        parts.append((shown, style))
        width -= cell_len(shown)
    return Content.assemble(*reversed(parts))
