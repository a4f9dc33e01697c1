"""Text is data: whatever the bytes are, a terminal gets nothing to act on."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loom.app.display import (
    fit,
    shown,
    shown_in_a_line,
    shown_range,
    shown_range_in_a_line,
    shown_words,
)

pieces = st.sampled_from(
    ["a", " ", "\n", "\t", "é", "漢", "\x1b[31m", "\x07", "\u202e", "\x9b", "\u2028", "[b]", "\r\n"]
)
texts = st.lists(pieces, max_size=20).map("".join)


@given(st.binary(max_size=200))
def test_nothing_that_is_shown_controls_a_terminal(raw: bytes) -> None:
    for text in (shown(raw), shown_in_a_line(raw)):
        assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Zl", "Zp") for c in text)
        assert not {unicodedata.bidirectional(c) for c in text} & {"RLO", "LRO", "RLE", "LRE"}
    assert "\n" not in shown_in_a_line(raw)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        (b"[bold]not markup[/]", "[bold]not markup[/]"),
        (b"bell\x07 null\x00 del\x7f", "bell␇ null␀ del␡"),
        (b"one\r\ntwo\tthree", "one␍\ntwo    three"),
        (b"broken \xff utf8 \xe6\xbc", "broken � utf8 �"),
        ("a\u202eb\u2028c".encode(), "a\\u202eb\\u2028c"),
        ("漢字 é 👩\u200d🚀".encode(), "漢字 é 👩\u200d🚀"),
    ],
)
def test_what_a_person_sees(raw: bytes, seen: str) -> None:
    assert shown(raw) == seen


def test_a_line_shows_where_others_were() -> None:
    assert shown_in_a_line(b"The end.\n\n***\nMore") == "The end. ¶ *** ¶ More"


def test_a_name_that_is_no_text_is_shown_too() -> None:
    assert shown_words("title\udcff\x1b") == "title�␛"


@given(texts, texts, texts)
def test_a_stretch_of_bytes_is_found_again_in_what_is_shown(a: str, b: str, c: str) -> None:
    raw = (a + b + c).encode()
    start, end = shown_range(raw, len(a.encode()), len((a + b).encode()))
    assert shown(raw)[start:end] == shown(b.encode())


def test_a_character_cut_in_two_counts_whole() -> None:
    raw = "a漢b".encode()
    assert shown_range(raw, 2, 3) == (1, 2)


def test_a_stretch_is_found_in_a_line() -> None:
    raw = b"One.\n\nTwo here."
    start, end = shown_range_in_a_line(raw, raw.index(b"Two"), raw.index(b" here"))
    assert shown_in_a_line(raw)[start:end] == "Two"


@given(texts.map(lambda text: shown_in_a_line(text.encode())), st.integers(0, 30))
def test_a_text_is_cut_to_its_cells_and_says_so(text: str, width: int) -> None:
    cut = fit(text, width)
    assert cell_len(cut) <= width
    assert cut == text or not width or cut.endswith("…")
