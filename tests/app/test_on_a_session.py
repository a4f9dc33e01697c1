"""The app on a real session file: with a scripted engine, and once with the bundled model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from loom.app.app import LoomApp
from loom.engine.client import Connect, Listener
from loom.engine.local import LocalEngine, SteppedEngine
from loom.engine.process import connect_to_child
from loom.engine.request import LoadSpec
from loom.engine.scripted import ScriptedBackend
from loom.errors import UsageError
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings

from .conftest import WIDE, main_screen, opened, screen_text, until

SCRIPTS = (
    " Then Marco laughed, for it was the old joke, told the same way each year.",
    " Nobody moved. Marco put down the knife, slowly.",
    " His bride sighed, for it was the old joke, told the same way as ever.",
)

PROMPT = 1
"""Steps that the prompt takes before the first tokens."""


@contextmanager
def session_on(path: Path, connect: Connect) -> Iterator[Session]:
    """A new session file, or the one that is there."""
    if path.exists():
        session = Session.open(path, connect)
    else:
        beginning = Beginning("toast", "story-base", prompt="Friends, raise your glasses.")
        session = Session.create(path, beginning, connect)
    session.settings = GrowSettings(n_branches=3, max_tokens=48)
    with closing(session):
        yield session


class Stepped:
    """An engine that moves when the test says so."""

    def connect(self, spec: LoadSpec, listener: Listener) -> SteppedEngine:
        self.engine = SteppedEngine(ScriptedBackend(SCRIPTS), listener)
        return self.engine


def on_a_thread(spec: LoadSpec, listener: Listener) -> LocalEngine:
    return LocalEngine(lambda: ScriptedBackend(SCRIPTS), listener)


async def test_branches_stream_in_step_by_step_and_are_there_again(tmp_path: Path) -> None:
    model = Stepped()
    with session_on(tmp_path / "toast.loom", model.connect) as session:
        async with opened(session, WIDE) as pilot:
            await pilot.press("space")
            model.engine.step(PROMPT + 4)
            await until(pilot, lambda: "Then Marco laughed, for" in screen_text(pilot))
            assert "laughed, for it" not in screen_text(pilot)
            await until(pilot, lambda: "3 growing" in screen_text(pilot))
            while model.engine.busy:
                model.engine.step()
            await until(pilot, lambda: "growing" not in screen_text(pilot))
            assert "outline · 4 nodes" in screen_text(pilot)
            await pilot.press("2")
            here = main_screen(pilot).space.here
    with session_on(tmp_path / "toast.loom", model.connect) as session:
        async with opened(session, WIDE) as pilot:
            assert main_screen(pilot).space.here == here
            assert "◆2" in screen_text(pilot)
            assert session.status.state == "unloaded"


async def test_where_branches_meet_is_found_while_they_grow(tmp_path: Path) -> None:
    with session_on(tmp_path / "toast.loom", on_a_thread) as session:
        async with opened(session, WIDE) as pilot:
            await pilot.press("space")
            await until(pilot, lambda: session.joins() and not session.tree.growing_ids)
            await until(pilot, lambda: "words meet at" in screen_text(pilot))
            await pilot.press("m")
            first = main_screen(pilot).space.here
            assert session.joins()[0].sentence[:60] in screen_text(pilot)
            await pilot.press("m")
            assert {first, main_screen(pilot).space.here} <= set(session.joins()[0].nodes)


async def test_what_a_person_writes_is_saved_and_grown_from(tmp_path: Path) -> None:
    with session_on(tmp_path / "toast.loom", on_a_thread) as session:
        async with opened(session, WIDE) as pilot:
            await pilot.press("i", "space", *"Stop!", "enter", "space")
            here = main_screen(pilot).space.here
            assert here is not None
            assert session.tree.path_text(here) == b"Friends, raise your glasses. Stop!"
            await until(pilot, lambda: session.tree.n_children(here) == 3)


async def test_stopping_keeps_what_was_written(tmp_path: Path) -> None:
    model = Stepped()
    with session_on(tmp_path / "toast.loom", model.connect) as session:
        async with opened(session, WIDE) as pilot:
            await pilot.press("space")
            model.engine.step(PROMPT + 3)
            await until(pilot, lambda: "Then Marco laughed," in screen_text(pilot))
            await pilot.press("escape")
            model.engine.step()
            await until(pilot, lambda: "stopped 3" in screen_text(pilot))


async def test_space_grows_with_the_bundled_model_in_its_own_process(tmp_path: Path) -> None:
    connect = connect_to_child(tmp_path / "engine.log")
    with session_on(tmp_path / "toast.loom", connect) as session:
        async with opened(session, WIDE) as pilot:
            await pilot.press("space")
            await until(pilot, lambda: "story-base (" in screen_text(pilot))
            root = session.tree.root_ids[0]
            await until(pilot, lambda: session.tree.n_children(root) == 3)
            await until(pilot, lambda: not session.tree.growing_ids)
            assert all(session.tree.node(node_id).text for node_id in session.tree.child_ids(root))


def test_a_configured_theme_is_taken_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    def nobody(spec: LoadSpec, listener: Listener) -> SteppedEngine:
        raise AssertionError("opening loads no model")

    with session_on(tmp_path / "t.loom", nobody) as session:
        assert LoomApp(session, "textual-light").theme == "textual-light"
        with pytest.raises(UsageError, match="no theme 'mauve'"):
            LoomApp(session, "mauve")


async def test_an_empty_page_grows_from_nothing(tmp_path: Path) -> None:
    beginning = Beginning("blank", "story-base")
    with closing(Session.create(tmp_path / "blank.loom", beginning, on_a_thread)) as session:
        session.settings = GrowSettings(n_branches=2, max_tokens=48)
        async with opened(session, WIDE) as pilot:
            assert "Space grows from nothing" in screen_text(pilot)
            await pilot.press("space")
            (root,) = session.tree.root_ids
            await until(pilot, lambda: session.tree.n_children(root) == 2)
            await until(pilot, lambda: not session.tree.growing_ids)
            assert "Then Marco laughed" in screen_text(pilot)
            assert "(empty)" in screen_text(pilot)
            assert main_screen(pilot).space.here == root
