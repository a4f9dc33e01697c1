"""The layout of a path: every character once, no line too long, whichever way one came."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loom.app.manuscript import Manuscript
from loom.app.wrapping import wrap
from loom.tree.events import Role
from loom.tree.node import HUMAN, Node

scraps = st.sampled_from(
    ["word ", "a", "b", " ", "\n", "-", "é", "漢", "字", "e\u0301", "👩\u200d🚀", "ש", "\u200b"]
)
texts = st.lists(scraps, max_size=40).map("".join)
roles = st.sampled_from(["text", "text", "text", "user", "assistant"])
widths = st.integers(2, 30)


def node(number: int, text: str, role: Role = "text") -> Node:
    return Node(str(number), None, role, HUMAN, created_at=0.0, text=text.encode())


@given(texts.map(lambda text: text.replace("\n", "")), widths)
def test_wrapped_lines_cover_the_text_and_fit(text: str, width: int) -> None:
    lines = list(wrap(text, 0, len(text), width))

    assert lines[0][0] == 0
    assert lines[-1][1] == len(text)
    assert all(end == start for (_, end), (start, _) in pairwise(lines))
    assert all(cell_len(text[start:end].rstrip()) <= width for start, end in lines)


@given(st.lists(st.lists(st.tuples(texts, roles), max_size=5), min_size=1, max_size=4), widths)
def test_walking_lays_out_what_a_fresh_start_lays_out(
    walks: list[list[tuple[str, Role]]], width: int
) -> None:
    walked = Manuscript(width)
    for walk in walks:
        nodes = [node(number, text, role) for number, (text, role) in enumerate(walk)]
        walked.show(nodes)
        fresh = Manuscript(width)
        fresh.show(nodes)
        assert walked.text == fresh.text
        assert walked.lines == fresh.lines
        assert [walked.first_line(n) for n in range(len(nodes))] == [
            fresh.first_line(n) for n in range(len(nodes))
        ]


@given(
    st.lists(st.tuples(texts, roles), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sets(st.integers(0, 5))), max_size=8),
    widths,
)
def test_coming_back_to_a_long_path_lays_out_what_a_fresh_start_lays_out(
    long: list[tuple[str, Role]], walks: list[tuple[int, bool, set[int]]], width: int
) -> None:
    walked = Manuscript(width)
    nodes = [node(number, text, role) for number, (text, role) in enumerate(long)]
    other = node(99, "another end")
    for n_nodes, ends_otherwise, begun in [(len(nodes), False, set[int]()), *walks]:
        way = nodes[:n_nodes] + [other] * ends_otherwise
        chapters = {str(number): "Then" for number in begun}
        walked.show(way, chapters)
        fresh = Manuscript(width)
        fresh.show(way, chapters)
        assert walked.text == fresh.text
        assert walked.lines == fresh.lines
        assert [walked.first_line(n) for n in range(len(way))] == [
            fresh.first_line(n) for n in range(len(way))
        ]


@given(st.lists(texts, min_size=1, max_size=12), widths)
def test_a_growing_branch_lays_out_what_a_finished_one_does(pieces: list[str], width: int) -> None:
    root = node(0, "Friends, raise your glasses.")
    growing = Manuscript(width)
    for end in range(len(pieces) + 1):
        growing.show([root, node(1, "".join(pieces[:end]))])
    finished = Manuscript(width)
    finished.show([root, node(1, "".join(pieces))])

    assert growing.lines == finished.lines


@given(st.lists(texts, min_size=1, max_size=5), widths)
def test_the_pieces_of_all_lines_are_the_text_without_its_newlines(
    parts: list[str], width: int
) -> None:
    page = Manuscript(width)
    page.show([node(number, text) for number, text in enumerate(parts)])
    seen: dict[int, str] = {}
    for line in page.lines:
        for number, start, end in page.pieces(line):
            seen[number] = seen.get(number, "") + page.text[start:end]

    assert seen == {
        number: text.replace("\n", "")
        for number, text in enumerate(parts)
        if text.replace("\n", "")
    }


def test_a_turn_is_announced_and_set_apart() -> None:
    page = Manuscript(40)
    page.show([node(0, "Who won?", "user"), node(1, "Marco did.", "assistant")])

    assert [(line.speaker, page.text[line.start : line.end]) for line in page.lines] == [
        (0, ""),
        (None, "Who won?"),
        (None, ""),
        (1, ""),
        (None, "Marco did."),
    ]


@given(st.lists(st.tuples(st.lists(roles, max_size=4), st.sets(st.integers(0, 3))), max_size=4))
def test_chapters_that_come_and_go_are_laid_out_as_if_they_had_always_been_there(
    walks: list[tuple[list[Role], set[int]]],
) -> None:
    walked = Manuscript(12)
    for roles_, begun in walks:
        nodes = [node(number, f" word {number} more", role) for number, role in enumerate(roles_)]
        chapters = {str(number): "One" for number in begun}
        walked.show(nodes, chapters)
        fresh = Manuscript(12)
        fresh.show(nodes, chapters)
        assert walked.lines == fresh.lines
        told = [line.chapter for line in walked.lines if line.chapter is not None]
        assert told == [n for n in range(len(nodes)) if n in begun]


def test_a_node_is_first_seen_where_its_first_word_is() -> None:
    page = Manuscript(40)
    page.show([node(0, "One."), node(1, "\n\nTwo.")])

    assert page.first_line(1) == 2
