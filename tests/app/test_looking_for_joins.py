"""Where branches meet is looked for in small pieces, and whatever a person does goes in between."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Key

from loom.records import Join

from .conftest import app_on, main_screen, opened, until
from .fake_session import FakeSession, shared

N_PIECES = 500


class LongTree(FakeSession):
    """A session that has to be asked five hundred times before it knows where its branches meet."""

    def __init__(self) -> None:
        super().__init__()
        root = self.type(None, b"Once upon a time")
        self.say(root, " there was a king", " there was a hen")
        self.drain()
        self.select(root)
        self.found = (shared(self.tree, self.tree.child_ids(root), " there was a"),)
        self.n_asked = 0
        self.meanwhile: Callable[[int], None] = lambda n_asked: None

    def joins_by(self, until_s: float) -> tuple[Join, ...] | None:
        self.n_asked += 1
        self.meanwhile(self.n_asked)
        return None if self.n_asked % N_PIECES else self.found


async def test_the_look_goes_on_until_all_is_known() -> None:
    session = LongTree()
    async with opened(session) as pilot:
        await until(pilot, lambda: main_screen(pilot).space.meetings.joins == session.found)
        assert session.n_asked == N_PIECES


async def test_a_key_does_not_wait_for_it() -> None:
    session = LongTree()
    app = app_on(session)
    stood_at: list[str | None] = []

    def meanwhile(n_asked: int) -> None:
        stood_at.append(session.tree.selected_id)
        if n_asked == 5:
            app.post_message(Key("right", None))

    session.meanwhile = meanwhile
    root = session.tree.root_ids[0]
    async with app.run_test() as pilot:
        await until(pilot, lambda: main_screen(pilot).space.meetings.joins == session.found)
    assert stood_at[:5] == [root] * 5
    assert stood_at[-1] == session.tree.child_ids(root)[0]


async def test_nobody_is_sent_to_what_was_hidden_meanwhile() -> None:
    session = LongTree()
    async with opened(session) as pilot:
        await until(pilot, lambda: main_screen(pilot).space.meetings.joins == session.found)
        hidden = session.tree.child_ids(session.tree.root_ids[0])[1]
        session.n_asked = 0
        session.operations.hide(hidden)
        session._wake()
        await until(pilot, lambda: session.n_asked)
        assert session.n_asked < N_PIECES
        assert not main_screen(pilot).space.meetings.joins


async def test_what_grew_meanwhile_is_looked_at_in_its_turn() -> None:
    session = LongTree()

    def meanwhile(n_asked: int) -> None:
        if n_asked == 5:
            session.say(session.tree.root_ids[0], " there was a pig")
            session._wake()

    session.meanwhile = meanwhile
    async with opened(session) as pilot:
        await until(pilot, lambda: session.n_asked == 2 * N_PIECES)
        await pilot.pause()
        assert session.n_asked == 2 * N_PIECES
