"""Where a text can be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.session.cutting import CutUnit, byte_of_character, cuts, next_cut
from loom.tree.node import HUMAN, Node


def node(text: bytes, *sizes: int) -> Node:
    return Node("n", None, "text", HUMAN, 0.0, text, piece_sizes=sizes)


@pytest.mark.parametrize(
    ("unit", "text", "kept"),
    [
        ("word", " one, two\n", [" one,", " one, two"]),
        ("word", "漢字 ab", ["漢", "漢字"]),
        ("word", "é ü", ["é"]),
        ("word", "one", []),
        ("sentence", 'He left. "Why?" No.', ["He left.", 'He left. "Why?"']),
        ("sentence", "3.5 litres… gone", ["3.5 litres…"]),
        ("sentence", "A title\n\nThen this.", ["A title"]),
        ("sentence", "終わり。次", ["終わり。"]),
    ],
)
def test_words_and_sentences_end_where_a_reader_would_say(
    unit: CutUnit, text: str, kept: list[str]
) -> None:
    assert [text.encode()[:cut].decode() for cut in cuts(node(text.encode()), unit)] == kept


def test_white_space_in_the_same_token_stays_with_the_word() -> None:
    assert cuts(node(b"end.\n\nNext one", 3, 3, 8), "sentence") == (6,)
    assert cuts(node(b"end.\n\nNext one", 4, 2, 8), "sentence") == (4,)
    assert cuts(node(b"end.\n\nNext one", 14), "sentence") == (4,)


def test_the_cut_walks_from_end_to_end_and_stays_at_the_first() -> None:
    text = node(b"a b c")
    assert next_cut(text, None, "word", -1) == 3
    assert next_cut(text, 3, "word", -1) == 1
    assert next_cut(text, 1, "word", -1) == 1
    assert next_cut(text, 1, "word", 1) == 3
    assert next_cut(text, 3, "word", 1) is None
    assert next_cut(node(b"one"), None, "word", -1) is None


@given(st.binary(max_size=12), st.sampled_from(["word", "sentence"]))
def test_every_cut_is_inside_and_keeps_characters_whole(text: bytes, unit: CutUnit) -> None:
    for cut in cuts(node(text), unit):
        assert 0 < cut < len(text)
        whole = text.decode("utf-8", "surrogateescape")
        halves = text[:cut].decode("utf-8", "surrogateescape")
        assert whole.startswith(halves)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.integers(0, 9))
def test_characters_are_counted_as_they_are_shown(text: str, n: int) -> None:
    assert byte_of_character(text.encode(), n) == len(text[:n].encode())


def test_bytes_that_are_no_text_count_as_the_marks_they_are_shown_as() -> None:
    assert byte_of_character(b"\xff\xfeab", 2) == 2
    assert byte_of_character(b"a\xe9b", 2) == 2
    assert byte_of_character(b"\xe2\x82b", 1) == 2
    assert byte_of_character(b"\xe2\x82b", 2) == 3
    assert byte_of_character(b"ab", -1) == 0


@given(st.binary(max_size=10), st.integers(0, 12))
def test_as_many_characters_come_before_as_were_asked_for(text: bytes, n: int) -> None:
    before = text[: byte_of_character(text, n)]
    assert len(before.decode("utf-8", "replace")) == min(n, len(text.decode("utf-8", "replace")))
