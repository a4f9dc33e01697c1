"""Samplings as data: which chain they are, how they read in words, what they may not hold."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import pytest

from loom.errors import UsageError
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
from loom.records.sampling_limits import check_sampling
from loom.records.sampling_words import sampling_words

EVERYTHING = Sampling(
    top_k=40,
    top_p=0.9,
    min_p=0.05,
    temperature=0.8,
    dynamic_temperature=DynamicTemperature(0.5, 1.5),
    typical=0.95,
    top_n_sigma=1.5,
    xtc=Xtc(0.5, 0.1),
    adaptive_p=AdaptiveP(0.3),
    penalties=Penalties(1.1, 0.2, 0.3, 32),
    dry=Dry(),
    biases=(LogitBias(5, -1.5), LogitBias(" the", None)),
    ban_end=True,
    grammar='root ::= "x"',
)


def test_a_chain_is_in_llama_cpps_order_with_the_grammar_first() -> None:
    assert EVERYTHING.steps == ("grammar", "logit_bias", *ORDER, "adaptive_p")


def test_the_presets_are_short_chains() -> None:
    assert PRESETS["as is"].steps == ("dice",)
    assert PRESETS["tidy"].steps == ("min_p", "dice")
    assert PRESETS["greedy"].steps == ("greedy",)
    assert PRESETS["tidy"] == Sampling()


def test_greedy_drawing_keeps_what_says_which_token_is_the_likeliest() -> None:
    greedy = replace(EVERYTHING, temperature=0.0)
    assert greedy.greedy
    assert greedy.steps == ("grammar", "logit_bias", "penalties", "dry", "greedy")


def test_mirostat_cuts_the_law_itself() -> None:
    chain = replace(EVERYTHING, adaptive_p=None, mirostat=Mirostat()).steps
    assert chain[2:] == ("penalties", "dry", "temperature", "mirostat")


def test_only_what_the_order_names_is_applied() -> None:
    own = replace(Sampling(top_k=3, temperature=0.5), order=("temperature", "top_k"))
    assert own.steps == ("temperature", "top_k", "dice")


def test_a_sampling_goes_through_a_pipe_and_into_a_dict() -> None:
    assert pickle.loads(pickle.dumps(EVERYTHING)) == EVERYTHING
    assert {EVERYTHING: 1}[replace(EVERYTHING)] == 1


@pytest.mark.parametrize(
    ("sampling", "words"),
    [
        (Sampling(), "T 1 min-p .05"),
        (PRESETS["as is"], "T 1"),
        (replace(Sampling(), temperature=0.0), "T 0"),
        (Sampling(dry=Dry()), "T 1 min-p .05 · DRY .8"),
        (Sampling(temperature=1.25, top_k=40, top_p=0.95), "T 1.25 top-k 40 top-p .95 min-p .05"),
        (Sampling(mirostat=Mirostat(tau=4.5)), "T 1 mirostat 2 at 4.5 bits"),
        (
            Sampling(penalties=Penalties(1.1, frequency=-0.5)),
            "T 1 min-p .05 · repeat 1.1 frequency -.5",
        ),
        (Sampling(biases=(LogitBias(1, 2.0),), ban_end=True), "T 1 min-p .05 · 1 bias · no end"),
        (
            EVERYTHING,
            "T .8±.5 top-n-sigma 1.5 top-k 40 typical .95 top-p .9 min-p .05 · XTC .5 · "
            "repeat 1.1 presence .2 frequency .3 · DRY .8 · adaptive-p .3 · 2 biases · grammar · "
            "no end",
        ),
        (Sampling(order=("min_p",)), "T 1 min-p .05 · own order"),
    ],
)
def test_a_sampling_reads_as_one_short_line(sampling: Sampling, words: str) -> None:
    assert sampling_words(sampling) == words


@pytest.mark.parametrize("sampling", [*PRESETS.values(), EVERYTHING, Sampling(mirostat=Mirostat())])
def test_what_makes_sense_is_let_through(sampling: Sampling) -> None:
    check_sampling(sampling)


@pytest.mark.parametrize(
    ("sampling", "why", "remedy"),
    [
        (Sampling(temperature=-1), "temperature is -1", "Give 0"),
        (Sampling(temperature=1e-9), "temperature is 1e-09", "0.001 to 1000"),
        (Sampling(temperature=math.nan), "temperature is nan", "Give 0"),
        (Sampling(temperature=math.inf), "temperature is inf", "Give 0"),
        (Sampling(top_k=-1), "top-k is -1", "Give a number 0 or more"),
        (Sampling(top_p=0), "top-p is 0", "Give a number above 0 to 1"),
        (Sampling(min_p=1.5), "min-p is 1.5", "Give a number from 0 to 1"),
        (Sampling(typical=math.nan), "typical is nan", "above 0 to 1"),
        (Sampling(xtc=Xtc(2)), "xtc-probability is 2", "from 0 to 1"),
        (Sampling(xtc=Xtc(0.5, 0.7)), "xtc-threshold is 0.7", "from 0 to 0.5"),
        (Sampling(mirostat=Mirostat(3)), "mirostat is 3", "from 1 to 2"),  # type: ignore[arg-type]
        (Sampling(penalties=Penalties(repeat=0)), "repeat-penalty is 0", "from 0.001"),
        (Sampling(penalties=Penalties(1.1, last_n=2**31)), "repeat-last-n", "to 1048576"),
        (Sampling(dry=Dry(base=0.5)), "dry-base is 0.5", "from 1"),
        (Sampling(dry=Dry(breakers=("x" * 41,))), "cannot break", "1 to 40 bytes"),
        (Sampling(dry=Dry(breakers=("",))), "cannot break", "1 to 40 bytes"),
        (Sampling(adaptive_p=AdaptiveP(0.5, 1.0)), "adaptive-decay is 1", "to 0.99"),
        (Sampling(biases=(LogitBias(3, math.inf),)), "bias on token 3 is inf", "Give a number"),
        (Sampling(mirostat=Mirostat(), adaptive_p=AdaptiveP(0.5)), "both choose", "one of them"),
        (Sampling(order=("top_a",)), "called 'top_a'", "Choose from penalties"),  # type: ignore[arg-type]
        (Sampling(order=("min_p", "min_p")), "named twice", "once"),
        (Sampling(grammar=" \n"), "grammar is empty", "rule called root"),
        (Sampling(grammar="root ::= \0"), "NUL", "Leave it out"),
    ],
)
def test_what_makes_none_is_said_in_a_sentence(sampling: Sampling, why: str, remedy: str) -> None:
    with pytest.raises(UsageError, match=why) as error:
        check_sampling(sampling)
    assert remedy in error.value.remedy
