"""What the main screen does about turns: whose it is, who writes it, and as what it is read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from loom.app.screens.drawn import DrawnOnce
from loom.app.walking import waits_for_person
from loom.app.widgets.workspace import Workspace
from loom.errors import LoomError
from loom.models.mode_memory import ModeAnswer
from loom.session import GrowSettings, Notice, Session
from loom.tree.graph import Tree

if TYPE_CHECKING:
    from loom.session.mode_question import ModeQuestion

_NO_CHAT = Notice("information", "This is plain text, without turns.", "⟨mode⟩ makes it a chat.")


class SpeakingScreen(DrawnOnce[None]):
    """The part of the main screen that knows of turns; the rest is the main screen's own."""

    _session: Session
    _tree: Tree

    @property
    def space(self) -> Workspace:
        """The panes."""
        return self.query_one(Workspace)

    def _say(self, notice: Notice) -> None:
        raise NotImplementedError

    def _grow_at(self, node_id: str, settings: GrowSettings | None = None) -> None:
        raise NotImplementedError

    def _take_news(self) -> None:
        raise NotImplementedError

    # Whose turn it is

    def _is_persons_turn_at(self, node_id: str) -> bool:
        """Whether to hint instead of growing: nobody expects the model to speak for them."""
        return self._tree.mode == "chat" and waits_for_person(self._tree.path(node_id))

    def _hint_at_persons_turn(self) -> None:
        remedy = "⟨write⟩ writes the next message, ⟨persons_turn⟩ lets the model write it."
        self._say(Notice("information", "It is your turn.", remedy))

    def action_persons_turn(self) -> None:
        """Let the model write the person's turn."""
        here = self.space.here
        if self._tree.mode != "chat":
            self._say(_NO_CHAT)
        elif here is None:
            what = "There is nothing to grow from yet."
            self._say(Notice("information", what, "⟨write⟩ writes the first message."))
        else:
            self._grow_at(here, replace(self._session.settings, speaker="user"))

    def action_begin_answer(self) -> None:
        """Go over to writing how the answer begins."""
        if self._tree.mode != "chat":
            self._say(_NO_CHAT)
        else:
            self.space.composer.write("answer")
            self.space.show_state()

    # Plain text or chat

    def ask_for_mode_once(self) -> None:
        """Ask about a model with a chat template that nobody has answered for yet."""
        try:
            question = self._session.mode_question()
        except LoomError:
            # What is wrong with the model is told when it is to grow something.
            return
        if question.is_open:
            self._ask_for_mode(question)

    def action_mode(self) -> None:
        """Ask for plain text or chat."""
        try:
            question = self._session.mode_question()
        except LoomError as error:
            self._say(Notice("error", error.what, error.remedy))
        else:
            self._ask_for_mode(question)

    def _ask_for_mode(self, question: ModeQuestion) -> None:
        from loom.app.screens.mode import ModeScreen

        self.app.push_screen(ModeScreen(question, self._mode_now), self._choose_mode)

    @property
    def _mode_now(self) -> ModeAnswer:
        return ModeAnswer(self._tree.mode, self._tree.template)

    def _choose_mode(self, answer: ModeAnswer | None) -> None:
        if answer is None:
            return
        try:
            self._session.choose_mode(answer.mode, answer.template)
        except LoomError as error:
            self._say(Notice("error", error.what, error.remedy))
        self._take_news()
        if self._tree.mode == "chat" and self.space.here is None:
            self.space.composer.write()
        self.space.show_mode()

    # What the model sees

    def action_exact_tokens(self) -> None:
        """Show what the model would be sent to go on from here."""
        if (here := self.space.here) is None:
            self._say(Notice("information", "There is no text yet.", "⟨write⟩ writes."))
            return
        try:
            look = self._session.look(here)
        except LoomError as error:
            self._say(Notice("warning", error.what, error.remedy))
        else:
            from loom.app.screens.exact_tokens import ExactTokensScreen

            self.app.push_screen(ExactTokensScreen(partial(self._session.view, look)))
