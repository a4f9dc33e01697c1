"""Where sentences, paragraphs and turns end, whatever way the text is cut into tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.engine.stopping import StopWatch
from loom.records import Ending, Until


def kept(pieces: list[bytes], ending: Ending) -> bytes:
    """What a branch of these tokens would hold when it ends."""
    watch = StopWatch(ending)
    text = b""
    for piece in pieces:
        verdict = watch.feed(piece)
        if verdict == "until before":
            return text
        text += piece
        if verdict != "go on":
            return text
    return text + b"|never"


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([b"He", b" sat", b".", b" Then"], b"He sat."),
        ([b"He sat", b'."', b" Then"], b'He sat."'),
        ([b"He sat", b".", b'"', b"\n"], b'He sat."'),
        ([b"It cost 3", b".", b"50", b" pounds", b"!", b" A"], b"It cost 3.50 pounds!"),
        ([b"Wait", b"...", b" what", b"?", b" Yes"], b"Wait..."),
        ([b"He sat. ", b"Then"], b"He sat. "),
        ([b"He sat.\n\n", b"Then"], b"He sat.\n\n"),
        (["Oh\u2026\u201d".encode(), b" A"], "Oh\u2026\u201d".encode()),
        ([b" loom", b".py", b" is", b" a file"], b" loom.py is a file|never"),
    ],
)
def test_a_sentence_ends_where_space_follows_its_mark(pieces: list[bytes], text: bytes) -> None:
    assert kept(pieces, Ending(until="sentence")) == text


def test_a_sentence_that_ended_too_early_ends_nothing_later() -> None:
    pieces = [b"He sat.", b" A", b" spoon", b" fell", b".", b" Then"]
    assert kept(pieces, Ending(min_tokens=2, until="sentence")) == b"He sat. A spoon fell."


@pytest.mark.parametrize(
    ("until", "pieces", "text"),
    [
        ("paragraph", [b"\n", b"He sat.", b" Then", b".\n", b"\n"], b"\nHe sat. Then.\n"),
        ("paragraph", [b"He sat.", b" Then."], b"He sat. Then.|never"),
        ("turn", [b"Hello.", b"\n", b"Anna", b":", b" Hi"], b"Hello.\nAnna:"),
        ("turn", [b"At 10", b":", b"30.\n", b"Then"], b"At 10:30.\nThen|never"),
    ],
)
def test_paragraphs_and_turns(until: Until, pieces: list[bytes], text: bytes) -> None:
    assert kept(pieces, Ending(until=until)) == text


@given(
    st.text("ab.\n", max_size=40).map(str.encode),
    st.text("ab.", min_size=1, max_size=4),
    st.lists(st.integers(1, 6), max_size=40),
)
def test_a_stop_text_is_found_however_the_text_is_cut(
    text: bytes, stop: str, sizes: list[int]
) -> None:
    pieces, start = [], 0
    for size in sizes:
        pieces.append(text[start : start + size])
        start += size
    pieces.append(text[start:])
    found = kept(pieces, Ending(stop=(stop,)))
    place = text.find(stop.encode())
    if place < 0:
        assert found == text + b"|never"
    else:
        assert found.endswith(b"|never") is False
        assert text.startswith(found)
        # It ends with the token that completed the stop text, not later.
        assert place + len(stop) <= len(found)
        lengths = [sum(map(len, pieces[:i])) for i in range(len(pieces) + 1)]
        assert len(found) == min(n for n in lengths if n >= place + len(stop))


def test_no_rule_counts_before_the_least_number_of_tokens() -> None:
    pieces = [b"A.", b" B.", b" C.", b" D."]
    assert kept(pieces, Ending(min_tokens=2, until="sentence")) == b"A. B."
    assert kept(pieces, Ending(min_tokens=3, stop=("B",))) == b"A. B. C. D.|never"
