"""What the main screen does about looking: tokens here, and the views that lie over the panes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen

from loom.app import shading
from loom.app.screens.crossing import CrossingScreen
from loom.app.token_place import byte_range, headline
from loom.app.widgets.tokens import Tokens
from loom.errors import LoomError
from loom.session import GrowSettings, Notice
from loom.session.forced import Onward, Turnoff
from loom.session.token_laws import Choice, Law
from loom.session.turns import Speaker, next_role, turns_of
from loom.tree.kinds import Role
from loom.tree.node import Node

if TYPE_CHECKING:
    from loom.app.screens.map import MapAnswer, MapScreen

_MOST_COMPARED = 20_000
"""Bytes of a road."""


class LookingScreen(CrossingScreen):
    """The part of the main screen that looks closer; nothing in the tree changes but by growing."""

    _refused: frozenset[str] = frozenset()
    """Nodes whose tokens the model could not be asked about; told once each time one looks."""

    # Tokens

    def action_tokens(self) -> None:
        """Look at the tokens of the path, from the first one of this text."""
        if (here := self.space.here) is None:
            self._say(Notice("information", "There is no text yet.", "⟨write⟩ writes."))
            return
        self._refused = frozenset()
        self.space.look_at_tokens(here)
        self.set_focus(self.space.tokens)
        self._look()

    @on(Tokens.Left)
    def leave_tokens(self) -> None:
        """Back to the branches."""
        self.space.leave_tokens()
        self.set_focus(None)

    @on(Tokens.Moved)
    def _look(self) -> None:
        """Ask for what is not known of the token that is looked at, and mark it in the text."""
        if self.space.looks_at_tokens and (node := self.space.tokens.node) is not None:
            laws, tokens = self._session.laws, self.space.tokens
            laws.look([node.id])
            if tokens.law is None and node.id not in self._refused and node.state != "growing":
                try:
                    if tokens.is_next:
                        laws.score_after(node.id)
                    elif node.request_id is None:
                        laws.score(node.id)
                except LoomError as error:
                    self._refused |= {node.id}
                    self._say(Notice("warning", error.what, error.remedy))
            self._ask_second(node)
            self.show_tokens()

    def _ask_second(self, node: Node) -> None:
        """Have the second model, if there is one, read what is looked at."""
        second, tokens = self._session.second, self.space.tokens
        if second.reference is None or tokens.law_beside is not None or node.state == "growing":
            return
        try:
            if tokens.is_next:
                second.score_after(node.id)
            else:
                second.score(node.id)
        except LoomError as error:
            if node.id not in self._refused:
                self._refused |= {node.id}
                self._say(Notice("warning", error.what, error.remedy))

    def show_tokens(self) -> None:
        """What is known now, in the pane and its rule, and the token in the text."""
        space, tokens = self.space, self.space.tokens
        if not space.looks_at_tokens or tokens.node is None:
            return
        tokens.refresh_laws()
        law = tokens.law
        space.name_tokens(headline(law) if law is not None else "")
        laws = self._session.laws.of(tokens.node.id)
        if laws is None or tokens.is_next:
            space.reading.mark_token(None)
        else:
            space.reading.mark_token((tokens.node.id, *byte_range(tokens.node, laws, tokens.index)))

    # Tally

    def action_tally(self) -> None:
        """Count the branches that are shown by how they begin."""
        from loom.app.screens.tally import TallyScreen

        ids = self.space.branches.ids
        if not ids:
            self._say(Notice("information", "There is nothing to count yet.", "⟨grow⟩ grows."))
            return
        laws = self._session.laws
        laws.look(ids)
        screen = TallyScreen(lambda: [self._tree.node(one) for one in ids], laws.of)
        self.app.push_screen(screen, partial(self._go_to_branch, ids))

    def _go_to_branch(self, ids: Sequence[str], number: int | None) -> None:
        if number is not None:
            self._stand_at(ids[number - 1])

    # Map

    def action_map(self) -> None:
        """Show the whole tree as a map."""
        if self.space.here is None:
            self._say(Notice("information", "There is no text yet.", "⟨write⟩ writes."))
        else:
            self.app.push_screen(self._map(), self._go_if_there)

    def _map(self) -> MapScreen:
        from loom.app.screens.map import MapScreen

        space = self.space
        return MapScreen(self._tree, space.roads, space.item, space.place)

    def _go_if_there(self, there: MapAnswer | None) -> None:
        self.space.show_roads()
        if there is not None:
            node_id = self.space.roads.layout.stretch(there.item).node_id
            self._stand_at(node_id, there.place, there.item)

    def _go_if_any(self, node_id: str | None) -> None:
        if node_id is not None:
            self._stand_at(node_id)

    # Compare

    def action_compare(self) -> None:
        """Show the chosen branch beside others."""
        ids = self.space.branches.ids
        if len(ids) < 2:
            self._say(Notice("information", "There are no two branches here.", "⟨grow⟩ grows."))
            return
        from loom.app.screens.compare import CompareScreen

        screen = CompareScreen(ids, self.space.branches.chosen_number, self._road_text)
        self.app.push_screen(screen)

    def _road_text(self, node_id: str) -> str:
        """The text of a branch and of what was last walked below it, as much as is compared."""
        text, at = b"", str(node_id)
        while len(text) < _MOST_COMPARED:
            text += self._tree.node(at).text
            child = self._tree.last_visited_child(at)
            if child is None:
                break
            at = child
        return text[:_MOST_COMPARED].decode("utf-8", "replace")

    # Search

    def action_search(self) -> None:
        """Search the texts, and go where one is chosen."""
        from loom.app.screens.search import SearchScreen

        self.app.push_screen(SearchScreen(self._tree), self._go_if_any)

    # The text

    def action_shade(self) -> None:
        """Shade the text by surprisal, by entropy, or not at all."""
        self.space.reading.shade_by(shading.after(self.space.reading.shade))
        self.space.show_rules()
        self.ask_for_shades()

    def ask_for_shades(self) -> None:
        """Look up what is on the screen; what a person wrote is scored if the model is there."""
        reading, laws = self.space.reading, self._session.laws
        if reading.shade is None:
            return
        laws.look(reading.ids_in_view)
        if self._session.status.state == "ready":
            for node_id in reading.ids_in_view:
                is_typed = self._tree.node(node_id).request_id is None
                if is_typed and laws.of(node_id) is None and node_id not in self._refused:
                    try:
                        laws.score(node_id)
                    except LoomError:
                        # Shading is a look in passing: what cannot be read stays as it is.
                        self._refused |= {node_id}

    def action_markdown(self) -> None:
        """Render the Markdown in the text, or show it as it is written."""
        self.space.reading.turn_rendered()
        self.space.show_rules()

    def action_borders(self) -> None:
        """Show where texts begin, or do not."""
        self.space.reading.turn_borders()

    def action_jump(self) -> None:
        """Put letters beside the forks, and go to the one that is pressed."""
        from loom.app.screens.jump import JumpScreen

        labelled = self.space.reading.label_forks()
        if labelled:
            jump = JumpScreen("".join(labelled))
            self.app.push_screen(jump, partial(self._jump, labelled))
        else:
            self._say(Notice("information", "No fork is on the screen.", "⟨page_up⟩ scrolls back."))

    def _jump(self, labelled: Mapping[str, str], letter: str | None) -> None:
        self.space.reading.drop_labels()
        if letter is not None:
            self._stand_at(labelled[letter])

    def show_views(self) -> None:
        """Something is known that was not: the views that are open show it."""
        self.show_tokens()
        if self.space.reading.shade is not None:
            self.ask_for_shades()
            self.space.reading.refresh()
        if self.app.screen is not self:
            self._show_view(self.app.screen)

    def _show_view(self, screen: Screen[object]) -> None:
        from loom.app.screens.multiverse import MultiverseScreen
        from loom.app.screens.tally import TallyScreen

        match screen:
            case TallyScreen() as tally:
                tally.count()
            case MultiverseScreen() as multiverse:
                multiverse.look()
            case _:
                pass

    @on(Tokens.Taken)
    def _grow_from_token(self, event: Tokens.Taken) -> None:
        node = self._tree.node(event.node_id)
        laws = self._session.laws.of(node.id)
        way: Turnoff | Onward
        way = Turnoff(node, event.n_kept, event.choice, event.law.fingerprint, laws)
        if way.follows:
            way = self._onward(node.id, (event.choice,), event.law)
        self._grow_along(way, self._session.settings.continuing())

    def _grow_along(self, way: Turnoff | Onward, settings: GrowSettings) -> None:
        """Put chosen tokens there as a text, and grow from it."""
        try:
            node_id = self._session.turn_off(way)
        except LoomError as error:
            self._say(Notice("warning", error.what, error.remedy))
            return
        self.leave_tokens()
        self._take_news()
        self._stand_at(node_id)
        self._grow_at(node_id, settings)

    # Multiverse

    def action_multiverse(self) -> None:
        """Look at what could come next here, several tokens deep."""
        from loom.app.screens.multiverse import MultiverseScreen
        from loom.session.multiverse import Multiverse

        if (here := self.space.here) is None:
            self._say(Notice("information", "There is no text yet.", "⟨write⟩ writes."))
        elif self._tree.node(here).state == "growing":
            self._say(Notice("information", "This branch is still growing.", "⟨stop⟩ stops it."))
        else:
            multiverse = Multiverse(self._session.laws, here)
            screen = MultiverseScreen(multiverse, self._tree, here)
            self.app.push_screen(screen, partial(self._grow_onward, here))

    def _grow_onward(self, node_id: str, way: tuple[Law, Sequence[Choice]] | None) -> None:
        if way is not None:
            law, choices = way
            onward, settings = self._onward(node_id, choices, law), self._session.settings
            speaker: Speaker = "user" if onward.role == "user" else settings.speaker
            self._grow_along(onward, replace(settings, speaker=speaker))

    def _onward(self, node_id: str, choices: Sequence[Choice], law: Law) -> Onward:
        path = self._tree.path(node_id)
        role: Role = "text" if self._tree.mode == "plain" else next_role(turns_of(path))
        return Onward(path[-1], tuple(choices), law.fingerprint, role)
