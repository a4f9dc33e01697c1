import math
import random

import pytest

from loom.worlds.belief import Belief, Filter
from loom.worlds.grammar import Place
from loom.worlds.law import Dice
from loom.worlds.null_trees import NullTrees
from loom.worlds.processes import die, even, golden_mean, rrxor
from loom.worlds.rates import (
    entropy_bits,
    estimated_rate,
    exact_rate,
    excess_entropy,
    statistical_complexity,
    suffix_precision,
)
from loom.worlds.telling import Teller
from loom.worlds.truth import draw, total_variation
from loom.worlds.vocabulary import Vocabulary
from tests.worlds.small_town import SMALL, law_of_texts


@pytest.mark.parametrize("process", [golden_mean, even, rrxor])
def test_three_processes_share_one_entropy_rate(process: type) -> None:
    start = next(iter(process().states))
    chain = process()
    filter_ = Filter(chain, 257)
    # From a known state: the rate of the long run does not depend on where one begins.
    chain._start = {start: 1.0}
    assert exact_rate(filter_).bits_per_token == pytest.approx(2 / 3, abs=1e-6)


def test_memories_differ_where_entropy_does_not() -> None:
    assert statistical_complexity(golden_mean()) == pytest.approx(0.9182958, abs=1e-6)
    assert statistical_complexity(even()) == pytest.approx(0.9182958, abs=1e-6)
    assert statistical_complexity(rrxor()) == pytest.approx(2.2516292, abs=1e-6)
    assert len(rrxor().states) == 5
    assert excess_entropy(golden_mean(), 2 / 3) == pytest.approx(0.2516292, abs=1e-6)


def test_how_far_the_last_symbols_tell_the_state() -> None:
    assert suffix_precision(golden_mean(), 1) == pytest.approx(1, abs=1e-6)
    assert suffix_precision(even(), 4) == pytest.approx(13 / 17, abs=1e-6)
    assert suffix_precision(rrxor(), 4) == pytest.approx(0.455, abs=5e-4)


def test_stationary_laws_stay_as_they_are() -> None:
    for chain in (golden_mean(), even(), rrxor()):
        after: dict[str, float] = {}
        for state, weight in chain.start().items():
            for _, p, target in chain.edges(state):
                after[target] = after.get(target, 0.0) + weight * p
        assert after == pytest.approx(dict(chain.start()), abs=1e-12)


def test_the_die_and_its_favourite_have_their_numbers_of_live_sides() -> None:
    for chain, d1, d2 in ((die(), 101, 101), (die(97), 63.77, 20.02)):
        law = [p for _, p, _ in chain.edges("die")]
        assert 2 ** entropy_bits(law) == pytest.approx(d1, abs=5e-3)
        assert 1 / math.fsum(p * p for p in law) == pytest.approx(d2, abs=5e-3)


def test_the_rate_of_a_small_town_is_the_entropy_of_its_texts_over_their_length(
    small: Filter[Place], small_vocabulary: Vocabulary
) -> None:
    law = law_of_texts(SMALL)
    length = math.fsum(p * (len(small_vocabulary.encode(text)) + 1) for text, p in law.items())
    rate = exact_rate(small)
    assert rate.tokens_per_document == pytest.approx(length, abs=1e-9)
    assert rate.bits_per_token == pytest.approx(entropy_bits(law.values()) / length, abs=1e-9)


def test_the_estimated_rate_agrees_with_the_exact_one(small: Filter[Place]) -> None:
    estimate = estimated_rate(small, 1500, seed=2)
    exact = exact_rate(small)
    assert abs(estimate.bits_per_token - exact.bits_per_token) <= 3.5 * estimate.standard_error
    assert 0 < estimate.standard_error < 0.02


def test_plain_surprise_averages_to_the_rate(
    small: Filter[Place], small_vocabulary: Vocabulary
) -> None:
    """Monte Carlo with nothing but the teller and log-probabilities of texts."""
    rng = random.Random(8)
    bits, lengths = [], []
    for _ in range(1500):
        text = Teller(SMALL, Dice(rng)).tell().text
        tokens = [*small_vocabulary.encode(text), small_vocabulary.end_of_text]
        bits.append(sum(small.follow(small.start(), tokens).bits))
        lengths.append(len(tokens))
    exact = exact_rate(small)
    gaps = [b - exact.bits_per_token * n for b, n in zip(bits, lengths, strict=True)]
    error = math.sqrt(sum(gap**2 for gap in gaps)) / sum(lengths)
    assert abs(sum(gaps) / sum(lengths)) <= 3.5 * error


def test_null_trees_have_the_same_uncertainty_everywhere() -> None:
    filter_ = Filter(NullTrees(3), 257)
    rng = random.Random(1)
    belief = filter_.start()
    for _ in range(200):
        law = filter_.said(belief)
        assert entropy_bits(law.values()) == pytest.approx(1.75, abs=1e-6)
        assert math.fsum(p * p for p in law.values()) == pytest.approx(11 / 32, abs=1e-6)
        _, belief = filter_.advance(belief, draw(law, rng))


def test_null_trees_never_join() -> None:
    filter_ = Filter(NullTrees(3), 257)
    rng = random.Random(5)
    ends: list[Belief[int]] = []
    for _ in range(12):
        belief = filter_.start()
        for _ in range(rng.randrange(3, 30)):
            _, belief = filter_.advance(belief, draw(filter_.said(belief), rng))
        ends.append(belief)
    for index, one in enumerate(ends):
        for other in ends[:index]:
            assert one.weights != other.weights
            truth = total_variation(filter_, one, other, 16, n_futures_most=600)
            assert truth.low >= 0.40
