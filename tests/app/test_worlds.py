"""The app on a world: explored as a model is, with no weights and no process."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from loom.engine.client import Listener
from loom.engine.local import LocalEngine
from loom.engine.request import LoadSpec
from loom.session.session import Beginning, Session

from .conftest import WIDE, main_screen, opened, screen_text, until


def nobody(spec: LoadSpec, listener: Listener) -> LocalEngine:
    raise AssertionError("a world needs no process")


async def test_a_world_is_explored_and_chosen_as_a_model_is(tmp_path: Path) -> None:
    beginning = Beginning("toast", "story-world", prompt="Friends, raise your glasses.")
    with closing(Session.create(tmp_path / "toast.loom", beginning, nobody)) as session:
        # Known dice: no branch ends early, and words meet.
        session.settings = replace(session.settings, seed=1)
        async with opened(session, WIDE) as pilot:
            root = session.tree.root_ids[0]
            await pilot.press("space")
            await until(pilot, lambda: session.tree.n_children(root) == 5)
            await until(pilot, lambda: not session.tree.growing_ids and session.joins())
            await until(pilot, lambda: "m goes there" in screen_text(pilot))
            assert "story-world (exact) · plain text" in screen_text(pilot)
            await pilot.press("1", "space")
            here = main_screen(pilot).space.here
            assert here is not None
            await until(pilot, lambda: session.tree.n_children(here) == 5)
            await until(pilot, lambda: not session.tree.growing_ids)

            await pilot.press("v")
            await until(pilot, lambda: "tokens for story-world (plain text)" in screen_text(pilot))
            await pilot.press("escape", "@")
            await until(pilot, lambda: "6 worlds here." in screen_text(pilot))
            await pilot.press(*"sibling", "enter")
            await until(pilot, lambda: "story-world-chat · chat" in screen_text(pilot))
            # No question whether it is a chat model: it is known.
            assert len(pilot.app.screen_stack) == 1
            await pilot.press("Z")
            assert session.status.others == ()
