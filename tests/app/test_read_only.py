"""A session that another loom writes, in the app."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from loom.engine.client import Listener
from loom.engine.local import SteppedEngine
from loom.engine.request import LoadSpec
from loom.session.session import Beginning, Session
from tests.store.listening import Listening
from tests.store.specimens import appended, opened, requested

from .conftest import WIDE, screen_text, until
from .conftest import opened as app_opened


def nobody(spec: LoadSpec, listener: Listener) -> SteppedEngine:
    raise AssertionError("a session that is read loads no model")


async def test_the_header_says_read_only_and_branches_of_the_other_stream_in(tmp_path: Path):
    path = tmp_path / "toast.loom"
    beginning = Beginning("toast", "story-base", prompt="Friends, raise your glasses.")
    Session.create(path, beginning, nobody).close()
    writer = Listening(path)
    with closing(Session.open(path, nobody)) as session:
        (root,) = session.tree.root_ids
        async with app_opened(session, WIDE) as pilot:
            await until(pilot, lambda: "read-only" in screen_text(pilot))
            assert "saved" not in screen_text(pilot)
            writer.journal.append(requested("r", root), opened("a", root))
            writer.journal.append(appended("a", 0, b" Then Marco laughed"))
            await until(pilot, lambda: "Then Marco laughed" in screen_text(pilot))
            await pilot.press("space")
            await until(pilot, lambda: "open to read only" in screen_text(pilot))
            await pilot.press("i", *"No", "enter")
            await pilot.pause()
            assert len(session.tree) == 2
    assert writer.journal.close()
