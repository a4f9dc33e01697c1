"""Statistics of laws against their definitions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from loom.engine.statistics import statistics_of, top_of

LOGITS = hnp.arrays(
    np.float32, st.integers(2, 300), elements=st.floats(-40, 40, width=32, allow_subnormal=False)
)


@given(LOGITS, st.data())
def test_every_statistic_is_its_definition(logits: np.ndarray, data: st.DataObject) -> None:
    token_id = data.draw(st.integers(0, len(logits) - 1))
    k = data.draw(st.integers(1, 60))
    found = statistics_of([logits], [token_id], k)
    exact = logits.astype(np.float64)
    log_p = exact - exact.max() - np.log(np.exp(exact - exact.max()).sum())
    p = np.exp(log_p)
    entropy = float(-(p * log_p).sum())
    assert np.isclose(found.logprob[0], log_p[token_id], atol=1e-4)
    assert np.isclose(found.entropy_bits[0], entropy / np.log(2), atol=1e-4)
    assert np.isclose(found.collision[0], (p**2).sum(), atol=1e-5)
    assert np.isclose(found.p_max[0], p.max(), atol=1e-5)
    varentropy = float((p * log_p**2).sum()) - entropy**2
    assert np.isclose(found.varentropy_bits2[0], varentropy / np.log(2) ** 2, atol=1e-2, rtol=1e-3)
    top = np.sort(log_p)[::-1][:k]
    assert np.allclose(found.top_logprobs[0], top, atol=1e-4)
    assert np.allclose(log_p[found.top_ids[0]], top, atol=1e-4)
    assert np.isclose(found.residual_mass[0], max(0.0, 1 - np.exp(top).sum()), atol=1e-5)


def test_a_uniform_law_has_log2_v_bits_and_no_varentropy() -> None:
    found = statistics_of([np.zeros(1024, np.float32)], [3], 50)
    assert np.isclose(found.entropy_bits[0], 10.0)
    assert np.isclose(found.varentropy_bits2[0], 0.0, atol=1e-4)
    assert np.isclose(found.residual_mass[0], 1 - 50 / 1024)


def test_a_forbidden_token_has_probability_nought_and_spoils_nothing() -> None:
    row = np.array([0.0, 0.0, -np.inf], np.float32)
    found = statistics_of([row], [0], 3)
    assert np.isclose(found.entropy_bits[0], 1.0)
    assert found.top_logprobs[0][2] == -np.inf


def test_the_same_token_may_be_asked_about_in_several_laws() -> None:
    rows = [np.array([0, 1, 2], np.float32), np.array([2, 1, 0], np.float32)]
    found = statistics_of(rows, [2, 2], 1)
    assert found.top_ids.tolist() == [[2], [0]]
    assert found.logprob[0] > found.logprob[1]


@given(LOGITS, st.integers(1, 400))
def test_the_top_is_what_sorting_says(logits: np.ndarray, k: int) -> None:
    x = logits - logits.max()
    top = top_of(x, min(k, len(x)))
    assert len(set(top.tolist())) == min(k, len(x))
    assert np.array_equal(x[top], np.sort(x)[::-1][: len(top)])


@given(st.integers(1, 5_000), st.integers(0, 60), st.integers(1, 8), st.integers(0, 2**32))
def test_the_top_of_a_whole_vocabulary_keeps_equals_in_their_order(
    n_vocab: int, k: int, grain: int, seed: int
) -> None:
    x = np.random.default_rng(seed).normal(0, grain, n_vocab).round().astype(np.float32)
    x[::7] = -np.inf
    assert np.array_equal(top_of(x, k), np.argsort(-x, kind="stable")[:k])
