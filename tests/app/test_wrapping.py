"""Breaking text into lines: the quick way finds the lines of the careful one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loom.app import wrapping
from loom.app.wrapping import wrap

plain = st.text("ab,é—’ ", max_size=120)


@given(plain, plain, st.integers(1, 20))
def test_plain_text_breaks_where_any_text_does(before: str, text: str, width: int) -> None:
    whole, start = before + text + "\u4e00", len(before)
    end = start + len(text)
    quick = list(wrap(whole, start, end, width))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrapping, "_PLAIN", wrapping.re.compile("(?!)"))
        assert quick == list(wrap(whole, start, end, width))


def test_characters_taken_for_plain_have_one_cell() -> None:
    plain = [chr(code) for code in range(0x10000) if wrapping._PLAIN.fullmatch(chr(code))]
    assert len(plain) > 300
    assert {cell_len(char) for char in plain} == {1}
    assert [char for char in plain if char.isspace()] == [" "]
