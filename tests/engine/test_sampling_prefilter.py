"""What is left out of a chain beforehand changes no draw: against llama.cpp's chain in full."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loom.engine.llama.candidates import LEAST_LOG_P
from loom.engine.llama.prefilter import Best, Cut, MinP, TopK, candidate_ids
from loom.records import Sampling
from loom.records.sampling import (
    ORDER,
    PRESETS,
    AdaptiveP,
    Dry,
    DynamicTemperature,
    LogitBias,
    Mirostat,
    Penalties,
    Xtc,
)
from tests.engine.chains import Logits, drawn, drawn_in_full, logits_of

N_VOCAB = 48


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


SHARES = st.floats(0.01, 0.99)
IDS = st.integers(0, N_VOCAB - 1)
SAMPLINGS = st.builds(
    Sampling,
    top_k=maybe(st.integers(1, N_VOCAB + 5)),
    top_p=maybe(SHARES),
    min_p=maybe(st.sampled_from([0.01, 0.05, 0.1, 0.5, 1.0]) | SHARES),
    temperature=st.sampled_from([0.0, 0.5, 0.9, 1.0, 1.5]),
    dynamic_temperature=maybe(st.builds(DynamicTemperature, st.floats(0.05, 0.4))),
    typical=maybe(SHARES),
    top_n_sigma=maybe(st.floats(0.1, 3)),
    xtc=maybe(st.builds(Xtc, SHARES, st.floats(0.01, 0.4))),
    mirostat=maybe(st.builds(Mirostat, st.sampled_from([1, 2]), st.floats(1, 6))),
    penalties=maybe(
        st.builds(
            Penalties,
            st.floats(0.5, 2),
            st.floats(-1, 1),
            st.floats(-1, 1),
            st.integers(1, 20),
        )
    ),
    dry=maybe(st.builds(Dry, st.floats(0.1, 2), breakers=st.just(()))),
    biases=st.lists(
        st.builds(LogitBias, IDS, maybe(st.floats(-20, 20))),
        max_size=3,
        unique_by=lambda bias: bias.token,
    ).map(tuple),
    ban_end=st.booleans(),
    order=st.just(ORDER) | st.permutations(ORDER).map(tuple),
)


def rows_of(seed: int, grain: float, n_rows: int) -> list[Logits]:
    """Laws with a few likely tokens; a coarse grain gives many tokens the same logit."""
    rows = []
    for i in range(n_rows):
        logits = logits_of(seed + i, n=N_VOCAB)
        rows.append((np.round(logits / grain) * grain).astype(np.float32))
    return rows


@given(
    SAMPLINGS,
    st.integers(0, 2**32 - 2),
    st.integers(0, 10**6),
    st.sampled_from([1e-4, 0.25, 1.0]),
    st.lists(IDS, max_size=30),
)
def test_the_same_tokens_are_drawn_from_what_is_left(
    sampling: Sampling, seed: int, law_seed: int, grain: float, prompt: list[int]
) -> None:
    # llama.cpp's typical sampling multiplies 0 by its logarithm where top-n-sigma has masked.
    assume(not {"typical", "top_n_sigma"} <= set(sampling.steps))
    rows = rows_of(law_seed, grain, 12)
    # Its first mirostat divides by a probability that float32 cannot tell from 0: the list that is
    # handed to it here has none, and then it takes another token, and a better one.
    first_mirostat = sampling.mirostat is not None and sampling.mirostat.version == 1
    assume(not (first_mirostat and may_vanish(rows, sampling)))
    assert drawn(rows, sampling, seed, prompt) == drawn_in_full(rows, sampling, seed, prompt)


def may_vanish(rows: list[Logits], sampling: Sampling) -> bool:
    """Whether a token may become so unlikely that its probability is no normal float32."""
    spread = sampling.dynamic_temperature.spread if sampling.dynamic_temperature else 0.0
    coldest = (sampling.temperature or 0.0) - spread
    widest = max(float(np.ptp(row)) for row in rows)
    widest += 2 * max((abs(one.bias or 0.0) for one in sampling.biases), default=0.0)
    return coldest <= 0 or widest / coldest > -LEAST_LOG_P


CHAINS = [
    *PRESETS.values(),
    Sampling(min_p=0.5, temperature=2.0),
    Sampling(top_k=3, min_p=None),
    Sampling(top_k=200, min_p=None),
    Sampling(top_k=40, temperature=0.7),
    Sampling(top_p=0.8),
    Sampling(top_n_sigma=1.0, top_p=0.9, min_p=None),
    Sampling(penalties=Penalties(1.2), dry=Dry(breakers=())),
    Sampling(adaptive_p=AdaptiveP(0.4)),
]


@pytest.mark.parametrize("sampling", CHAINS)
def test_the_same_holds_in_a_large_vocabulary(sampling: Sampling) -> None:
    """Above 1,024 candidates, and 128 sorted ones, llama.cpp takes other ways."""
    rows = [logits_of(i, n=3000) for i in range(60)]
    prompt = np.random.default_rng(0).integers(0, 3000, 100).tolist()
    assert drawn(rows, sampling, 7, prompt) == drawn_in_full(rows, sampling, 7, prompt)


CUTS = st.one_of(
    st.just(Best()), st.builds(TopK, st.integers(1, 250)), st.builds(MinP, st.floats(0.001, 1))
)


@given(
    CUTS,
    st.integers(0, 10**6),
    st.sampled_from([1e-4, 0.5]),
    st.sampled_from([0.003, 0.02, 0.3, 1.0]),
)
def test_asking_a_grammar_about_the_likeliest_first_leaves_the_same(
    cut: Cut, seed: int, grain: float, share: float
) -> None:
    """Against cutting a law in which all that the grammar forbids was masked."""
    dice = np.random.default_rng(seed)
    row = (np.round(dice.normal(0, 3, 2000) / grain) * grain).astype(np.float32)
    allowed = dice.random(2000) < share
    assume(allowed.any())
    found = candidate_ids(row, float(row.max()), cut, lambda ids: allowed[ids])
    masked = np.where(allowed, row, -np.inf).astype(np.float32)
    by_masking = candidate_ids(masked, float(masked.max()), cut, None)
    if isinstance(cut, TopK):
        # Either may fall back to all that is allowed where logits are equal.
        assert set(_largest(row, found, cut.k)) == set(_largest(row, by_masking, cut.k))
    else:
        assert found.tolist() == by_masking.tolist()
    assert allowed[found].all()


def _largest(row: Logits, ids: np.ndarray, k: int) -> list[float]:
    return np.sort(row[ids])[::-1][:k].tolist()


def test_a_grammar_is_asked_about_few_tokens_if_few_matter() -> None:
    row = logits_of(1, n=50_000)
    n_asked = 0

    def permits(ids: np.ndarray) -> np.ndarray:
        nonlocal n_asked
        n_asked += len(ids)
        return ids % 2 == 0

    candidate_ids(row, float(row.max()), MinP(0.5), permits)
    assert 0 < n_asked < 1000
