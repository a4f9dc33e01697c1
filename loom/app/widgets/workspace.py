"""All panes of the main screen, and what each shows of where the person stands."""

from __future__ import annotations

from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from loom.app import keymap, marked, words
from loom.app.changes import Changes
from loom.app.crossing import end_of, join_on, shown_join
from loom.app.display import shown_words
from loom.app.judging_words import found_told, judging_told
from loom.app.meetings import Meetings, Place
from loom.app.model_glyphs import ModelGlyphs
from loom.app.newcomer import Newcomer
from loom.app.roads_view import RoadsView
from loom.app.siblings import Families
from loom.app.themed import named
from loom.app.walking import persons_turn, written_texts
from loom.app.widgets.branches import Branches
from loom.app.widgets.composer import Composer
from loom.app.widgets.foot import Foot
from loom.app.widgets.header import Header
from loom.app.widgets.keyed_reading import KeyedReading
from loom.app.widgets.outline import Outline
from loom.app.widgets.page import Page
from loom.app.widgets.rule import Rule
from loom.app.widgets.still import Words
from loom.app.widgets.tokens import Tokens
from loom.session import Session
from loom.session.examples import STARTER

_THREE_COLUMNS = 180
"""Cells from which on the branches stand beside the text."""

_MARKS_PADDING = 9
"""Cells left and right of what people put on a text, as the style sheet has them."""


class Workspace(Vertical):
    """Composes the panes and hands each what it shows; it asks the session, and changes nothing."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._tree = session.tree
        self._families = Families(session.tree)
        self.roads = RoadsView(session.tree)
        self._glyphs = ModelGlyphs(session.tree)
        self.place: Place | None = None
        self.here: str | None = None
        self.item: str | None = None
        self.cut: int | None = None
        self._sentence = self._empty_page = ""
        self._token_end: str | None = None
        self._newcomer = Newcomer(session.tree)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        # While nothing is there yet whose styles would have to be found again.
        self.set_class(self._newcomer.is_new, "-welcome")
        self.set_class(not self._tree.n_visible, "-empty")
        yield Header()
        yield Rule(id="top")
        with Page(id="page"):
            yield Outline(self._tree, self.roads, self._families)
            yield KeyedReading(self._tree, self._session.laws)
            yield Static(id="nothing")
            yield Rule(id="fork")
            yield Branches(self._tree, self._families)
            yield Rule(id="token-rule")
            yield Tokens(self._tree, self._session.laws, self._session.second.laws)
        yield Rule(id="bottom")
        yield Words(id="marks")
        yield Words(id="sentence")
        yield Words(named(self.app, words.WELCOME), id="welcome")
        yield Composer(partial(written_texts, self._tree))
        yield Foot()

    def on_mount(self) -> None:
        """Find each pane once: they stay."""
        self._page = self.query_one(Page)
        self.outline, self.reading = self.query_one(Outline), self.query_one(KeyedReading)
        self.branches, self.composer = self.query_one(Branches), self.query_one(Composer)
        self.tokens, self._token_rule = self.query_one(Tokens), self.query_one("#token-rule", Rule)
        self.query_one("#sentence").display = self.query_one("#marks").display = False

    def on_resize(self, event: events.Resize) -> None:
        """Three columns where they have room; lines that cross meet where they cross."""
        self.set_class(event.size.width >= _THREE_COLUMNS, "-huge")
        self._share_page()
        self._place_outline()
        self.call_after_refresh(self.show_rules)
        self.show_marks()

    @property
    def persons_turn(self) -> bool:
        """Whether a chat waits for the person here."""
        if self._tree.mode == "plain":
            return True
        return persons_turn([] if self.here is None else self._tree.path(self.here))

    @property
    def meetings(self) -> Meetings:
        """Where branches meet, as it was last told."""
        return self.roads.meetings

    def stand_at(
        self, node_id: str, place: Place | None, n_awaited: int, item: str | None = None
    ) -> None:
        """The person is at this node now, perhaps because a join was asked for.

        Where a road cuts the node, `item` says in which part of it.
        """
        had_place, self.place, self.here = self.place, place, node_id
        self.item = item or self._item_of(node_id)
        self.cut = None
        self.outline.stand_at(self.item)
        self._show_rail()
        self.reading.stand_at(node_id)
        self.show_marks()
        self.show_branches(n_awaited)
        if self.looks_at_tokens and node_id != self._token_end:
            self.look_at_tokens(node_id)
        if had_place is not place:
            self._show_meetings()
        self.show_state()

    def stand_nowhere(self) -> None:
        """Nothing is to be seen any more: the page is empty."""
        self.place, self.here, self.item, self.cut = None, None, None, None
        self.outline.stand_nowhere()
        self.reading.stand_nowhere()
        self.show_marks()
        self.show_branches(0)
        self._show_meetings()
        self.show_state()

    def show_marks(self) -> None:
        """What people put on this text: its title, tags and note."""
        line, words = self.query_one("#marks", Static), None
        if self.here is not None and self.here in self._tree:
            words = marked.told(self._tree, self.here)
        if words is not None:
            line.update(words.truncate(self._room_of_marks, ellipsis=True))
        if line.display != (words is not None):
            line.display = words is not None

    @property
    def _room_of_marks(self) -> int:
        """Cells of three lines, in a low terminal of two; of one beside the why of a join."""
        n_lines = 1 if self.place is not None else 3 if self.screen.has_class("-tall") else 2
        # A line breaks between words, and loses what the next one would have needed.
        lost = 10 * (n_lines - 1)
        return max(20, n_lines * (self.size.width - _MARKS_PADDING) - lost)

    def show_cut(self, cut: int | None) -> None:
        """The text here is to be cut at that byte; not at all if None."""
        self.cut = cut
        self.reading.show_cut(cut)
        self.show_rules()

    # Tokens

    @property
    def looks_at_tokens(self) -> bool:
        """Whether the pane of tokens is open."""
        return self._token_end is not None

    @property
    def home(self) -> Tokens | None:
        """The pane that gets the keys while nobody writes; None: the screen itself."""
        return self.tokens if self.looks_at_tokens else None

    def look_at_tokens(self, node_id: str) -> None:
        """Open the pane of tokens, or look at those of another node."""
        self._token_end = node_id
        self._share_page()
        self.tokens.stand_at(node_id)
        self.show_state()

    def leave_tokens(self) -> None:
        """Close it."""
        self._token_end = None
        self._share_page()
        self.reading.mark_token(None)
        self.show_state()

    def _share_page(self) -> None:
        self._page.share(looks_at_tokens=self.looks_at_tokens, is_huge=self.has_class("-huge"))

    def swap_outline(self, is_swapped: bool) -> None:
        """Put the outline away where it stands beside the text, else show it in its place."""
        self.set_class(is_swapped, "-swap", update=False)
        self._place_outline()
        self.show_rules()

    def _place_outline(self) -> None:
        is_wide = self.screen.has_class("-wide")
        self._page.place_outline(is_swapped=self.has_class("-swap"), is_wide=is_wide)

    def name_tokens(self, headline: str) -> None:
        """What the line above the tokens says."""
        self._token_rule.label = f"tokens · {headline}" if headline else "tokens"
        self._token_rule.note = "T 1, nothing cut"

    def absorb(self, changes: Changes, n_awaited: int) -> None:
        """Show what happened to the tree; neither selection nor scroll position moves."""
        for parent_id in changes.families:
            self._families.forget(parent_id)
        if changes.reshaped:
            self._families.forget_all()
            self.roads.fold_again()
            self._stand_in_layout()
            self.outline.measure_again()
        elif changes.added:
            self.outline.add(changes.added)
        if changes.added or changes.reshaped:
            self.reading.redraw_rail()
            self.show_branches(n_awaited)
        self.reading.redraw(changes.touched)
        if changes.marked:
            self.reading.redraw_marks()
            self.show_marks()
        if changes.families:
            # What siblings share may be cut elsewhere now, and the first of twins may have come.
            self.outline.refresh()
            self.branches.redraw(self.branches.ids)
        else:
            self.outline.redraw(changes.touched)
            self.branches.redraw(changes.touched)

    def show_joins(self, meetings: Meetings) -> None:
        """Other words meet now; the place asked for is kept if it is still there."""
        if self.place is not None:
            self.place = meetings.same_place(self.place)
        if self.roads.show(meetings):
            self.show_roads()
        self._show_meetings()

    def show_roads(self) -> None:
        """Other roads are drawn as one now."""
        self._stand_in_layout()
        self.outline.measure_again()
        self._show_rail()
        self.show_rules()

    def _stand_in_layout(self) -> None:
        """The person stays where they are, in whatever part of the text that is now."""
        if self.here is not None and self._tree.is_visible(self.here):
            self.item = self._item_of(self.here)
            self.outline.stand_at(self.item)

    def _item_of(self, node_id: str) -> str:
        """The part of a node where its join is, or else its first."""
        layout = self.roads.layout
        if self.place is not None and self.place.node_id == node_id:
            return layout.item_at(node_id, end_of(self.place))
        return layout.items_of(node_id)[0]

    def _show_rail(self) -> None:
        self.outline.show_rail(shown_join(self.place, self.place_here))

    @property
    def path(self) -> list[str]:
        """The nodes from the beginning to here."""
        return [] if self.here is None else [node.id for node in self._tree.path(self.here)]

    @property
    def place_here(self) -> Place | None:
        """The meeting that was asked for, or else the nearest one on the way here."""
        if self.place is not None or self.here is None:
            return self.place
        return join_on(self.meetings, self._tree.path(self.here))

    def show_branches(self, n_awaited: int) -> None:
        """The children of the node, and room for those about to come."""
        when_empty = words.no_branches(self._tree, self.here, self._session.settings)
        self.branches.stand_at(self.here, named(self.app, when_empty), n_awaited)
        self.show_rules()

    def show_state(self) -> None:
        """Header, rules, status: cheap, and only what changed is drawn again."""
        tree, status = self._tree, self._session.status
        header = self.query_one(Header)
        header.title, header.mode, header.model_name = tree.title, tree.mode, tree.model
        header.template = tree.template
        header.read_only = self._session.is_read_only
        header.second = self.tokens.second = self._session.second.name
        header.status, header.settings = status, self._session.settings
        state: keymap.State = "tokens" if self.looks_at_tokens else "walking"
        state = "selecting" if self.reading.is_selecting else state
        state = "writing" if self.composer.writing else state
        foot = self.query_one(Foot)
        foot.state = state
        facts = self._facts_of_judging()
        saves = "shown live" if self._session.is_read_only else "saved"
        foot.facts = words.how_it_stands(tree, status, facts, self._session.progress, saves)
        self.composer.invitation = words.invitation(tree.mode, is_persons_turn=self.persons_turn)
        self.set_class(self._greets, "-welcome")
        self.set_class(not tree.n_visible, "-empty")
        self._show_nothing()
        self.show_rules()

    def _show_nothing(self) -> None:
        if self._tree.n_visible:
            return
        page = self._words_of_nothing
        if page != self._empty_page:
            self.query_one("#nothing", Static).update(named(self.app, page))
            self._empty_page = page

    @property
    def _words_of_nothing(self) -> str:
        return words.empty_page(self._tree.mode, is_writing=self.composer.writing)

    def show_mode(self) -> None:
        """Plain text or chat is another now: every pane says so."""
        self.show_branches(self.branches.n_awaited)
        self.show_state()

    def show_rules(self) -> None:
        """What the lines across the screen say, and where they cross the outline's edge."""
        top, fork, bottom = (self.query_one(f"#{name}", Rule) for name in ("top", "fork", "bottom"))
        outline = self.outline
        edges = self._edges
        for rule, joint in ((top, "┬"), (bottom, "┴"), (fork, "├"), (self._token_rule, "├")):
            rule.joint = joint if edges else ""
            rule.joints_at = edges if rule in (top, bottom) else (0,)
        roads = self.roads.layout.roads
        # Set once: a line that says something else in between would be drawn once more.
        label = words.outline(self._tree, outline.hoisted, outline.filtered, roads)
        top.label = label if outline.display else ""
        top.note = words.reading(self.reading) or self._glyphs.legend()
        fork.label, note = words.what_grows(
            self._tree,
            self.here,
            self.branches.n_awaited,
            self._session.status,
            self._session.settings,
        )
        fork.note = words.CUT if self.cut is not None else note
        bottom.label, note = words.where_it_meets(
            self.roads, self.place, self.item, self.place_here
        )
        bottom.note = f"⟨evidence⟩ why · {note}" if self.place is not None else note

    @property
    def _edges(self) -> tuple[int, ...]:
        """Columns of the lines between the panes that stand side by side."""
        width = self.outline.styles.width
        beside = self.outline.display and self.screen.has_class("-wide")
        edges = () if width is None or not beside else (int(width.value),)
        third = self.branches.region.x if self.has_class("-huge") and self.branches.display else 0
        return (*edges, third) if third else edges

    def _facts_of_judging(self) -> list[str]:
        found = found_told(self.meetings.joins)
        if self._tree.growing_ids or self._session.progress is not None:
            # How far that is matters more, and there is not room for both.
            return found
        told = judging_told(self._session.judging.status, self._session.unasked.why_not)
        return [*found, *told]

    @property
    def _greets(self) -> bool:
        """Whether somebody who has just begun, on the bundled model, is told what to press."""
        is_busy = self.composer.writing or self.place is not None or self.looks_at_tokens
        # The note on a person's own text goes first; the first session of all has both.
        if self._session.path.stem != STARTER:
            is_busy = is_busy or self.query_one("#marks").display
        return self._newcomer.is_new and not is_busy

    def _show_meetings(self) -> None:
        self.outline.show_meetings()
        self._show_rail()
        self.reading.show_meetings(self.meetings, self.place)
        self.branches.show_meetings(self.meetings, self.place)
        self._show_sentence("" if self.place is None else self.place.join.sentence)

    def _show_sentence(self, words: str) -> None:
        """The reason of a join; the same one is not laid out again."""
        sentence = self.query_one("#sentence", Static)
        sentence.display = bool(words)
        if words and words != self._sentence:
            sentence.update(Content(shown_words(words)))
            self._sentence = words
