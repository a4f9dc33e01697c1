"""A new session file that holds what had happened up to a moment of another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from loom.errors import SessionFileError
from loom.records.tokens import rows_of
from loom.replay.player import Player
from loom.replay.tape import Tape
from loom.store.database import create, open_for_reading, open_for_writing
from loom.store.reader import SessionReader
from loom.tree.events import BranchClosed, NodeSelected, SessionStarted, TokensAppended, TreeEvent

_N_AT_ONCE = 64
"""Events in one transaction: the statistics of many branches would not all fit in memory."""


def fork(source: Path, tape: Tape, place: int, target: Path, selected: NodeSelected | None) -> None:
    """Write the first `place` places of a session's tape into a new file, statistics and all.

    Branches that were growing at that moment are kept as far as they had come, as stopped.
    SessionFileError if there is a file already or it cannot be written; nothing is left then.
    """
    player = Player(tape)
    events = player.go_to(max(1, place))
    if not events or not isinstance(events[0], SessionStarted):
        raise SessionFileError(
            f"{source} does not begin with the beginning of a session.", "Choose another file."
        )
    at = float(tape.happened_at[player.place - 1])
    closings = [BranchClosed(at, node_id, "cancelled") for node_id in player.tree.growing_ids]
    create(target, replace(events[0], title=f"{events[0].title}, taken over"))
    try:
        with open_for_reading(source) as stored:
            _write(target, _with_statistics([*events[1:], *closings], stored), selected)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _write(target: Path, events: Iterator[TreeEvent], selected: NodeSelected | None) -> None:
    writer = open_for_writing(target)
    try:
        while block := list(islice(events, _N_AT_ONCE)):
            writer.commit(block, None)
        if selected is not None:
            writer.commit((), selected)
    finally:
        writer.close()


def _with_statistics(events: Iterable[TreeEvent], stored: SessionReader) -> Iterator[TreeEvent]:
    """The events, tokens with what the model's law said of them, which opening leaves out."""
    for event in events:
        if isinstance(event, TokensAppended):
            end = event.start + len(event.tokens)
            tokens = rows_of(stored.read_tokens(event.node_id), event.start, end)
            event = replace(event, tokens=tokens)
        yield event
