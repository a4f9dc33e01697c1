"""One writer at a time, however the last one ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.store import open_for_reading
from loom.tree.events import BranchOpened, TokensAppended
from tests.store.listening import Listening
from tests.store.specimens import (
    INTERRUPTED,
    appended,
    fold,
    new_session,
    opened,
    read_tree,
    written,
)

N_BRANCHES = 8

STREAM = """
import sys, threading
from pathlib import Path
from loom.store import Journal
from loom.tree.events import TokensAppended
from tests.store.specimens import appended, opened, requested, written

def publish(events):
    for event in events:
        if isinstance(event, TokensAppended):
            print(event.node_id, event.start + len(event.tokens), flush=True)

journal = Journal(Path(sys.argv[1]), publish=publish, fault=print)
journal.append(written("p"), requested("r", "p", 8))
journal.append(*(opened(f"b{i}", "p", "r", i) for i in range(8)))
pause = threading.Event()
for n in range(1_000_000):
    journal.append(*(appended(f"b{i}", n, b"%d," % n, seed=n * 8 + i) for i in range(8)))
    pause.wait(0.002)
"""


@contextmanager
def streaming(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that grows eight branches and says what is committed."""
    with subprocess.Popen(
        [sys.executable, "-c", STREAM, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def hear(child: subprocess.Popen[str], n_tokens: int) -> dict[str, int]:
    """Listen until every branch has at least so many tokens committed."""
    committed: dict[str, int] = {}
    assert child.stdout is not None
    for line in child.stdout:
        node_id, n = line.split()
        committed[node_id] = int(n)
        if len(committed) == N_BRANCHES and min(committed.values()) >= n_tokens:
            return committed
    raise AssertionError("the child ended")


def test_a_killed_writer_leaves_every_committed_token(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    with streaming(path) as child:
        committed = hear(child, 100)
        child.kill()
        assert child.stdout is not None
        for line in child.stdout:
            node_id, n = line.split()
            committed[node_id] = int(n)
    seen = read_tree(path)
    listening = Listening(path)
    with open_for_reading(path) as reader:
        tree = fold(reader.load_events())
        for i in range(N_BRANCHES):
            node = tree.node(f"b{i}")
            assert node == seen.node(f"b{i}")
            assert (node.state, node.finish, node.message) == ("partial", "error", INTERRUPTED)
            assert node.n_tokens >= committed[node.id]
            whole = [appended(node.id, n, b"%d," % n, seed=n * 8 + i) for n in range(node.n_tokens)]
            assert node.token_ids == tuple(int(event.tokens.ids[0]) for event in whole)
            assert node.text == b"".join(event.tokens.pieces[0] for event in whole)
            tokens = reader.read_tokens(node.id)
            assert tokens.stats is not None
            assert tokens.stats.top_ids[-1].tolist() == whole[-1].tokens.stats.top_ids[0].tolist()
    listening.journal.close()
    assert list(tmp_path.iterdir()) == [path]


def test_a_second_writer_is_refused_until_the_first_is_gone(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    with streaming(path) as child:
        hear(child, 1)
        with pytest.raises(SessionFileError) as refusal:
            Listening(path)
        what = f"{path} is being written by another loom (process {child.pid})."
        assert refusal.value.what == what
        assert refusal.value.remedy
        # A reader sees the branches as growing, because somebody is growing them.
        assert len(read_tree(path).growing_ids) == N_BRANCHES
        hear(child, 20)
        child.kill()
        child.wait()
    listening = Listening(path)
    listening.journal.append(written("after"))
    assert listening.journal.close()
    assert "after" in read_tree(path)


def test_a_second_writer_in_the_same_process_is_refused_and_disturbs_nothing(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    first = Listening(path)
    with pytest.raises(SessionFileError, match=rf"another loom \(process {os.getpid()}\)"):
        Listening(path)
    first.journal.append(written("a"))
    first.journal.flush()
    # Had the refusal cost the first its SQLite locks, a passer-by would take itself for the last
    # to leave and tidy the write-ahead log away from under it.
    passer_by = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM event')"
    subprocess.run([sys.executable, "-c", passer_by, str(path)], check=True)
    assert (tmp_path / "t.loom-wal").stat().st_size > 0
    assert first.journal.close()
    assert "a" in read_tree(path)
    second = Listening(path)
    assert second.journal.close()


def test_a_reader_alone_shows_unfinished_branches_as_partial_and_writes_nothing(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    with streaming(path) as child:
        hear(child, 5)
        child.kill()
        child.wait()
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if "shm" not in file.name}
    assert not read_tree(path).growing_ids
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir() if "shm" not in file.name}
    assert before == after


def test_a_reader_beside_the_journal_of_its_own_process_sees_growing_branches(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    events = [written("p"), opened("a", "p"), appended("a", 0, b"x")]
    listening.journal.append(*events)
    listening.journal.flush()
    with open_for_reading(path) as reader:
        loaded = list(reader.load_events())
    assert [type(event) for event in loaded[2:]] == [BranchOpened, TokensAppended]
    listening.journal.close()
    assert read_tree(path).node("a").state == "partial"
