"""Every step against its definition, over the exact candidates that it leaves."""

from __future__ import annotations

from collections import Counter

import llama_cpp as lib
import numpy as np
import numpy.typing as npt
import pytest

from loom.engine.llama.candidates import CandidateList, Candidates, candidates_of
from loom.records import Sampling
from loom.records.sampling import (
    AdaptiveP,
    Dry,
    DynamicTemperature,
    Mirostat,
    Penalties,
    Xtc,
)
from tests.engine.chains import Logits, applied, logits_of, softmax, step_of

SEEDS = range(12)


def ids_of(candidates: Candidates) -> set[int]:
    return set(candidates["id"].tolist())


def falling(logits: Logits) -> npt.NDArray[np.intp]:
    return np.argsort(-logits, kind="stable")


@pytest.mark.parametrize("k", [1, 7, 128, 150, 500])
def test_top_k_leaves_the_k_largest_logits(k: int) -> None:
    logits = logits_of(k)
    left = applied("top_k", Sampling(top_k=k), logits)
    assert left["id"].tolist() == falling(logits)[:k].tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_top_p_leaves_the_fewest_tokens_that_hold_the_mass(seed: int) -> None:
    logits, share = logits_of(seed), (seed + 1) / 13
    mass = np.cumsum(np.sort(softmax(logits))[::-1])
    n = int(np.searchsorted(mass, share)) + 1
    assert ids_of(applied("top_p", Sampling(top_p=share), logits)) == set(falling(logits)[:n])


@pytest.mark.parametrize("seed", SEEDS)
def test_min_p_leaves_tokens_near_enough_to_the_likeliest(seed: int) -> None:
    logits, near = logits_of(seed), (seed + 1) / 100
    p = softmax(logits)
    left = applied("min_p", Sampling(min_p=near), logits)
    assert ids_of(left) == set(np.flatnonzero(p >= near * p.max()))


@pytest.mark.parametrize("seed", SEEDS)
def test_typical_leaves_the_most_typical_surprises_that_hold_the_mass(seed: int) -> None:
    logits, share = logits_of(seed), (seed + 1) / 13
    p = softmax(logits)
    entropy = -(p * np.log(p)).sum()
    order = np.argsort(np.abs(-np.log(p) - entropy))
    n = int(np.searchsorted(np.cumsum(p[order]), share, side="right")) + 1
    assert ids_of(applied("typical", Sampling(typical=share), logits)) == set(order[:n])


@pytest.mark.parametrize("seed", SEEDS)
def test_top_n_sigma_masks_logits_far_below_the_largest(seed: int) -> None:
    logits, n = logits_of(seed), 0.2 + seed / 10
    left = applied("top_n_sigma", Sampling(top_n_sigma=n), logits)
    kept = logits >= logits.max() - n * logits.astype(np.float64).std()
    assert np.array_equal(left["logit"] > -np.inf, kept)


@pytest.mark.parametrize("seed", SEEDS)
def test_xtc_leaves_only_the_least_likely_of_those_above_the_threshold(seed: int) -> None:
    logits = logits_of(seed, n=30, spread=1.0)
    p = softmax(logits)
    above = np.flatnonzero(p >= 0.05)
    out = set(above) - {above[p[above].argmin()]}
    left = applied("xtc", Sampling(xtc=Xtc(1.0, 0.05)), logits)
    assert ids_of(left) == set(range(30)) - out
    assert out


def test_xtc_acts_as_often_as_it_should() -> None:
    """Of 2,000 laws about three tenths are cut: within four standard errors."""
    step = step_of("xtc", Sampling(xtc=Xtc(0.3, 0.1)), 4)
    logits = np.log(np.array([0.5, 0.3, 0.1, 0.1], np.float32))
    n_cut = 0
    for _ in range(2000):
        candidates = CandidateList(candidates_of(np.arange(4), logits))
        candidates.apply(step)
        n_cut += len(candidates.left()) < 4
    lib.llama_sampler_free(step)
    assert abs(n_cut - 600) < 4 * np.sqrt(2000 * 0.3 * 0.7)


@pytest.mark.parametrize("temperature", [0.25, 0.7, 1.5, 4.0])
def test_temperature_divides_the_logits(temperature: float) -> None:
    logits = logits_of(3)
    left = applied("temperature", Sampling(temperature=temperature), logits)
    assert np.allclose(left["logit"], logits / np.float32(temperature), rtol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_dynamic_temperature_follows_the_entropy(seed: int) -> None:
    logits, dynamic = logits_of(seed, n=40), DynamicTemperature(0.6, 1.3)
    left = applied("temperature", Sampling(temperature=1.1, dynamic_temperature=dynamic), logits)
    p = softmax(logits)
    share = -(p * np.log(p)).sum() / np.log(len(p))
    expected = softmax(logits / (0.5 + 1.2 * share**1.3))
    found = softmax(left["logit"])[np.argsort(left["id"])]
    assert np.allclose(found, expected, atol=1e-5)


def test_penalties_count_the_last_n_tokens() -> None:
    given = Penalties(repeat=1.3, presence=0.4, frequency=0.2, last_n=5)
    logits, history = logits_of(4, n=10), [9, 1, 1, 2, 3, 1]
    left = after(history, Sampling(penalties=given), logits)
    expected = logits.astype(np.float64)
    for token_id, n in Counter(history[-5:]).items():
        x = expected[token_id]
        expected[token_id] = (x * 1.3 if x <= 0 else x / 1.3) - 0.4 - 0.2 * n
    assert np.allclose(left["logit"], expected, atol=1e-5)
    assert left["logit"][9] == logits[9]


@pytest.mark.parametrize("seed", SEEDS)
def test_dry_penalises_what_would_make_a_repetition_longer(seed: int) -> None:
    dry = Dry(multiplier=0.7, base=1.5, allowed_length=2, last_n=50, breakers=())
    history = np.random.default_rng(seed).integers(0, 3, 60).tolist()
    logits = logits_of(seed, n=4)
    left = after(history, Sampling(dry=dry), logits)
    expected = [
        logit - penalty_of(history[-50:], token_id, dry) for token_id, logit in enumerate(logits)
    ]
    assert np.allclose(left["logit"], expected, rtol=1e-4)
    assert (left["logit"][:3] < logits[:3]).any()
    assert left["logit"][3] == logits[3]


def penalty_of(history: list[int], token_id: int, dry: Dry) -> float:
    """By its definition: the longest end of the text that `token_id` followed before."""
    longest = 0
    for place in range(1, len(history)):
        if history[place] == token_id:
            n = 0
            while n < place and history[place - 1 - n] == history[-1 - n]:
                n += 1
            longest = max(longest, n)
    if longest < dry.allowed_length:
        return 0.0
    return dry.multiplier * dry.base ** (longest - dry.allowed_length)


def after(history: list[int], sampling: Sampling, logits: Logits) -> Candidates:
    (link,) = (link for link in sampling.steps if link in ("penalties", "dry"))
    step = step_of(link, sampling, len(logits))
    for token_id in history:
        lib.llama_sampler_accept(step, token_id)
    candidates = CandidateList(candidates_of(np.arange(len(logits)), logits))
    candidates.apply(step)
    lib.llama_sampler_free(step)
    return candidates.left()


def test_the_dice_follow_the_law_that_is_left() -> None:
    """Its probabilities exactly, and of 4,000 draws each count within four standard errors."""
    logits = logits_of(5, n=6, spread=1.0)
    p = softmax(logits)
    assert np.allclose(applied("dice", Sampling(), logits)["p"], p, atol=1e-6)
    step, counts = step_of("dice", Sampling(), 6), np.zeros(6)
    for _ in range(4000):
        candidates = CandidateList(candidates_of(np.arange(6), logits))
        candidates.apply(step)
        counts[candidates.taken()] += 1
    lib.llama_sampler_free(step)
    assert (np.abs(counts - 4000 * p) < 4 * np.sqrt(4000 * p * (1 - p))).all()


def test_mirostat_2_keeps_what_surprises_less_than_it_allows_and_learns() -> None:
    given = Mirostat(version=2, tau=2.0, eta=0.3)
    step, mu = step_of("mirostat", Sampling(mirostat=given), 200), 2 * given.tau
    sizes = set()
    for seed in range(30):
        logits = logits_of(seed)
        candidates = CandidateList(candidates_of(np.arange(200), logits))
        candidates.apply(step)
        left = candidates.left()
        p = softmax(logits)
        n = max(1, int((-np.log2(p) <= mu).sum()))
        assert left["id"].tolist() == falling(logits)[:n].tolist()
        kept = softmax(logits[left["id"]])
        assert np.allclose(left["p"], kept, atol=1e-5)
        surprise = -np.log2(kept[left["id"].tolist().index(candidates.taken())])
        mu -= given.eta * (surprise - given.tau)
        sizes.add(n)
    lib.llama_sampler_free(step)
    assert len(sizes) > 5


def test_mirostat_1_keeps_as_many_tokens_as_a_power_law_of_its_surprise_has() -> None:
    given = Mirostat(version=1, tau=3.0, eta=0.1)
    step, mu = step_of("mirostat", Sampling(mirostat=given), 200), 2 * given.tau
    sizes = set()
    for seed in range(30):
        logits = logits_of(seed)
        candidates = CandidateList(candidates_of(np.arange(200), logits))
        candidates.apply(step)
        left = candidates.left()
        n = _power_law_size(logits, mu, n_vocab=200)
        assert abs(len(left) - n) <= 1, "k is rounded down from a float32"
        assert left["id"].tolist() == falling(logits)[: len(left)].tolist()
        kept = softmax(logits[left["id"]])
        surprise = -np.log2(kept[left["id"].tolist().index(candidates.taken())])
        mu -= given.eta * (surprise - given.tau)
        sizes.add(len(left))
    lib.llama_sampler_free(step)
    assert len(sizes) > 5


def _power_law_size(logits: Logits, mu: float, n_vocab: int) -> int:
    p = np.sort(softmax(logits))[::-1][:100]
    places = np.arange(1, len(p))
    t, b = np.log((places + 1) / places), np.log(p[:-1] / p[1:])
    s = (t * b).sum() / (t * t).sum()
    k = ((s - 1) * 2**mu / (1 - n_vocab ** -(s - 1))) ** (1 / s)
    return int(np.clip(k, 1, n_vocab))


def test_adaptive_p_prefers_probabilities_near_its_target_and_makes_up_for_others() -> None:
    given = AdaptiveP(target=0.3, decay=0.8)
    step = step_of("adaptive_p", Sampling(adaptive_p=given), 12)
    total, weight = given.target / (1 - given.decay), 1 / (1 - given.decay)
    for seed in range(20):
        logits = logits_of(seed, n=12, spread=1.5)
        candidates = CandidateList(candidates_of(np.arange(12), logits))
        candidates.apply(step)
        p = softmax(logits)
        wanted = np.clip(2 * given.target - total / weight, 0, 1)
        far = np.abs(p - wanted) / 0.3
        expected = softmax(5 - 10 * far**2 / (1 + far))
        assert np.allclose(candidates.left()["p"], expected, atol=1e-4)
        taken = candidates.taken()
        assert taken is not None
        lib.llama_sampler_accept(step, taken)
        total = p[taken] + given.decay * total
        weight = 1 + given.decay * weight
    lib.llama_sampler_free(step)
