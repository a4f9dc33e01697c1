"""A damaged session written anew: all of it that can be read, and a report of what cannot."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from loom import __version__
from loom.errors import SessionFileError
from loom.store import faults
from loom.store.codec import Content, EventRow, decode
from loom.store.database import create, open_for_writing
from loom.store.packing import unpack_row
from loom.store.raw_pages import raw_rows
from loom.store.wreck import Wreck, sorted_out
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    NodeAdded,
    NodeSelected,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree

UNKNOWN = "unknown"
"""The author of a text whose beginning is lost."""

_MESSAGE = "the end of this branch was lost"


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """How much was written to the new file, and a sentence for everything that is not as it was."""

    n_nodes: int
    n_events: int
    losses: tuple[str, ...]


def salvage(path: Path, new: Path) -> SalvageReport:
    """Write all that can be read of a session to a new file; the old one is not touched.

    SessionFileError if nothing of a session is in it, or the new file cannot be made.
    """
    wreck = sorted_out(raw_rows(_image(path)))
    if not wreck.events and not wreck.contents:
        raise SessionFileError(
            f"Nothing of a session can be read in {path}.", "Go back to a copy of it."
        )
    rebuilding = _Rebuilding(wreck, path.stem)
    events = list(rebuilding.events())
    started, rest = events[0], events[1:]
    assert isinstance(started, SessionStarted)
    create(new, started)
    writer = open_for_writing(new)
    try:
        writer.commit(rest, rebuilding.pointer())
    finally:
        writer.close()
    n_events = sum(not isinstance(event, TokensAppended) for event in events)
    return SalvageReport(len(rebuilding.tree), n_events, tuple(rebuilding.losses))


def _image(path: Path) -> bytes:
    """The bytes of the file, with what lies beside it put in where SQLite can still do that."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            shutil.copyfile(path, copy)
            for suffix in ("-wal", "-journal"):
                with suppress(FileNotFoundError):
                    shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
            with suppress(*faults.UNREADABLE), closing(sqlite3.connect(copy)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return copy.read_bytes()
    except FileNotFoundError as error:
        raise faults.missing(path) from error
    except OSError as error:
        raise faults.cannot_open(path, error) from error


class _Rebuilding:
    """Goes through the rows in order and leaves out what no tree would take."""

    def __init__(self, wreck: Wreck, title: str) -> None:
        self.tree = Tree()
        self.losses: list[str] = []
        self._wreck = wreck
        self._title = title

    def events(self) -> Iterator[TreeEvent]:
        """All events of the new file, its beginning first."""
        has_seals = bool(self._wreck.seals)
        yield from self._take(self._started())
        for seq in range(2, self._wreck.last_seq() + 1):
            if seq not in self._wreck.events:
                self.losses.append(f"event {seq} is lost")
                yield from self._of_stray_content(seq)
                continue
            if has_seals and not self._wreck.is_whole(seq):
                kind, node_id = self._wreck.events[seq][1:3]
                where = "" if node_id is None else f" of node {node_id}"
                self.losses.append(f"event {seq} ({kind}{where}) may not be what was written")
            yield from self._of_event(seq)
        yield from self._of_drafts()
        for node_id in self.tree.growing_ids:
            yield from self._take(BranchClosed(0.0, node_id, "error", _MESSAGE))

    def pointer(self) -> NodeSelected | None:
        """Where the person stood, if that node is still there."""
        selected = self._wreck.selected
        return NodeSelected(0.0, selected) if selected and selected in self.tree else None

    def _started(self) -> SessionStarted:
        with suppress(ValueError, KeyError):
            event = decode(EventRow(*self._wreck.events[1]), None)
            if isinstance(event, SessionStarted):
                return event
        self.losses.append("the beginning of the session is lost: its title, mode and model")
        return SessionStarted(0.0, self._title, "plain", "story-base", __version__)

    def _of_event(self, seq: int) -> Iterator[TreeEvent]:
        row = EventRow(*self._wreck.events[seq])
        content = self._wreck.contents.get(seq)
        try:
            event = decode(row, None if content is None else Content(*content[1:]))
        except ValueError as error:
            self.losses.append(f"event {seq} ({row.kind}) cannot be understood ({error})")
            yield from self._of_stray_content(seq)
            return
        if isinstance(event, BranchClosed):
            yield from self._tokens(seq, event.node_id, event.at)
        yield from self._take(event)

    def _tokens(self, seq: int, node_id: str, at: float) -> Iterator[TreeEvent]:
        content = self._wreck.contents.get(seq)
        if content is None or content[3] is None:
            return
        statistics = self._wreck.statistics.get(seq, (None, None))
        for some in (statistics, (None, None)):
            with suppress(ValueError, TypeError):
                tokens = unpack_row((*content[1:], *some))
                if node_id not in self.tree:
                    yield from self._found(node_id, at, content[1])
                    return
                start = self.tree.node(node_id).n_tokens
                yield from self._take(TokensAppended(at, node_id, start, tokens))
                return
            self.losses.append(f"the statistics of node {node_id} are lost")
        self.losses.append(f"the tokens of node {node_id} are lost")

    def _of_stray_content(self, seq: int) -> Iterator[TreeEvent]:
        """The text of an event that is lost, as far as it is known whose it is."""
        content = self._wreck.contents.get(seq)
        if content is None:
            return
        node_id, text = content[:2]
        if node_id not in self.tree:
            yield from self._found(node_id, 0.0, text)
        elif node_id in self.tree.growing_ids:
            yield from self._tokens(seq, node_id, 0.0)

    def _of_drafts(self) -> Iterator[TreeEvent]:
        for number in sorted(self._wreck.drafts):
            node_id, start, at, row = self._wreck.drafts[number]
            if node_id in self.tree.growing_ids and self.tree.node(node_id).n_tokens == start:
                with suppress(ValueError):
                    yield from self._take(TokensAppended(at, node_id, start, unpack_row(row)))

    def _found(self, node_id: str, at: float, text: bytes) -> Iterator[TreeEvent]:
        self.losses.append(f"node {node_id} stands alone: where it hung is lost")
        yield from self._take(NodeAdded(at, node_id, None, "text", UNKNOWN, text))

    def _take(self, event: TreeEvent) -> Iterator[TreeEvent]:
        """The event, if the tree takes it; before it a stand-in for a parent that is lost."""
        if isinstance(event, NodeAdded | BranchOpened):
            parent_id = event.parent_id
            if parent_id is not None and parent_id not in self.tree:
                yield from self._found(parent_id, event.at, b"")
        try:
            self.tree.apply(event)
        except (ValueError, KeyError) as error:
            self.losses.append(f"a {type(event).__name__} fits nowhere any more ({error})")
            return
        yield event
