"""Where futures are compared."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.convergence.boundaries import STRIDE, boundaries


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"He", b" laughed", b".", b" She"], [3]),
        ([b"He", b" said", b', "No', b".", b'"', b" Then"], [5]),
        ([b"It cost", b" 3", b".", b"5", b" pounds"], []),
        ([b"Why", b"?!", b"\n", b"\n", b"***"], [2, 4]),
        ([b"One. ", b"Two"], [1]),
        ([b"One. Two", b" three"], []),
        ([b"\xe8\xb5\xb0", b"\xe3\x80\x82", b"\xe8\xb5\xb0"], [2]),
        ([], []),
        ([b" w"] * 40, [16, 32]),
        ([b" w"] * 10 + [b"."] + [b" w"] * 17, [11, 27]),
    ],
)
def test_sentences_lines_and_sixteen_tokens(pieces: list[bytes], expected: list[int]) -> None:
    assert boundaries(pieces) == expected


def test_every_symbol_of_a_process_is_one() -> None:
    assert boundaries([b"0", b"1", b"1"], stride=1) == [1, 2, 3]


@given(st.lists(st.binary(max_size=4), max_size=80))
def test_there_is_one_at_least_every_sixteen_tokens(pieces: list[bytes]) -> None:
    found = [0, *boundaries(pieces)]
    assert found == sorted(set(found))
    assert all(0 <= at <= len(pieces) for at in found)
    assert all(b - a <= STRIDE for a, b in itertools.pairwise(found))
    assert len(pieces) - found[-1] < STRIDE
