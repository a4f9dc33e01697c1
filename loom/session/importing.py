"""Another program's tree as a session of loom's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from loom import __version__
from loom.errors import ForeignFileError, SessionFileError
from loom.formats.data.loom_json_reading import LoomJsonReader
from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.planting import Forest
from loom.formats.importing.reading import JournalFormat, gathered, recognise
from loom.formats.importing.report import Remark
from loom.formats.importing.source import Progress, Source
from loom.records.stored import StoredEvent
from loom.session.reading import without_collection
from loom.store.making import create_from_events, create_from_rows
from loom.tree.events import NodeSelected, SessionStarted, TreeImported

_ADDING = ("node_added", "node_imported", "branch_opened")
DEFAULT_MODELS = {"plain": "story-base", "chat": "story-chat"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: the session, whose file it was, and what was lost or guessed."""

    path: Path
    program: str
    title: str
    n_nodes: int
    remarks: tuple[Remark, ...]

    def sentence(self) -> str:
        """In one line: what was imported and what was not."""
        lost = sum(remark.n for remark in self.remarks if remark.kind == "lost")
        guessed = sum(remark.n for remark in self.remarks if remark.kind == "guessed")
        said = [f"{self.n_nodes:,} texts of {self.program}"]
        things = "thing" if lost == 1 else "things"
        said.append(f"{lost:,} {things} left out" if lost else "nothing left out")
        if guessed:
            said.append(f"{guessed:,} guessed")
        return f"Imported {', '.join(said)}."


def import_file(
    source: Path,
    target: Callable[[str], Path],
    *,
    model: str | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.time,
) -> Imported:
    """Make a session of a file of another program; `target` is told its title and names the file.

    ForeignFileError if it cannot be read, SessionFileError if the session cannot be made; then
    there is none.
    """
    found = recognise(source)
    if isinstance(found.format, JournalFormat):
        return _whole_session(found.source, target, progress)
    with without_collection():
        planting = gathered(found.source, found.format, progress)
        forest = Forest(planting)
    if not len(forest):
        raise ForeignFileError(
            f"{source.name} is a file of {found.format.title}, but there is no text in it.",
            "Name another file.",
        )
    title = planting.title or source.name.split(".")[0]
    path = target(title)
    now = clock()
    started = SessionStarted(
        now, title, planting.mode, model or DEFAULT_MODELS[planting.mode], __version__
    )
    remarks = planting.report.remarks()
    about = TreeImported(
        now, found.format.name, found.source.name, planting.keys_text(), tuple(map(str, remarks))
    )
    landing = forest.landing
    selected = None if landing is None else NodeSelected(now, landing)
    with without_collection():
        create_from_events(
            path, chain([started, about], forest.nodes(now)), selected, forest.marks(now)
        )
    return Imported(path, found.format.title, title, len(forest), remarks)


def _whole_session(
    source: Source, target: Callable[[str], Path], progress: Progress | None
) -> Imported:
    """The session that loom's own JSON was made of, row by row."""
    title = source.path.name.split(".")[0]
    path = target(title)
    reader = LoomJsonReader(JsonStream(source.text(progress)))
    n_nodes = 0

    def events() -> Iterator[StoredEvent]:
        nonlocal n_nodes
        for event in reader.events():
            n_nodes += event.kind in _ADDING
            yield event

    try:
        create_from_rows(path, events(), reader.drafts(), reader.pointers())
    except SessionFileError as error:
        raise ForeignFileError(
            f"{source.name} holds a journal that makes no session: {error.what}",
            "Export it again with `loom export FILE --format json`.",
        ) from error
    return Imported(path, "loom", title, n_nodes, ())
