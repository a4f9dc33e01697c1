"""Why a finding is what it is: the sentence, the interval, the words, and the texts themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from loom.app import keymap
from loom.app.display import shown_in_a_line, shown_words
from loom.app.evidence_rows import aligned_rows, interval_rows, telling_rows
from loom.app.marks import look_of
from loom.app.meetings import Place, words_range
from loom.app.screens.drawn import Window
from loom.app.themed import named
from loom.convergence.future_words import joined_under
from loom.convergence.roads import fork_of
from loom.convergence.told import names_at
from loom.records import Join, Judged, PredictiveEvidence, Span
from loom.session.judging.scope import judged_of
from loom.session.judging.service import JudgingStatus
from loom.tree.graph import Tree

_N_BEFORE, _N_AFTER = 30, 200
"""Bytes of context on either side of the shared words; the panel cuts what has no room."""

_MOST_WAYS = 5
"""Branches that are listed at once."""

_SHARE_OF_SCREEN = 0.88

_MARGIN = 8
"""Cells that the panel's border and padding take."""


class Ways(OptionList, inherit_bindings=False):
    """The branches of a finding; the keys that scroll are left to what stands above."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "down", show=False),
        Binding("up,k", "cursor_up", "up", show=False),
        Binding("enter", "select", "go there", show=False),
    ]


class EvidenceScreen(Window[Place | None]):
    """One finding and all that is known of it; Enter goes to one of its branches.

    `look` asks for more looks at it, `deny` says that it is no join, or takes that back.
    """

    CSS_PATH = "evidence.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("evidence")

    def __init__(
        self, join: Join, tree: Tree, look: Callable[[Join], None], deny: Callable[[Join], None]
    ) -> None:
        super().__init__()
        self.join = join
        self._tree = tree
        self._look = look
        self._deny = deny
        self._n_words = 0

    def compose(self) -> ComposeResult:
        """From the sentence to the words."""
        with Vertical(id="evidence"):
            yield Static(id="reason")
            with VerticalScroll(id="grounds", can_focus=False):
                yield Static(id="interval")
                yield Static(id="telling")
                yield from self._texts()
                yield Static(id="law")
            places = [Option(self._place(span), id=str(i)) for i, span in enumerate(self._ends())]
            yield Ways(*places)

    def on_mount(self) -> None:
        """Draw what depends on how wide the screen is."""
        self.show_finding(self.join, JudgingStatus())

    def on_resize(self) -> None:
        """The same in another width."""
        self.show_finding(self.join, JudgingStatus())

    def show_finding(self, join: Join, status: JudgingStatus) -> None:
        """What is known of it now; nothing that is read moves, bars only get narrower."""
        self.join = join
        look, panel = look_of(join), self.query_one("#evidence")
        panel.border_title = f"{look.mark}  {look.word}"
        panel.border_subtitle = named(self.app, _keys(join, status))
        for style in ("joined", "alike", "undecided", "words"):
            panel.set_class(style == look.style, f"-{style}")
        self.query_one("#reason", Static).update(Content(shown_words(join.sentence)))
        self._share_room(len(join.sentence))
        judged, width = judged_of(self._tree, join), self.app.size.width - _MARGIN
        for name in ("interval", "telling", "law"):
            self.query_one(f"#{name}").display = judged is not None
        if judged is None:
            return
        e = judged.evidence
        rows = interval_rows(e, look.style, joined_under(e, judged.settings), width)
        self.query_one("#interval", Static).update(_lines(rows))
        words = telling_rows(e.telling, self._names(judged), look.style, width)
        telling = self.query_one("#telling", Static)
        telling.update(_lines(words))
        telling.display = bool(words) or self._n_words > 0
        # With fewer words the panel would shrink under the eyes of whoever reads it.
        self._n_words = max(self._n_words, len(words))
        telling.styles.min_height = self._n_words
        law = _law(e, self._judge_named(e.model))
        self.query_one("#law", Static).update(Content(law).stylize("$faint"))

    def _share_room(self, n_characters: int) -> None:
        """The branches keep their lines; what has no room above them is scrolled."""
        width, height = self.app.size
        n_reason = 2 + n_characters // max(1, width - _MARGIN)
        n_ways = min(_MOST_WAYS, len(self.join.nodes))
        room = int(height * _SHARE_OF_SCREEN) - 2 - n_reason - n_ways
        self.query_one("#grounds").styles.max_height = max(3, room)

    def action_look(self) -> None:
        """Look thirty-two more times."""
        self._look(self.join)

    def action_deny(self) -> None:
        """Say that it is no join, or take that back."""
        self._deny(self.join)

    def action_scroll_grounds(self, by: int) -> None:
        """A page further in what does not fit."""
        grounds = self.query_one("#grounds", VerticalScroll)
        (grounds.scroll_page_down if by > 0 else grounds.scroll_page_up)(animate=False)

    def action_back(self) -> None:
        """Back to where the person was."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _go_there(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Place(self.join, self._ends()[event.option_index].node))

    def _texts(self) -> ComposeResult:
        """The two roads to the places that were compared, from where they part."""
        judged = judged_of(self._tree, self.join)
        if judged is None:
            return
        look, names = look_of(self.join), self._names(judged)
        for name, words in aligned_rows(self._roads(judged), names, look.style):
            with Horizontal(classes="aligned"):
                yield Static(Content(name).stylize("$faint"), classes="whose")
                yield Static(words, classes="said")

    def _judge_named(self, fingerprint: str) -> str:
        rounds = (found for found in self._tree.judged if found.model == fingerprint)
        return shown_words(next((found.model_name for found in rounds), "the model"))

    def _names(self, judged: Judged) -> list[str]:
        return names_at(self._tree, (judged.one, judged.other))

    def _roads(self, judged: Judged) -> list[bytes]:
        """What either branch says from the fork to its place."""
        fork = fork_of(self._tree, (judged.one.node, judged.other.node))
        roads = []
        for place in (judged.one, judged.other):
            path = self._tree.path(place.node)
            below = path[[node.id for node in path].index(fork) + 1 :] if fork else path
            *above, last = below
            sizes = last.piece_sizes[: place.n_tokens]
            end = sum(sizes) if sizes else len(last.text)
            roads.append(b"".join(node.text for node in above) + last.text[:end])
        return roads

    def _ends(self) -> list[Span]:
        """One span a branch: the one in which the shared words end."""
        last = {span.node: span for span in self.join.spans}
        return [last[node_id] for node_id in self.join.nodes if node_id in last]

    def _place(self, span: Span) -> Content:
        node = self._tree.node(span.node)
        number = self._tree.sibling_ids(node.id).index(node.id) + 1
        start, end = words_range(node.text, span)
        tint = f"$ink on {TINTS_HERE[look_of(self.join).style]}"
        return Content.assemble(
            (f"{number:>3}  ", "$typed"),
            (_before(node.text[:start]), "$faint"),
            (shown_in_a_line(node.text[start:end]), tint),
            (shown_in_a_line(node.text[end:][:_N_AFTER]), "$faint"),
        )


TINTS_HERE = {
    "joined": "$met-here",
    "alike": "$met-alike-here",
    "undecided": "$met-undecided-here",
    "words": "$line",
}


def _keys(join: Join, status: JudgingStatus) -> str:
    if status.running:
        return "looking… · Enter goes there · ⟨evidence.back⟩"
    looks = "32 more looks" if join.evidence.predictive is not None else "looks at what follows"
    deny = " · ⟨evidence.deny⟩ not a join" if join.verdict != "apart" else ""
    if join.denied:
        deny = " · ⟨evidence.deny⟩ a join after all"
    return f"⟨evidence.look⟩ {looks}{deny} · Enter goes there · ⟨evidence.back⟩"


def _law(e: PredictiveEvidence, judge: str) -> str:
    return (
        f"{e.n_futures} looks of {e.horizon} tokens by {judge} at T 1 with nothing cut; what you "
        "read was drawn as its sampler says."
    )


def _lines(rows: list[Content]) -> Content:
    return Content("\n").join(rows)


def _before(raw: bytes) -> str:
    """The last words before a run, begun at a whole word."""
    if len(raw) <= _N_BEFORE:
        return shown_in_a_line(raw).lstrip()
    return "…" + shown_in_a_line(raw[-_N_BEFORE:].partition(b" ")[2])
