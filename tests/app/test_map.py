"""The map: where nodes lie, what a screen shows of them, and walking on it."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loom.app.layout import Layout
from loom.app.map_drawing import Canvas, Looks, Zoom, draw, zooms
from loom.app.map_shape import MapShape, Window
from loom.tree.events import NodeAdded
from loom.tree.graph import Tree
from loom.tree.node import HUMAN

from .conftest import WIDE, main_screen, opened, screen_text, until
from .fake_session import FakeSession, toast
from .test_snapshots import grown

parents = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)


def of_parents(numbers: list[int]) -> Tree:
    """Node i hangs below one before it, or is a root."""
    tree = Tree()
    for at, number in enumerate(numbers):
        parent = number % (at + 1)
        parent_id = f"n{parent}" if parent < at else None
        tree.apply(NodeAdded(0.0, f"n{at}", parent_id, "text", HUMAN, b"x"))
    return tree


def looks(path: set[str], here: str | None = None) -> Looks:
    return Looks(path, here, lambda node_id: True, lambda node_id: node_id)


@given(parents)
def test_leaves_have_rows_of_their_own_and_roads_run_straight_on(numbers: list[int]) -> None:
    tree = of_parents(numbers)
    shape = MapShape(Layout(tree))
    assert sorted(shape.ids) == sorted(node.id for node in tree)
    leaves = [shape.place(node_id)[1] for node_id in tree.leaf_ids()]
    assert sorted(leaves) == list(range(shape.n_rows))
    for node in tree:
        level, row = shape.place(node.id)
        assert level == len(tree.path(node.id)) - 1
        children = [shape.place(child) for child in tree.child_ids(node.id)]
        assert [lvl for lvl, _ in children] == [level + 1] * len(children)
        if children:
            assert row == children[0][1]
            assert [r for _, r in children] == sorted({r for _, r in children})
    assert shape.n_levels == max(len(tree.path(node.id)) for node in tree)


@given(parents, st.integers(0, 8), st.integers(0, 8), st.integers(1, 6), st.integers(1, 6))
def test_a_window_has_all_that_is_seen_in_it(
    numbers: list[int], left: int, top: int, width: int, height: int
) -> None:
    shape = MapShape(Layout(of_parents(numbers)))
    window = Window(left, left + width, top, top + height)
    found = {shape.ids[at] for at in shape.nodes_in(window).tolist()}
    inside = {
        node_id
        for node_id in shape.ids
        if left <= shape.place(node_id)[0] < left + width
        and top <= shape.place(node_id)[1] < top + height
    }
    assert inside <= found


@given(parents, st.integers(4, 40), st.integers(2, 20))
def test_the_farthest_zoom_shows_every_node(numbers: list[int], width: int, height: int) -> None:
    shape = MapShape(Layout(of_parents(numbers)))
    zoom = zooms(shape, width, height)[-1]
    canvas = draw(shape, zoom, zoom.window(0, 0, width, height), (width, height), looks(set()))
    for node_id in shape.ids:
        level, row = shape.place(node_id)
        assert level // zoom.levels in canvas.cells[row // zoom.rows]


def test_a_small_tree_as_it_is_drawn() -> None:
    tree = of_parents([0, 0, 0, 1, 1])
    shape = MapShape(Layout(tree))
    path = {node.id for node in tree.path("n4")}
    canvas = draw(shape, Zoom(4), Window(0, 10, 0, 10), (16, 4), looks(path, "n4"))
    rows = ["".join(words for words, _ in canvas.runs(y)).rstrip() for y in range(4)]
    assert rows == ["  ○━┯━○━┱─○", "    │   ┗━◆", "    ╰─○", ""]
    near = draw(shape, Zoom(24), Window(0, 3, 0, 4), (60, 3), looks(path, "n4"))
    assert "".join(words for words, _ in near.runs(0)).startswith("  ○ n0 ━━━")


def test_a_hundred_thousand_nodes_ten_thousand_deep_need_no_recursion() -> None:
    rng = random.Random(1)
    numbers = [at if not at else at - 1 for at in range(10_000)]
    numbers += [rng.randrange(10_000) for _ in range(90_000)]
    shape = MapShape(Layout(of_parents(numbers)))
    assert shape.n_levels > 9_999
    zoom = zooms(shape, 130, 38)[-1]
    canvas = draw(shape, zoom, zoom.window(0, 0, 130, 38), (130, 38), looks({"n0", "n9999"}))
    assert any(canvas.cells)
    assert len(shape.nodes_in(Window(9_900, 9_930, 0, 40))) < 5_000


@given(parents, st.floats(-1, 10), st.floats(-1, 10))
def test_a_click_finds_the_nearest_node(numbers: list[int], level: float, row: float) -> None:
    shape = MapShape(Layout(of_parents(numbers)))
    found = shape.nearest(level, row)
    assert found is not None
    far = np.abs(shape.depths - level) + 2 * np.abs(shape.rows - row)
    at = shape.place(found)
    assert abs(at[0] - level) + 2 * abs(at[1] - row) == pytest.approx(float(far.min()))


async def test_walking_on_the_map_moves_nobody_until_enter() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        before = session.tree.selected_id
        await pilot.press("O")
        await until(pilot, lambda: "14 nodes · 10 roads · 5 levels" in screen_text(pilot))
        await pilot.press("right", "down", "down")
        assert session.tree.selected_id == before
        await pilot.press("escape")
        assert session.tree.selected_id == before
        await pilot.press("O", "right", "down", "down", "enter")
        assert session.tree.node(session.tree.selected_id or "").text.startswith(b" Nobody moved.")
        assert pilot.app.screen is main_screen(pilot)


async def test_zoom_and_scroll() -> None:
    async with opened(grown(), WIDE) as pilot:
        await pilot.press("O")
        await until(pilot, lambda: "words" in screen_text(pilot))
        await pilot.press("minus")
        assert "nodes ──" in screen_text(pilot)
        await pilot.press("minus", "minus", "minus")
        assert "roads ──" in screen_text(pilot)
        await pilot.press("plus", "plus", "plus", "pagedown", "pageup", "greater_than_sign")
        assert "Then Marco" in screen_text(pilot)
        await pilot.press("less_than_sign", "g")
        assert "Friends" in screen_text(pilot)


async def test_a_click_goes_to_the_nearest_node_of_the_map() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("O")
        await until(pilot, lambda: "words ──" in screen_text(pilot))
        rows = screen_text(pilot).splitlines()
        y = next(at for at, row in enumerate(rows) if "He cheats" in row)
        await pilot.click(offset=(rows[y].index("He cheats"), y))
        await pilot.press("enter")
        assert session.tree.node(session.tree.selected_id or "").text == b" He cheats, of course."


async def test_words_of_any_width_keep_the_columns() -> None:
    session = toast()
    session.type(session.tree.selected_id, "漢字 👩\u200d🚀 e\u0301 end".encode())
    async with opened(session, WIDE) as pilot:
        await pilot.press("O")
        await until(pilot, lambda: "words ──" in screen_text(pilot))
        assert "漢字 👩\u200d🚀 e\u0301" in screen_text(pilot)
        assert {cell_len(row) for row in screen_text(pilot).splitlines()} == {WIDE[0]}


def test_half_of_a_wide_character_is_a_blank() -> None:
    canvas = Canvas(6, 1)
    assert canvas.put_words(0, 0, "a漢b字", "words") == 6
    assert canvas.runs(0) == [("a漢b字", "words")]
    canvas.put(2, 0, "│", "rail")
    canvas.put(4, 0, "│", "rail")
    assert "".join(text for text, _ in canvas.runs(0)) == "a │b│ "
    narrow = Canvas(2, 1)
    narrow.put_words(0, 0, "a漢", "words")
    assert narrow.runs(0) == [("a ", "words")]


async def test_an_empty_session_has_no_map() -> None:
    async with opened(FakeSession(), WIDE) as pilot:
        await pilot.press("O")
        assert "There is no text yet." in screen_text(pilot)
