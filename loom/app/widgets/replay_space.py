"""The panes of the main screen on a tape: nothing in them invites to grow or to write."""

from __future__ import annotations

from typing import ClassVar, cast

from loom.app import keymap
from loom.app.judging_words import found_told
from loom.app.replay_keys import REPLAY_KEYS
from loom.app.widgets.foot import Foot
from loom.app.widgets.rule import Rule
from loom.app.widgets.workspace import Workspace
from loom.session import Session
from loom.session.replaying import Replay


class ReplaySpace(Workspace):
    """Outline, text and branches as they were; made anew when the tape goes back."""

    def __init__(self, replay: Replay) -> None:
        # It has all that the panes ask of a session.
        super().__init__(cast(Session, replay))

    @property
    def _words_of_nothing(self) -> str:
        return "Nothing has happened yet."

    def show_branches(self, n_awaited: int) -> None:
        """The children of the node; where there are none, nothing is promised."""
        self.branches.stand_at(self.here, "", n_awaited)
        self.show_rules()

    def show_rules(self) -> None:
        """The rules without the keys that do nothing here."""
        super().show_rules()
        n_growing = len(self._tree.growing_ids)
        self.query_one("#fork", Rule).note = f"{n_growing} growing" if n_growing else ""
        self.query_one("#bottom", Rule).note = ""

    def _facts_of_judging(self) -> list[str]:
        return found_told(self.meetings.joins)

    @property
    def _greets(self) -> bool:
        return False


class ReplayFoot(Foot):
    """Playing or paused, the keys of a replay, and how much there is of what."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"foot--replaying"}

    is_playing = False

    @property
    def named(self) -> str:
        """What the tape does."""
        return "playing" if self.is_playing else "paused"

    def entries(self) -> list[tuple[str, str]]:
        """The keys, Space by what it would do now."""
        entries = keymap.footer("replaying", REPLAY_KEYS)
        return [
            (keys, "pause" if label == "play" and self.is_playing else label)
            for keys, label in entries
        ]

    def tell(self, facts: tuple[str, ...], *, is_playing: bool) -> None:
        """Show how it stands."""
        self.state, self.facts = "replaying", facts
        if is_playing != self.is_playing:
            self.is_playing = is_playing
            self.refresh()
