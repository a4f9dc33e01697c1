"""The engine's process dies in mid-branch: what it wrote is in the file, the next growth works."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import closing
from pathlib import Path

import pytest

from loom.engine.process import connect_to_child
from loom.errors import LoomError
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings


def settle(session: Session, request_id: str, news: threading.Event) -> None:
    while not session.ended(request_id):
        hear(session, news)
    session.drain()


def hear(session: Session, news: threading.Event) -> None:
    assert news.wait(120)
    news.clear()
    session.drain()


def test_what_was_written_is_kept_and_the_next_growth_starts_the_model_again(
    tmp_path: Path,
) -> None:
    path, news = tmp_path / "s.loom", threading.Event()
    connect = connect_to_child(tmp_path / "engine.log")
    with closing(
        Session.create(path, Beginning("death", "story-base", prompt="One morning"), connect)
    ) as session:
        session.listen(news.set)
        root = session.tree.root_ids[0]
        request_id = session.grow(root, GrowSettings(n_branches=4, max_tokens=900))
        while not any(session.tree.node(i).text for i in session.tree.child_ids(root)):
            hear(session, news)
        (slot,) = session._models._slots.values()
        os.kill(slot.client.pid, signal.SIGILL)  # type: ignore[union-attr]
        with pytest.raises(LoomError, match="SIGILL"):
            settle(session, request_id, news)
        session.drain()
        (notice,) = [one for one in session.notices() if one.severity == "error"]
        assert "fewer branches" in notice.remedy
        kept = {i: session.tree.node(i) for i in session.tree.child_ids(root)}
        assert {(node.state, node.finish) for node in kept.values()} == {("partial", "error")}
        settle(session, session.grow(root, GrowSettings(n_branches=1, max_tokens=2)), news)
    with closing(Session.open(path, connect)) as session:
        for node_id, node in kept.items():
            assert session.tree.node(node_id).text == node.text != b""
