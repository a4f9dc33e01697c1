"""A session that another loom has open is shown as it grows there, and is not written."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loom.engine.client import Listener
from loom.engine.local import SteppedEngine
from loom.engine.request import LoadSpec
from loom.errors import LoomError, SessionFileError
from loom.session.session import Beginning, Session
from loom.store import lock
from loom.tree.events import BranchClosed
from tests.store.listening import Listening
from tests.store.specimens import appended, new_session, opened, requested, written
from tests.store.test_one_writer import N_BRANCHES, hear, streaming

PATIENCE_S = 60


def nobody(spec: LoadSpec, listener: Listener) -> SteppedEngine:
    raise AssertionError("a session that is read loads no model")


def until(session: Session, holds: Callable[[], bool]) -> None:
    """Wait for news, as the app does."""
    woken = threading.Event()
    session.listen(woken.set)
    for _ in range(10_000):
        session.drain()
        if holds():
            return
        assert woken.wait(PATIENCE_S)
        woken.clear()
    raise AssertionError("it never came")


def test_what_another_process_grows_comes_in_live(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    with streaming(path) as child:
        hear(child, 5)
        with closing(Session.open(path, nobody)) as session:
            assert session.is_read_only
            (notice,) = session.notices()
            assert f"being written by another loom (process {child.pid})" in notice.what
            tree = session.tree
            n_then = {f"b{i}": tree.node(f"b{i}").n_tokens for i in range(N_BRANCHES)}
            assert min(n_then.values()) >= 5
            until(session, lambda: all(tree.node(i).n_tokens > n + 50 for i, n in n_then.items()))
            for i in range(N_BRANCHES):
                node = tree.node(f"b{i}")
                assert node.text == b"".join(b"%d," % n for n in range(node.n_tokens))
            child.kill()
            child.wait()
            said: list[str] = []

            def is_told() -> bool:
                said.extend(notice.what for notice in session.notices())
                return bool(said)

            until(session, is_told)
            assert said == ["Nobody is writing t.loom any more."]


def test_everything_that_happens_is_followed_and_the_trees_are_the_same(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    writer = Listening(path)
    writer.journal.append(written("p"), requested("r", "p", 2), opened("a", "p"))
    writer.journal.append(appended("a", 0, b"one"))
    assert writer.journal.flush()
    with closing(Session.open(path, nobody)) as session:
        tree = session.tree
        assert (tree.node("a").text, tree.growing_ids) == (b"one", ("a",))
        writer.journal.append(appended("a", 1, b" two"))
        assert writer.journal.flush()
        until(session, lambda: tree.node("a").text == b"one two")
        writer.journal.append(appended("a", 2, b" three"), BranchClosed(6.0, "a", "eos"))
        writer.journal.append(opened("b", "p", "r", 1), appended("b", 0, b"x"))
        writer.journal.append(BranchClosed(7.0, "b", "length"), written("c", b"!", "b"))
        writer.journal.append(opened("d", "c"), appended("d", 0, b"new"))
        assert writer.journal.flush()
        until(session, lambda: "d" in tree and tree.node("d").text == b"new")
        assert writer.journal.close()
        assert list(tmp_path.iterdir()) == [path]
        with closing(Session.open(path, nobody)) as again:
            kept = [node for node in again.tree if node.id != "d"]
            assert not again.is_read_only
        assert [node for node in tree if node.id != "d"] == kept


def test_nothing_can_be_changed_and_a_sentence_says_why(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    with streaming(path) as child:
        hear(child, 1)
        with closing(Session.open(path, nobody)) as session:
            session.select("b1")
            assert session.tree.selected_id == "b1"
            for change in (
                lambda: session.write("p", "mine"),
                lambda: session.grow("p"),
                lambda: session.choose_model("story-chat"),
                lambda: session.choose_mode("chat"),
            ):
                with pytest.raises(LoomError) as refusal:
                    change()
                assert refusal.value.what
            with pytest.raises(SessionFileError, match="another loom") as refusal:
                session.write("p", "mine")
            assert "read only" in refusal.value.remedy
            session.save()
        child.kill()
    assert "mine" not in [node.text for node in Session.open(path, nobody).tree]


def test_growing_from_the_command_line_a_session_that_is_open_says_so(tmp_path: Path):
    path = tmp_path / "t.loom"
    Session.create(path, Beginning("t", "story-base", prompt="The lake"), nobody).close()
    writer = Listening(path)
    words = [sys.executable, "-m", "loom", "grow", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is being written by another loom" in done.stderr
    assert "Traceback" not in done.stderr
    assert writer.journal.close()


def test_a_file_that_the_system_will_not_have_written_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = new_session(tmp_path / "t.loom")
    opening = lock.open_descriptor

    def refused(path: Path, flags: int) -> int:
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return opening(path, flags)

    monkeypatch.setattr(lock, "open_descriptor", refused)
    with closing(Session.open(path, nobody)) as session:
        assert session.is_read_only
        assert session.tree.title == "t"
        assert "Permission denied" in session.notices()[0].what


def test_a_damaged_file_is_not_followed(tmp_path: Path):
    path = tmp_path / "t.loom"
    path.write_bytes(b"x" * 8000)
    with pytest.raises(SessionFileError, match="not a loom session"):
        Session.open(path, nobody)
