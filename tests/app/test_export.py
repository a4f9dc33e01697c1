"""Exporting from the app: what is chosen, what is shown of it, what is written and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from loom.app.export_form import questions
from loom.app.screens.export import ExportScreen
from loom.app.widgets.chooser import Chooser
from loom.engine.client import Listener
from loom.engine.local import LocalEngine
from loom.engine.request import LoadSpec
from loom.engine.scripted import ScriptedBackend
from loom.formats.choice import Choice
from loom.formats.material import Wording
from loom.formats.table import FORMATS, format_named
from loom.session.exporting import gathered
from loom.session.session import Session
from loom.store import create
from loom.store.database import open_for_writing
from loom.tree.changes import Tag
from loom.tree.events import NodeAdded, SessionStarted, TreeEvent

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until

Snap = Callable[..., bool]

TEXTS = (
    ("root", None, "Friends, raise your glasses."),
    ("a", "root", " Marco laughed, and so did everyone. It was the old joke, told every year."),
    ("b", "root", " Nobody moved. A spoon fell. It was the old joke, told every year."),
    ("c", "root", " The bride stood up and walked out into the snow."),
    ("c1", "c", " She left no footprints."),
    ("c2", "c", " At the gate she turned, and the band put down their instruments."),
)


def silent(spec: LoadSpec, listener: Listener) -> LocalEngine:
    return LocalEngine(lambda: ScriptedBackend((" word",)), listener)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "toast.loom"
    create(path, SessionStarted(0.0, "A wedding toast", "plain", "story-base", "0.1.0"))
    writer = open_for_writing(path)
    events: list[TreeEvent] = [
        NodeAdded(float(n), name, parent, "text", "human", text.encode())
        for n, (name, parent, text) in enumerate(TEXTS, 1)
    ]
    writer.commit(events, None)
    writer.close()
    with closing(Session.open(path, silent)) as opened_session:
        yield opened_session


def dialog(pilot: Pilot[None]) -> ExportScreen:
    assert isinstance(pilot.app.screen, ExportScreen)
    return pilot.app.screen


def take(pilot: Pilot[None], question: str, label: str) -> None:
    chooser = dialog(pilot).query_one(f"#{question}", Chooser)
    for _ in range(30):
        if chooser.answer.label == label:
            return
        chooser.action_take(1)
    raise AssertionError(f"{question} has no answer {label!r}")


async def asked(pilot: Pilot[None], **answers: str) -> None:
    """The dialog with these answers, its look drawn."""
    await pilot.press("ctrl+e")
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen))
    for question, label in answers.items():
        take(pilot, question, label)
    await pilot.pause()


def named(pilot: Pilot[None]) -> Input:
    return dialog(pilot).query_one("#file", Input)


def toasts(pilot: Pilot[None]) -> str:
    return "\n".join(notice.message for notice in pilot.app._notifications)


def as_commanded(path: Path, name: str, choice: Choice, **wording: object) -> bytes:
    with gathered(path, choice, Wording(**wording)) as given:  # type: ignore[arg-type]
        content = format_named(name).write(given)
    return content.encode() if isinstance(content, str) else content


async def test_the_look_follows_what_is_chosen(session: Session) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot)
        await until(pilot, lambda: "# A wedding toast" in screen_text(pilot))
        assert "6 nodes" in screen_text(pilot)
        take(pilot, "form", "text")
        await until(pilot, lambda: "===============" in screen_text(pilot))
        take(pilot, "form", "csv")
        await until(pilot, lambda: "id,parent,depth" in screen_text(pilot))
        take(pilot, "form", "svg")
        await until(pilot, lambda: "3.5 × " in screen_text(pilot))


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
async def test_every_format_has_a_look_and_is_written(
    session: Session, tmp_path: Path, name: str
) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot, form=name)
        await until(pilot, lambda: "6 nodes" in screen_text(pilot))
        await pilot.press("enter")
        written = tmp_path / f"a-wedding-toast{format_named(name).suffix}"
        await until(pilot, lambda: f"Written to {written}" in toasts(pilot))
        assert written.stat().st_size > 0


async def test_the_name_follows_the_format_until_one_types(session: Session) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot, form="html")
        assert named(pilot).value == "a-wedding-toast.html"
        named(pilot).value = "mine"
        take(pilot, "form", "text")
        await pilot.pause()
        assert named(pilot).value == "mine"


async def test_a_letter_takes_the_format_that_begins_with_it(session: Session) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot)
        await pilot.press("down", "h")
        await until(pilot, lambda: named(pilot).value == "a-wedding-toast.html")


async def test_what_is_written_is_what_the_command_line_writes(
    session: Session, tmp_path: Path
) -> None:
    async with opened(session, WIDE) as pilot:
        await pilot.press("right", "down", "down")
        assert main_screen(pilot).space.here == "c"
        await asked(pilot, scope="from here on", form="text", check="left out")
        await pilot.press("enter")
        written = tmp_path / "a-wedding-toast.txt"
        await until(pilot, lambda: str(written) in toasts(pilot))
        expected = as_commanded(session.path, "text", Choice(at="c"), appendix=False)
        assert written.read_bytes() == expected
        assert b"bride" in expected
        assert b"Marco" not in expected


async def test_limits_are_typed_and_what_they_leave_out_is_told(
    session: Session, tmp_path: Path
) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot, form="text")
        dialog(pilot).query_one("#n_characters", Input).value = "10"
        await until(pilot, lambda: "... 18 more characters" in screen_text(pilot))
        dialog(pilot).query_one("#depth", Input).value = "0"
        await until(pilot, lambda: "Give a number from 1 on" in screen_text(pilot))
        await pilot.press("enter")
        assert not (tmp_path / "a-wedding-toast.txt").exists()
        dialog(pilot).query_one("#depth", Input).value = "1"
        await until(pilot, lambda: "5 more nodes" in screen_text(pilot))


async def test_only_parts_that_there_are_are_offered(session: Session) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot)
        with pytest.raises(AssertionError):
            take(pilot, "scope", "bookmarked")
        await pilot.press("escape")
        await pilot.press("right", "b")
        session.operations.marking.tag("b", Tag("best"))
        await pilot.pause()
        await asked(pilot, scope="bookmarked")
        await until(pilot, lambda: "2 nodes" in screen_text(pilot))
        take(pilot, "scope", "tagged best")
        await until(pilot, lambda: "Nobody" in screen_text(pilot))


def test_roads_that_meet_are_offered_where_some_do(session: Session) -> None:
    met, apart = (questions(session.tree, "a", with_joins=there) for there in (True, False))
    labels = [{answer.label for answer in asked[0].answers} for asked in (met, apart)]
    assert labels[0] - labels[1] == {"where branches meet"}


async def test_a_file_that_is_there_is_replaced_only_when_meant(
    session: Session, tmp_path: Path
) -> None:
    there = tmp_path / "a-wedding-toast.md"
    there.write_text("mine")
    async with opened(session, WIDE) as pilot:
        await asked(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "is there already" in screen_text(pilot))
        assert there.read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: str(there) in toasts(pilot))
        assert there.read_text().startswith("# A wedding toast")


async def test_what_cannot_be_written_is_said_and_the_dialog_stays(session: Session) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot)
        named(pilot).value = "/no/such/folder/toast.md"
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be written" in screen_text(pilot))
        named(pilot).value = ""
        await pilot.press("enter")
        await until(pilot, lambda: "The file has no name" in screen_text(pilot))


async def test_the_file_is_verified_for_the_appendix_when_asked(
    session: Session, tmp_path: Path
) -> None:
    async with opened(session, WIDE) as pilot:
        await asked(pilot, form="text", check="and the file verified")
        await pilot.press("enter")
        written = tmp_path / "a-wedding-toast.txt"
        await until(pilot, lambda: str(written) in toasts(pilot))
        told = " ".join(written.read_text().split())
        assert "Verified: the session file is whole (7 events, 6 nodes" in told


async def test_an_empty_session_has_nothing_to_export(tmp_path: Path) -> None:
    path = tmp_path / "empty.loom"
    create(path, SessionStarted(0.0, "empty", "plain", "story-base", "0.1.0"))
    with closing(Session.open(path, silent)) as empty:
        async with opened(empty, WIDE) as pilot:
            await pilot.press("escape", "ctrl+e")
            await until(pilot, lambda: "no text to export" in toasts(pilot))
            assert not isinstance(pilot.app.screen, ExportScreen)


async def drawn(pilot: Pilot[None], *labels: tuple[str, str]) -> None:
    await asked(cast(Pilot[None], pilot), **dict(labels))
    await until(pilot, lambda: "6 nodes" in screen_text(pilot))


@pytest.mark.parametrize("size", [NARROW, WIDE, (220, 60)], ids=["80x24", "130x40", "220x60"])
def test_a_write_up(snap_compare: Snap, session: Session, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(session), terminal_size=size, run_before=drawn)


def test_a_figure(snap_compare: Snap, session: Session) -> None:
    async def figure(pilot: Pilot[None]) -> None:
        await drawn(pilot, ("form", "pdf"))
        await until(pilot, lambda: "inches" in screen_text(pilot))

    assert snap_compare(app_on(session), terminal_size=NARROW, run_before=figure)
