"""What two places were led to by: compared from where their ways part, beside what is unrelated."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from loom.convergence.gist import same_gist
from loom.convergence.said_before import LEAST_SAID, N_SPOTS_BY_VECTORS, SaidBefore
from loom.convergence.scorer import TokenIds, Vectors
from loom.convergence.spots import WINDOW, Spot
from loom.errors import CannotScoreError
from loom.records import Judged, Place
from tests.convergence.judging import judged

WORDS = [f"w{i}" for i in range(1000)]
STEM = (900, 901, 902)
SAME = tuple(range(10, 22))


class Spelling:
    """Spells tokens as words, and makes vectors of texts where it may."""

    def __init__(self, may_embed: bool = True) -> None:
        self.may_embed = may_embed
        self.embedded: list[str] = []

    def piece(self, token_id: int) -> bytes:
        return f" {WORDS[token_id]}".encode()

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not self.may_embed:
            raise CannotScoreError("No vectors.")
        self.embedded += texts
        return Vectors("mean of hidden states", [direction(text) for text in texts])


def direction(text: str) -> npt.NDArray[np.float32]:
    vector = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(64)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def spot(name: str, tokens: TokenIds) -> Spot:
    return Spot((*STEM, *tokens), (Place(name, len(tokens)),), frozenset({name}))


def unrelated() -> list[Spot]:
    """Forty places behind a fork whose words come in no other."""
    ids = random.Random(1).sample(range(30, 900), 12 * 40)
    return [spot(f"u{i}", tuple(ids[12 * i : 12 * i + 12])) for i in range(40)]


def pair(one: Spot, other: Spot) -> Judged:
    (a, b) = one.place, other.place
    return judged(a.node, b.node, "joined", at=(a.n_tokens, b.n_tokens))


UNRELATED = unrelated()
A, B = spot("a", (1, *SAME)), spot("b", (2, *SAME))


def by_words(*spots: Spot) -> SaidBefore:
    return SaidBefore(None, Spelling(), [*spots, *UNRELATED], seed=3)  # type: ignore[arg-type]


def test_two_ways_of_the_same_words_are_alike_and_two_of_others_are_not() -> None:
    alike, apart = by_words(A, B).add([pair(A, B), pair(*UNRELATED[:2])])
    assert alike.gist is not None
    assert alike.gist.measure == "shared words"
    assert alike.gist.similarity == pytest.approx(12 / 13)
    assert (same_gist(alike.gist), same_gist(apart.gist)) == (True, False)
    assert (alike.one, alike.evidence) == (A.place, pair(A, B).evidence)


def test_what_both_have_in_front_of_the_fork_says_nothing() -> None:
    one = spot("c", (*SAME, *range(100, 110)))
    other = spot("d", (*SAME, *range(200, 210)))
    (found,) = by_words(one, other).add([pair(one, other)])
    assert found.gist is not None
    assert found.gist.similarity == 0


def test_only_the_last_words_count() -> None:
    far = tuple(range(300, 300 + WINDOW))
    one, other = spot("c", (1, *SAME, *far)), spot("d", (2, *SAME, *far))
    (found,) = by_words(one, other).add([pair(one, other)])
    assert found.gist is not None
    assert found.gist.similarity == 1


@pytest.mark.parametrize(("n_tokens", "is_told"), [(LEAST_SAID - 1, False), (LEAST_SAID, True)])
def test_right_behind_the_fork_nothing_is_told(n_tokens: int, is_told: bool) -> None:
    one, other = (
        spot("c", tuple(range(100, 100 + n_tokens))),
        spot("d", tuple(range(200, 200 + n_tokens))),
    )
    (found,) = by_words(one, other).add([pair(one, other)])
    assert (found.gist is not None) == is_told


def test_what_comes_later_is_judged_among_all_so_far() -> None:
    told = by_words(A, B)
    (first,) = told.add([pair(A, B)])
    ones, others = UNRELATED[::2], UNRELATED[1::2]
    later = told.add([pair(a, b) for a, b in zip(ones, others, strict=True)])
    assert [one.one for one in later] == [one.place for one in ones]
    (again,) = told.add([pair(A, B)])
    assert first.gist is not None
    assert again.gist is not None
    assert again.gist.similarity == first.gist.similarity
    assert again.gist.q_value > first.gist.q_value


def test_the_same_seed_draws_the_same_unrelated_places() -> None:
    (one,), (other,) = (by_words(A, B).add([pair(A, B)]) for _ in range(2))
    assert one == other


def test_with_vectors_each_text_is_read_once_and_few_are_read() -> None:
    spelling = Spelling()
    told = SaidBefore(spelling, spelling, [A, B, *UNRELATED], seed=3)  # type: ignore[arg-type]
    (found,) = told.add([pair(A, B)])
    assert found.gist is not None
    assert found.gist.measure == "mean of hidden states"
    n_read = len(spelling.embedded)
    assert n_read <= N_SPOTS_BY_VECTORS + 2
    told.add([pair(B, A)])
    assert len(spelling.embedded) == n_read == len(set(spelling.embedded))


def test_a_model_without_vectors_is_asked_once_and_words_stand_in() -> None:
    spelling = Spelling(may_embed=False)
    told = SaidBefore(spelling, spelling, [A, B, *UNRELATED], seed=3)  # type: ignore[arg-type]
    (found,) = told.add([pair(A, B)])
    assert found.gist is not None
    assert found.gist.measure == "shared words"
    spelling.may_embed = True
    told.add([pair(A, B)])
    assert spelling.embedded == []


def test_of_a_tree_with_hardly_any_places_nothing_is_told() -> None:
    told = SaidBefore(None, Spelling(), [A, B], seed=3)  # type: ignore[arg-type]
    (found,) = told.add([pair(A, B)])
    assert found.gist is None
