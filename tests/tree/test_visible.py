"""Nothing in a text is ever obeyed by a terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from loom.tree.visible import visible, visible_line


@given(st.text())
def test_no_control_character_comes_through(text: str) -> None:
    for character in visible(text):
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")
    assert "\n" not in visible_line(text)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_a_text_without_them_is_as_it_was(text: str) -> None:
    assert visible(text) == text


def test_pictures_and_numbers() -> None:
    assert visible("\x1b[31m\x00\tx\x7f") == "␛[31m␀    x␡"
    assert visible("\u202eback") == "\\u202eback"
    assert visible_line("one \n\n two") == "one ¶ two"


def obeyed(character: str) -> bool:
    """Whether Unicode gives it a say in where the rest of a line stands, or where it ends."""
    turns = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    marks = ("LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK", "ARABIC LETTER MARK")
    return (
        unicodedata.bidirectional(character) in turns
        or unicodedata.name(character, "") in (*marks, "ZERO WIDTH NO-BREAK SPACE")
        or unicodedata.category(character) in ("Zl", "Zp")
    )


def test_what_turns_or_ends_a_line_is_told_by_its_number_and_nothing_else_is() -> None:
    for code in range(0x10000):
        character = chr(code)
        if unicodedata.category(character) == "Cs":
            assert visible(character) == "\ufffd"
        elif obeyed(character) or 0x80 <= code < 0xA0:
            assert visible(character) == f"\\u{code:04x}"
        elif unicodedata.category(character) != "Cc":
            assert visible(character) == character
