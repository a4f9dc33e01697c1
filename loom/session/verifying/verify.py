"""Verifying a session file: first the file by itself, then against the models that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from loom.engine.client import Connect
from loom.engine.request import LoadSpec
from loom.errors import LoomError, SessionFileError
from loom.models.split import part_paths
from loom.replay.integrity import Auditor
from loom.session.engines import with_worlds
from loom.session.model_source import is_world
from loom.session.verifying.asking import Asking
from loom.session.verifying.cases import Case, NoCase, cases
from loom.session.verifying.report import (
    CheckedModel,
    Finding,
    Resampled,
    Rescored,
    Seals,
    Verification,
)
from loom.session.verifying.trial import tried
from loom.store.database import open_for_reading
from loom.store.inspection import Fault
from loom.store.reader import SessionReader
from loom.tree.events import TreeEvent
from loom.tree.graph import Tree

Say = Callable[[str], None]


def verify(path: Path, connect: Connect, say: Say) -> Verification:
    """All that can be found out about a session file; `say` is told what takes time.

    SessionFileError if it is no session that can be read at all. Models are loaded one after
    another, and let go; the file is only read.
    """
    with open_for_reading(path) as stored:
        checking = _Checking(stored)
        events = checking.look_at_file()
        if events is not None:
            checking.try_models(events, with_worlds(connect), say)
        return checking.result()


def verify_file(path: Path) -> Verification:
    """What the file says of itself alone; no model is asked. SessionFileError as `verify`."""
    with open_for_reading(path) as stored:
        checking = _Checking(stored)
        checking.look_at_file()
        return checking.result()


class _Checking:
    """One file while it is verified."""

    def __init__(self, stored: SessionReader) -> None:
        self._stored = stored
        self._auditor = Auditor()
        self._n_events = 0
        self._seals: Seals = "none"
        self._findings: list[Finding] = []
        self._models: dict[tuple[str, str], CheckedModel] = {}
        self._rescored: list[Rescored] = []
        self._resampled: list[Resampled] = []
        self._unchecked: dict[str, None] = {}

    def result(self) -> Verification:
        """All that was found."""
        return Verification(
            self._stored.path,
            self._n_events,
            len(self._auditor.tree),
            self._seals,
            tuple(self._findings),
            tuple(self._models.values()),
            tuple(self._rescored),
            tuple(self._resampled),
            tuple(self._unchecked),
        )

    # The file by itself

    def look_at_file(self) -> list[TreeEvent] | None:
        """All of it; its events, None if they do not make a tree."""
        self.look_at_rows()
        self.look_at_seals()
        events = self.events()
        if events is not None:
            self.look_at_condensed(events)
        return events

    def look_at_rows(self) -> None:
        """Every row, and what one says of another."""
        for kept in self._stored.inspect(self._fault):
            self._n_events = kept.seq
            for what in self._auditor.take(kept):
                self._fault(Fault(what, kept.seq, getattr(kept.event, "node_id", None)))

    def look_at_seals(self) -> None:
        """The hashes of all content, in a file that has some."""
        report = self._stored.check_seals()
        if not report.has_seals:
            self._unchecked["The file holds no hashes of its content."] = None
            return
        self._seals = "broken" if report.broken else "whole"
        for broken in report.broken:
            self._fault(Fault(broken.what, broken.seq, broken.node_id))

    def look_at_condensed(self, events: Iterable[TreeEvent]) -> None:
        """What lets a large file open quickly, where it has that: it must make the same tree."""
        try:
            same = list(_fold(self._stored.load_condensed())) == list(_fold(events))
        except (SessionFileError, ValueError, KeyError):
            same = False
        if not same:
            self._fault(Fault("What is kept to open it quickly does not fit its journal"))

    def _fault(self, fault: Fault) -> None:
        where = "" if fault.seq is None else f"Event {fault.seq}: "
        self._findings.append(Finding(f"{where}{fault.what}.", fault.seq, fault.node_id))

    def events(self) -> list[TreeEvent] | None:
        """The events as a session reads them; None if they do not make a tree."""
        try:
            events = list(self._stored.load_events())
            _fold(events)
        except (SessionFileError, ValueError, KeyError):
            what = "The models were not asked: what the file says of its branches is not whole."
            self._unchecked[what] = None
            return None
        return events

    # Against the models

    def try_models(self, events: list[TreeEvent], connect: Connect, say: Say) -> None:
        """Every request again, with the model that it names."""
        with ExitStack() as open_models:
            asking: Asking | None = None
            spec: LoadSpec | None = None
            for case in cases(events):
                if isinstance(case, NoCase):
                    self._leave(case.model, case.why)
                    continue
                if not self._is_its_model(case):
                    continue
                try:
                    if asking is None or case.spec != spec:
                        open_models.close()
                        say(f"Growing and scoring again with {case.provenance.model.name} ...")
                        spec, asking = case.spec, Asking(connect, case.spec)
                        open_models.callback(asking.close)
                    self._try(case, asking)
                except LoomError as error:
                    asking = None
                    self._leave(case.provenance.model.name, error)

    def _try(self, case: Case, asking: Asking) -> None:
        trial = tried(case, asking, self._stored.read_tokens)
        self._findings += trial.findings
        self._rescored += trial.rescored
        self._resampled += trial.resampled

    def _is_its_model(self, case: Case) -> bool:
        model = case.provenance.model
        key = model.fingerprint, case.spec.path
        if key not in self._models:
            found_sha256 = None if is_world(case.spec) else _sha256(Path(case.spec.path))
            self._models[key] = CheckedModel(
                model.name, model.fingerprint, case.spec.fingerprint, case.sha256, found_sha256
            )
        checked = self._models[key]
        if not checked.is_same:
            what = f"What {model.name} grew was not tried again: the model here is another one."
            self._unchecked[what] = None
        return checked.is_same

    def _leave(self, model: str, why: LoomError) -> None:
        self._unchecked[f"What {model} grew was not all tried again: {why.what}"] = None


def _fold(events: Iterable[TreeEvent]) -> Tree:
    """The tree that events make; ValueError if they make none."""
    tree = Tree()
    for event in events:
        tree.apply(event)
    return tree


def _sha256(path: Path) -> str | None:
    """Of the whole file, all its parts one after another."""
    digest = hashlib.sha256()
    try:
        for part in part_paths(path):
            with part.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()
