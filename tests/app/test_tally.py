"""Counting branches by how they begin, and the exact probability beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.app.tallying import WAYS, By, beginning, tally
from loom.session.token_laws import NodeLaws
from loom.tree.node import Node

from .conftest import WIDE, main_screen, opened, screen_text
from .fake_laws import laws_of
from .fake_session import FakeSession, toast
from .test_snapshots import grown

TEXTS = (
    " Marco laughed. He did.",
    " Marco left.",
    " Marco laughed. He did.",
    " Nobody moved.",
    " Marco laughed. They sang.",
)


def nodes_of(*texts: str) -> list[Node]:
    session = FakeSession()
    root = session.type(None, b"So")
    return [session.tree.node(one) for one in session.say(root, *texts)]


def unknown(node_id: str) -> NodeLaws | None:
    return None


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("first word", [("Marco", (1, 2, 3, 5)), ("Nobody", (4,))]),
        (
            "first sentence",
            [("Marco laughed.", (1, 3, 5)), ("Marco left.", (2,)), ("Nobody moved.", (4,))],
        ),
        (
            "whole text",
            [
                ("Marco laughed. He did.", (1, 3)),
                ("Marco left.", (2,)),
                ("Nobody moved.", (4,)),
                ("Marco laughed. They sang.", (5,)),
            ],
        ),
    ],
)
def test_branches_are_counted_by_how_they_begin(
    by: By, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    counted = tally(nodes_of(*TEXTS), by, unknown)
    assert [(count.words, count.numbers) for count in counted.counts] == expected
    assert counted.n_all == 5
    assert {count.probability for count in counted.counts} == {None}


@given(st.lists(st.text("ab .!漢\n", max_size=12), max_size=8), st.sampled_from(WAYS))
def test_every_branch_with_a_text_is_counted_once(texts: list[str], by: By) -> None:
    counted = tally(nodes_of(*texts), by, unknown)
    numbers = sorted(number for count in counted.counts for number in count.numbers)
    assert numbers == [at for at, text in enumerate(texts, 1) if text]
    assert counted.n_all == len(numbers)
    assert all(text.startswith(beginning(text, by)) for text in texts)


def test_the_probability_is_that_of_the_tokens_a_beginning_is_spelled_with() -> None:
    nodes = nodes_of(" Marco laughed.", " Marco left.")
    known = {
        nodes[0].id: laws_of([b" Marco", b" laughed", b"."]),
        nodes[1].id: laws_of([b" Mar", b"co", b" left", b"."]),
    }
    (count,) = tally(nodes, "first word", known.get).counts
    one, other = (known[node.id] for node in nodes)
    expected = one.law(0).taken, other.law(0).taken, other.law(1).taken
    p = [choice.probability for choice in expected if choice is not None]
    assert count.probability == pytest.approx(p[0] + p[1] * p[2])
    assert tally(nodes, "first word", {nodes[0].id: one}.get).counts[0].probability is None


def test_a_whole_text_counts_with_its_end() -> None:
    nodes = nodes_of(" No.")
    laws = laws_of([b" No.", b"<end>"])
    (count,) = tally(nodes, "whole text", {nodes[0].id: laws}.get).counts
    p = [laws.law(at).taken for at in range(2)]
    assert p[0] is not None
    assert p[1] is not None
    assert count.probability == pytest.approx(p[0].probability * p[1].probability)


async def test_the_key_counts_and_enter_goes_to_the_first_of_a_row() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("equals_sign")
        assert "8 branches by first word: 7 different ones." in screen_text(pilot)
        assert "2 of 8" in screen_text(pilot)
        await pilot.press("equals_sign")
        assert "by first sentence" in screen_text(pilot)
        await pilot.press("equals_sign", "equals_sign", "down", "down", "up", "enter")
        here = session.tree.selected_id or ""
        assert session.tree.node(here).text.startswith(b" His bride")
        assert pilot.app.screen is main_screen(pilot)
        await pilot.press("equals_sign", "escape")
        assert pilot.app.screen is main_screen(pilot)


async def test_where_nothing_follows_there_is_nothing_to_count() -> None:
    async with opened(toast(), WIDE) as pilot:
        await pilot.press("equals_sign")
        assert "nothing to count yet" in screen_text(pilot)


async def test_it_counts_on_while_branches_grow() -> None:
    session = grown()
    session.scripts = (" Marco sang.",)
    async with opened(session, WIDE) as pilot:
        await pilot.press("space", "equals_sign")
        assert "8 branches" in screen_text(pilot) or "Nothing to count" in screen_text(pilot)
