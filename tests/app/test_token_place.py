"""Walking over the tokens of a path, and the words that say what a law is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from loom.app.token_place import (
    TokenPlace,
    bar,
    byte_range,
    headline,
    law_at,
    moved,
    n_tokens,
    particulars,
    percent,
    remainder,
    spelled,
    strip,
)
from loom.session.token_laws import Choice, Law
from loom.tree.node import Node

from .fake_laws import FakeLaws, laws_of
from .fake_session import FakeSession

TEXTS = ("One two", "", " three", " four five six")


def path_of(*texts: str) -> tuple[list[Node], FakeLaws]:
    """A chain of grown nodes, their tokens known."""
    session, parent_id = FakeSession(), None
    for text in texts:
        (parent_id,) = session.say(parent_id, text) if text else (session.type(parent_id, b""),)
    assert parent_id is not None
    path = session.tree.path(parent_id)
    session.laws.look(node.id for node in path)
    return path, session.laws


def test_every_token_is_come_by_once_in_either_direction() -> None:
    path, laws = path_of(*TEXTS)
    place, seen = TokenPlace(0, 0), []
    while not seen or place != seen[-1]:
        seen.append(place)
        place = moved(path, laws, place, 1)
    assert len(seen) == sum(n_tokens(node, laws) for node in path) + 1
    assert seen[-1] == TokenPlace(3, 3)
    back = [seen[-1]]
    while (place := moved(path, laws, back[-1], -1)) != back[-1]:
        back.append(place)
    assert back == seen[::-1]


def test_what_stands_at_a_place_is_the_text_s_own_bytes() -> None:
    path, laws = path_of(*TEXTS)
    known = laws.of(path[3].id)
    assert known is not None
    cut = [path[3].text[slice(*byte_range(path[3], known, at))] for at in range(3)]
    assert cut == [b" four", b" five", b" six"]


def test_a_model_that_reads_a_space_in_front_does_not_shift_the_text() -> None:
    path, _ = path_of("One two")
    known = laws_of([b" One", b" two"])
    cut = [path[0].text[slice(*byte_range(path[0], known, at))] for at in range(2)]
    assert cut == [b"One", b" two"]


def test_the_law_at_the_very_end_is_the_one_of_what_comes_next() -> None:
    path, laws = path_of("One two")
    assert law_at(path, laws, TokenPlace(0, 2)) is None
    laws.score_after(path[0].id)
    law = law_at(path, laws, TokenPlace(0, 2))
    assert law is not None
    assert law.taken is None
    assert headline(law).startswith("what comes next · about ")
    assert "surprisal" not in particulars(law)


@pytest.mark.parametrize(
    ("probability", "words"),
    [(1.0, "100 %"), (0.9999, "> 99.9 %"), (0.31, "31 %"), (0.0314, "3.1 %"), (1e-6, "< 0.1 %")],
)
def test_probabilities_are_said_as_exactly_as_they_mean_something(
    probability: float, words: str
) -> None:
    assert percent(probability) == words


def test_a_law_is_said_in_a_line() -> None:
    taken = Choice(1, b" laughed", 0.31)
    choices = (taken, Choice(2, b" said", 0.18), Choice(3, b"\n\n", 0.05))
    law = Law("story-base", "f", choices, 0.11, math.log2(26), taken)
    assert headline(law) == "“laughed” 31 % · about 26 live choices"
    assert particulars(law) == "surprisal 1.7 bits · entropy 4.7 bits · story-base"
    assert remainder(law, 1) == "2 more hold 23 %, unseen 11 %"
    assert remainder(law, 3) == "unseen 11 %"


def test_tokens_are_shown_and_never_interpreted() -> None:
    assert spelled(Choice(7, b"\x1b[31m", 0.1)) == "␛[31m"
    assert spelled(Choice(7, b"\n", 0.1)) == "↵"
    assert spelled(Choice(7, b"  ", 0.1)) == "␣␣"
    assert spelled(Choice(7, b"\xe6\xbc", 0.1)) == "\\xe6\\xbc"
    assert spelled(Choice(7, None, 0.1)) == "#7"
    assert spelled(Choice(0, b"<end>", 0.1, special=True)) == "<end>"


@given(st.floats(0, 1), st.integers(0, 80))
def test_a_bar_is_as_long_as_its_share(share: float, width: int) -> None:
    drawn = bar(share, width)
    assert len(drawn) <= width
    assert abs(len(drawn) - share * width) <= 1 or not width
    assert bool(drawn) == (share > 0 and width > 0)


@given(st.lists(st.text("ab漢 ", min_size=1, max_size=6), min_size=1), st.data())
def test_the_tokens_around_fit_in_their_line(pieces: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pieces)))
    width = data.draw(st.integers(12, 60))
    start, end = strip(pieces, at, width)
    assert start <= at <= end
    assert sum(cell_len(piece) for piece in pieces[start:end]) <= width
