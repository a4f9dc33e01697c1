"""A session as a tape: what happened, in its order and rhythm, played again from any moment."""

from loom.replay.clock import Clock
from loom.replay.marks import Mark, marks_of
from loom.replay.player import Player
from loom.replay.tape import Tape, record

__all__ = ["Clock", "Mark", "Player", "Tape", "marks_of", "record"]
