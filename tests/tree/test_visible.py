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
