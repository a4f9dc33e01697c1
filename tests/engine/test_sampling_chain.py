"""One branch's chain: biases, ends, memory, seeds, and what is refused before anything is drawn."""

from __future__ import annotations

import gc
import math
from dataclasses import replace

import numpy as np
import pytest

from loom.engine.backend import NothingToDrawError
from loom.engine.llama.chain import ChainSampler
from loom.engine.llama.chain_steps import second_seed
from loom.engine.llama.recipe import MOST_RECIPES, Recipes
from loom.errors import UsageError
from loom.records import Sampling
from loom.records.sampling import (
    PRESETS,
    AdaptiveP,
    Dry,
    DynamicTemperature,
    LogitBias,
    Mirostat,
    Penalties,
    Xtc,
)
from tests.engine.chains import Logits, NumberWords, drawn, logits_of, sampler

GREEDY = PRESETS["greedy"]
END = 0


def row(*logits: float) -> Logits:
    return np.array(logits, np.float32)


def test_sampling_as_is_follows_the_law() -> None:
    """Of 4,000 draws from a known law each count lies within four standard errors."""
    p = np.array([0.5, 0.25, 0.125, 0.125])
    chain, n = sampler([np.log(p).astype(np.float32)], PRESETS["as is"], seed=3), 4000
    counts = np.bincount([chain.draw(0, may_end=True) for _ in range(n)], minlength=4)
    chain.close()
    assert (np.abs(counts - n * p) < 4 * np.sqrt(n * p * (1 - p))).all()


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    rows = [logits_of(i) for i in range(40)]
    assert drawn(rows, Sampling(), seed=5) == drawn(rows, Sampling(), seed=5)
    assert drawn(rows, Sampling(), seed=5) != drawn(rows, Sampling(), seed=6)


def test_no_seed_is_replaced_by_a_random_one() -> None:
    rows, special = [logits_of(i) for i in range(40)], 0xFFFFFFFF
    assert drawn(rows, Sampling(), seed=special) == drawn(rows, Sampling(), seed=special)


def test_xtc_throws_other_dice_than_the_last_step() -> None:
    assert all(second_seed(seed) != seed for seed in range(100))
    assert len({second_seed(seed) for seed in range(100)}) == 100


def test_xtc_and_the_dice_together_follow_the_mixed_law() -> None:
    """Of 4,000 draws each count lies within four standard errors of half with, half without."""
    law, n = np.array([0.5, 0.3, 0.2]), 4000
    rows = [np.log(law).astype(np.float32)] * n
    counts = np.bincount(drawn(rows, Sampling(min_p=None, xtc=Xtc(0.5, 0.25)), 9), minlength=3)
    p = law / 2 + np.array([0, 0.6, 0.4]) / 2
    assert (np.abs(counts - n * p) < 4 * np.sqrt(n * p * (1 - p))).all()


def test_a_bias_makes_a_token_the_likeliest_or_keeps_it_away() -> None:
    law = row(0, 1, 2, 3, 4)
    assert drawn([law], replace(GREEDY, biases=(LogitBias(1, 3.5),))) == [1]
    assert drawn([law], replace(GREEDY, biases=(LogitBias(4, None),))) == [3]
    assert drawn([law], replace(GREEDY, biases=(LogitBias("4", -1.5),))) == [3]


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(), Sampling(top_k=2), PRESETS["as is"]])
def test_no_token_that_ends_the_text_is_drawn_before_its_time(sampling: Sampling) -> None:
    chain = sampler([row(20, 1, 2, 3)], sampling)
    assert {chain.draw(0, may_end=False) for _ in range(50)}.isdisjoint({END})
    assert chain.draw(0, may_end=True) == END
    chain.close()


def test_the_end_can_be_banned_altogether() -> None:
    rows = [row(20, 1, 2, 3)] * 50
    assert END not in drawn(rows, Sampling(ban_end=True))


def test_a_text_that_can_only_end_does() -> None:
    bans = tuple(LogitBias(i, None) for i in (1, 2, 3))
    chain = sampler([row(0, 1, 2, 3)], Sampling(biases=bans, ban_end=True))
    assert chain.draw(0, may_end=False) == END
    chain.close()


def test_nothing_to_draw_is_said_in_a_sentence() -> None:
    bans = tuple(LogitBias(i, None) for i in range(4))
    chain = sampler([row(0, 1, 2, 3)], Sampling(biases=bans))
    with pytest.raises(NothingToDrawError, match="leave no token") as error:
        chain.draw(0, may_end=True)
    assert error.value.remedy
    chain.close()


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
@pytest.mark.parametrize(
    "sampling",
    [
        *PRESETS.values(),
        Sampling(typical=0.5),
        Sampling(top_k=2),
        Sampling(mirostat=Mirostat()),
        Sampling(adaptive_p=AdaptiveP(0.5)),
    ],
)
def test_a_law_that_is_none_is_said_in_a_sentence(sampling: Sampling, wrong: float) -> None:
    chain = sampler([row(0, wrong, 2, 3)], sampling)
    with pytest.raises(NothingToDrawError, match="not finite"):
        chain.draw(0, may_end=True)
    chain.close()


def test_masked_tokens_lead_no_step_astray() -> None:
    """0 times its logarithm is no number: llama.cpp's typical sampling would order by that."""
    law = row(5, 4, *[-200.0] * 20, -np.inf)
    for sampling in (
        Sampling(min_p=None, typical=0.9),
        Sampling(min_p=None, top_n_sigma=0.5, typical=0.9),
        Sampling(mirostat=Mirostat(version=1)),
        Sampling(mirostat=Mirostat(version=2)),
    ):
        assert set(drawn([law] * 40, sampling)) <= {0, 1}


def test_a_dynamic_temperature_next_to_nought_is_greedy() -> None:
    law = row(100, 3, 1)
    sampling = Sampling(min_p=None, dynamic_temperature=DynamicTemperature(1.0))
    assert drawn([law] * 20, sampling) == [0] * 20


def test_penalties_count_the_prompt() -> None:
    law = row(0, 1, 2, 3, 3.2)
    chain = sampler([law], replace(GREEDY, penalties=Penalties(presence=1.0, last_n=2)))
    chain.prime([3, 3, 4, 1])
    assert chain.draw(0, may_end=True) == 3, "4 was there a moment ago"
    assert chain.draw(0, may_end=True) == 4, "but is forgotten now"
    chain.close()


def test_a_token_that_was_not_drawn_counts_as_well() -> None:
    law = row(0, 1, 2, 3, 3.2)
    chain = sampler([law], replace(GREEDY, penalties=Penalties(presence=1.0)))
    chain.accept(4)
    assert chain.draw(0, may_end=True) == 3
    assert chain.permits(4)
    chain.close()


def test_penalties_count_wherever_the_order_puts_them() -> None:
    law = row(0, 1, 2, 3, 3.2)
    late = ("top_k", "temperature", "dry", "penalties")
    sampling = replace(GREEDY, penalties=Penalties(presence=1.0), dry=Dry(breakers=()), order=late)
    chain = sampler([law], sampling)
    chain.prime([4])
    assert chain.draw(0, may_end=True) == 3
    chain.close()


@pytest.mark.parametrize(
    ("bias", "why", "remedy"),
    [
        (LogitBias(10, 1.0), "There is no token 10", "from 0 to 9"),
        (LogitBias(-1, None), "There is no token -1", "from 0 to 9"),
        (LogitBias("3 4", 1.0), "'3 4' is no token of this model but 2", "ids: 3, 4"),
        (LogitBias("", 1.0), "'' is no token of this model but 0", "Give a token's id"),
    ],
)
def test_a_bias_on_no_token_is_refused(bias: LogitBias, why: str, remedy: str) -> None:
    with pytest.raises(UsageError, match=why) as error:
        Recipes(NumberWords(10)).recipe(Sampling(biases=(bias,)))
    assert remedy in error.value.remedy


def test_values_out_of_range_are_refused_before_there_is_a_chain() -> None:
    with pytest.raises(UsageError, match="top-p is 7"):
        Recipes(NumberWords(10)).recipe(Sampling(top_p=7))


def test_branches_outlive_the_recipe_that_they_came_from() -> None:
    """Recipes are few; what llama.cpp holds for one is freed with it, never under a branch."""
    recipes, law = Recipes(NumberWords(50)), logits_of(1, n=50)
    samplings = [
        Sampling(dry=Dry(multiplier=0.1 + i, breakers=())) for i in range(2 * MOST_RECIPES)
    ]
    chains = [ChainSampler(lambda _: law, recipes.recipe(s), 1) for s in samplings]
    del recipes
    gc.collect()
    for chain in chains:
        chain.prime([1, 2, 1, 2, 1])
        assert {chain.draw(0, may_end=True) for _ in range(5)} <= set(range(50))
        chain.close()
