"""What the main screen does about evidence: showing it, and asking for more of it."""

from __future__ import annotations

from textual.screen import Screen

from loom.app.meetings import Place
from loom.app.screens.crossing import NONE_YET, NOT_HERE
from loom.app.screens.operating import OperatingScreen
from loom.errors import LoomError
from loom.records import Join
from loom.session import Notice
from loom.session.judging.scope import Asked


class WeighingScreen(OperatingScreen):
    """The part of the main screen that weighs findings; the model is asked in the background."""

    def action_judge_now(self) -> None:
        """Compare what follows the branches that are shown, with the time a person gives it."""
        if (here := self.space.here) is None:
            return
        try:
            self._session.unasked.check_now(here)
        except LoomError as error:
            self._say(Notice("information", error.what, error.remedy))
        self._take_news()

    def action_evidence(self) -> None:
        """Show why the finding that was asked for, or the first one here, is what it is."""
        from loom.app.screens.evidence import EvidenceScreen

        here, place = self.space.here, self.space.place
        joins = [] if here is None else self.space.meetings.of(here)
        join = place.join if place is not None else next(iter(joins), None)
        if join is not None:
            screen = EvidenceScreen(join, self._tree, self._look_further, self._deny)
            self.app.push_screen(screen, self._go_to)
        else:
            self._say(NOT_HERE if self.space.meetings.joins else NONE_YET)

    def show_evidence(self) -> None:
        """The panel, if it is open, shows what is known now."""
        if self.app.screen is not self:
            self._show_evidence_on(self.app.screen)

    def _show_evidence_on(self, top: Screen[object]) -> None:
        from loom.app.screens.evidence import EvidenceScreen

        if isinstance(top, EvidenceScreen):
            join = self.space.meetings.same_finding(top.join) or top.join
            top.show_finding(join, self._session.judging.status)

    def _look_further(self, join: Join) -> None:
        try:
            self._session.judge(Asked(join=join))
        except LoomError as error:
            self._say(Notice("information", error.what, error.remedy))
        self._take_news()

    def _deny(self, join: Join) -> None:
        marking = self._session.operations.marking
        if join.verdict == "apart":
            self._say(
                Notice("information", "It is none already.", "⟨evidence.look⟩ looks further.")
            )
            return
        try:
            (marking.allow if join.denied else marking.deny)(join)
        except LoomError as error:
            self._refuse(error)
        self._take_news()

    def _go_to(self, place: Place | None) -> None:
        if place is not None:
            self._stand_at(place.node_id, self.space.meetings.same_place(place))
