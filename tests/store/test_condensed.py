"""A large session opens quickly, as the same tree."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loom.store import condensed, create, open_for_reading
from loom.store.condensed_growths import Growth, pack_growths, unpack_growths
from loom.store.database import open_for_writing
from loom.tree.events import BranchClosed, BranchesGrown, GrowthAccepted, TreeEvent
from loom.tree.graph import Tree
from tests.store.listening import Listening
from tests.store.specimens import (
    appended,
    fold,
    histories,
    likeness,
    new_session,
    opened,
    provenance,
    read_tree,
    requested,
    written,
)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every session is large."""
    monkeypatch.setattr(condensed, "LEAST_EVENTS", 1)
    monkeypatch.setattr(condensed, "N_RECENT", 0)


def quickly(path: Path) -> list[TreeEvent]:
    with open_for_reading(path) as reader:
        return list(reader.load_condensed())


def session(path: Path) -> Path:
    """Two growths with a person's words between them, written at two sittings."""
    new_session(path)
    for n, parent in enumerate(("p", "b0")):
        listening = Listening(path)
        if not n:
            listening.journal.append(written("p"))
        listening.journal.append(requested(f"r{n}", parent, 2))
        listening.journal.append(GrowthAccepted(3.5, f"r{n}", provenance(n)))
        for i, node_id in enumerate((f"a{n}", f"b{n}")):
            listening.journal.append(opened(node_id, parent, f"r{n}", i))
            listening.journal.append(appended(node_id, 0, b"one", b"\xc3", seed=i))
        listening.journal.append(written(f"w{n}", b"!", f"a{n}"))
        listening.journal.append(BranchClosed(6.0, f"b{n}", "error", "why", 0.5))
        listening.journal.append(BranchClosed(6.0, f"a{n}", "length"))
        assert listening.journal.close()
    return path


@pytest.mark.usefixtures("at_once")
def test_branches_come_whole_and_make_the_same_tree(tmp_path: Path):
    path = session(tmp_path / "t.loom")
    events = quickly(path)
    assert sum(isinstance(event, BranchesGrown) for event in events) >= 2
    assert not any(isinstance(event, BranchClosed) for event in events)
    assert likeness(fold(events)) == likeness(read_tree(path))


@pytest.mark.usefixtures("at_once")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.lists(st.integers(0, 40), max_size=3))
def test_any_history_written_at_any_sittings_makes_the_same_tree(
    history: list[TreeEvent], cuts: list[int]
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.loom"
        create(path, history[0])  # type: ignore[arg-type]
        for part in _parts(history[1:], cuts):
            writer = open_for_writing(path)
            writer.commit(part, None)
            writer.close()
        assert likeness(fold(quickly(path))) == likeness(read_tree(path))


def _parts(events: list[TreeEvent], cuts: list[int]) -> Iterator[list[TreeEvent]]:
    """The events at several sittings, cut only where nothing grows: an ending closes branches."""
    tree, part = Tree(), list[TreeEvent]()
    tree.apply(written("n0"))
    for n, event in enumerate(events):
        if n:
            tree.apply(event)
        part.append(event)
        if n in cuts and not tree.growing_ids:
            yield part
            part = []
    yield part


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE condensed SET packed = zeroblob(length(packed))",
        "UPDATE condensed SET sha256 = zeroblob(32)",
        "UPDATE condensed SET through_seq = through_seq + 1000",
        "DELETE FROM condensed WHERE through_seq = (SELECT min(through_seq) FROM condensed)",
        "DROP TRIGGER seal_no_update; UPDATE seal SET sha256 = zeroblob(32)",
    ],
)
def test_a_part_that_does_not_fit_the_journal_is_not_believed(tmp_path: Path, statement: str):
    path = session(tmp_path / "t.loom")
    before = likeness(read_tree(path))
    with closing(sqlite3.connect(path)) as db:
        db.executescript(statement)
    assert likeness(fold(quickly(path))) == before
    Listening(path).journal.close()
    assert likeness(read_tree(path)) == before


def test_what_many_growths_have_in_common_is_kept_once():
    growths: list[tuple[int, Growth]] = []
    for n in range(100):
        asked = replace(requested(f"r{n}", f"p{n % 7}", 2), at=float(n), seed=n)
        how = replace(provenance(n), n_prompt_tokens=n, prompt_sha256=f"{n:064}")
        growths += [(2 * n, asked), (2 * n + 1, GrowthAccepted(n + 0.5, f"r{n}", how))]
    packed = pack_growths(growths)
    assert len(packed["alike"]) == 2
    assert list(zip(*unpack_growths(packed), strict=True)) == growths
    other = replace(requested("r", "p"), max_tokens=3)
    assert len(pack_growths([*growths, (200, other)])["alike"]) == 3


def test_a_small_session_is_read_as_it_was_written(tmp_path: Path):
    path = session(tmp_path / "t.loom")
    assert not any(isinstance(event, BranchesGrown) for event in quickly(path))
