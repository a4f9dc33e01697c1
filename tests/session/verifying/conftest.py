"""A small session that the bundled model really grew, copies of it, and changes planted in them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loom.engine.client import Connect
from loom.engine.process import connect_to_child
from loom.session.growing import grown_nodes
from loom.session.plans import Plan
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.session.verifying import Verification, verify

PROMPT = "One morning in March, Odile the clockmaker opened the door"

Plant = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Connect:
    """The bundled model, in its own process."""
    return connect_to_child(tmp_path_factory.mktemp("log") / "engine.log")


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory, bundled: Connect) -> Path:
    """Three branches, two from the first of them, one in exact mode, and a last written text."""
    path = tmp_path_factory.mktemp("grown") / "grown.loom"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOOM_HOME", str(tmp_path_factory.mktemp("home")))
        _make(path, bundled)
    return path


def _make(path: Path, connect: Connect) -> None:
    session = Session.create(path, Beginning("grown", "story-base", prompt=PROMPT), connect)
    with closing(session):
        (root,) = session.tree.root_ids
        first = grow(session, root, GrowSettings(3, 9, seed=1))
        grow(session, first, GrowSettings(2, 6, seed=2))
        grow(session, root, GrowSettings(1, 6, seed=3, mode="exact"))
        session.write(first, " Nobody came in.")
        session.save()


def grow(session: Session, node_id: str, settings: GrowSettings) -> str:
    found = list(grown_nodes(session, Plan((node_id,), settings), lambda notice: None))
    return min(found, key=lambda node: node.index or 0).id


@pytest.fixture
def planted(grown: Path, tmp_path: Path, bundled: Connect) -> Callable[[Plant], Verification]:
    """What is found in a copy of the session that somebody has changed."""

    def make(plant: Plant) -> Verification:
        path = tmp_path / "planted.loom"
        shutil.copyfile(grown, path)
        with closing(sqlite3.connect(path)) as db, db:
            triggers = db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for (name,) in triggers:
                db.execute(f"DROP TRIGGER {name}")
            plant(db)
        return verify(path, bundled, lambda what: None)

    return make
