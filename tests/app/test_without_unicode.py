"""A terminal that is not set to UTF-8 gets what its encoding has, in the same columns."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from loom.app.without_unicode import WithoutUnicode

from .conftest import WIDE, opened
from .test_evidence import judged_toast


def redrawn(text: str, encoding: str) -> str:
    (segment,) = WithoutUnicode(encoding).apply([Segment(text)], Color(0, 0, 0))
    return segment.text


@given(st.text(), st.sampled_from(["ascii", "latin-1", "koi8-r"]))
def test_all_can_be_written_and_every_column_stays(text: str, encoding: str) -> None:
    drawn = redrawn(text, encoding)
    drawn.encode(encoding)
    assert cell_len(drawn) == sum(map(cell_len, text))


def test_what_the_encoding_has_stays_as_it_is() -> None:
    assert redrawn("├─ 3 · ≈ × “é” 漢", "latin-1") == '+- 3 · ~ × "é" ??'


@pytest.mark.parametrize("keys", [["m"], ["O"], ["t"], ["question_mark"]])
async def test_every_screen_is_drawn_in_ascii(
    keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), "ascii"))
    async with opened(judged_toast(), WIDE) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        assert "".join(part.text for strip in strips for part in strip).isascii()
