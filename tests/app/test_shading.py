"""The text shaded, its borders, and jumping to forks."""

from __future__ import annotations

from loom.app.shading import STEPS_BITS, Shade, after, legend, stretches

from .conftest import NARROW, WIDE, main_screen, opened, screen_text
from .fake_laws import laws_of
from .fake_session import FakeSession
from .test_snapshots import eight, grown


def test_every_token_is_shaded_by_its_bits() -> None:
    session = FakeSession()
    (node_id,) = session.say(session.type(None, b"So"), " Marc\u00f4 laughed aloud, 漢字 and all.")
    node, laws = session.tree.node(node_id), session.laws.of(node_id)
    assert laws is not None
    shades: tuple[Shade, ...] = ("surprisal", "entropy")
    for shade in shades:
        bits = laws.surprisal_bits if shade == "surprisal" else laws.entropy_bits
        found = stretches(node, laws, shade)
        text = node.display_text()
        by_word = {text[start:end]: level for start, end, level in found}
        for piece, value in zip(laws.columns.pieces, bits.tolist(), strict=True):
            expected = sum(value >= step for step in STEPS_BITS[shade])
            assert by_word.get(piece.decode(), 0) == expected


def test_a_text_that_was_read_with_a_space_in_front_is_shaded_in_its_place() -> None:
    session = FakeSession()
    node = session.tree.node(session.type(None, b"Marco extraordinarily"))
    (stretch,) = stretches(node, laws_of([b" Marco", b" extraordinarily"]), "surprisal")[-1:]
    assert node.text[stretch[0] : stretch[1]] == b" extraordinarily"


def test_shades_come_in_turn() -> None:
    assert [after(None), after("surprisal"), after("entropy")] == ["surprisal", "entropy", None]
    assert legend(None) == ""


async def test_the_key_shades_and_says_by_what() -> None:
    async with opened(grown(), WIDE) as pilot:
        await pilot.press("right", "a")
        assert "shaded by surprisal: 1, 3, 6, 10 bits" in screen_text(pilot)
        assert main_screen(pilot).space.reading._stretches(
            main_screen(pilot)._tree.node(main_screen(pilot).space.here or "")
        )
        await pilot.press("a")
        assert "shaded by entropy" in screen_text(pilot)
        await pilot.press("a")
        assert "shaded" not in screen_text(pilot)


async def test_what_a_person_wrote_is_scored_only_if_the_model_is_there() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("a")
        root = session.tree.root_ids[0]
        assert session.laws.of(root) is not None
    session = eight()
    session.unload_model()
    async with opened(session, WIDE) as pilot:
        await pilot.press("a")
        assert session.laws.of(session.tree.root_ids[0]) is None


async def test_a_letter_jumps_to_a_fork_and_another_key_does_not() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("right", "apostrophe")
        assert "8 a" in screen_text(pilot)
        assert "3 s" in screen_text(pilot)
        await pilot.press("s")
        here = session.tree.node(session.tree.selected_id or "")
        assert here.text.startswith(b" But there is")
        assert "3 a" not in screen_text(pilot)
        await pilot.press("apostrophe", "x")
        await pilot.press("apostrophe", "escape")
        assert session.tree.selected_id == here.id
        assert pilot.app.screen is main_screen(pilot)


async def test_where_no_fork_is_on_the_screen_it_says_so() -> None:
    session = grown()
    session.select(session.tree.root_ids[0])
    async with opened(session, NARROW) as pilot:
        await pilot.press("apostrophe")
        assert "No fork is on the screen." in screen_text(pilot)
