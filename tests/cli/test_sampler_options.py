"""From options to a sampling."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from loom.cli.sampler_options import SamplingChoice, sampler_options
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
from loom.session.presets import save_preset


def chosen(*given: str, usual: Sampling = PRESETS["tidy"]) -> Sampling:
    found: list[Sampling] = []

    @click.command()
    @sampler_options
    def draw(sampling: SamplingChoice) -> None:
        found.append(sampling.over(usual))

    result = CliRunner().invoke(draw, given, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return found[0]


def test_nothing_given_is_the_usual() -> None:
    usual = Sampling(top_k=5, dry=Dry(), grammar="root ::= .")
    assert chosen(usual=usual) == usual


def test_the_presets_are_those_of_the_records_and_one_s_own() -> None:
    save_preset("mine", Sampling(temperature=0.6))
    assert chosen("--preset", "mine", "--top-k", "3") == Sampling(temperature=0.6, top_k=3)
    with pytest.raises(UsageError, match="There is no preset 'yours'"):
        chosen("--preset", "yours")
    assert chosen("--preset", "greedy") == PRESETS["greedy"]
    assert chosen("--preset", "as is", "--top-k", "3") == Sampling(min_p=None, top_k=3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("--temperature .7 --top-k 40 --top-p .9", Sampling(40, 0.9, 0.05, 0.7)),
        ("--typical .9 --top-n-sigma 1.5", Sampling(typical=0.9, top_n_sigma=1.5)),
        ("--xtc-probability .5 --xtc-threshold .2", Sampling(xtc=Xtc(0.5, 0.2))),
        ("--dynatemp-range .5", Sampling(dynamic_temperature=DynamicTemperature(0.5))),
        ("--mirostat 1 --mirostat-eta .2", Sampling(mirostat=Mirostat(1, 5.0, 0.2))),
        ("--repeat-penalty 1.1", Sampling(penalties=Penalties(1.1))),
        (
            "--presence-penalty .1 --frequency-penalty .2 --repeat-last-n 9",
            Sampling(penalties=Penalties(1.0, 0.1, 0.2, 9)),
        ),
        ("--dry-multiplier .8", Sampling(dry=Dry())),
        (
            "--dry-multiplier 1 --dry-base 2 --dry-allowed-length 3 --dry-penalty-last-n 99",
            Sampling(dry=Dry(1, 2, 3, 99)),
        ),
        ("--adaptive-target .3 --adaptive-decay .5", Sampling(adaptive_p=AdaptiveP(0.3, 0.5))),
        ("--ignore-eos", Sampling(ban_end=True)),
        (
            "--samplers temperature;top-k --top-k 4",
            Sampling(top_k=4, order=("temperature", "top_k")),
        ),
    ],
)
def test_each_option_is_its_step(given: str, expected: Sampling) -> None:
    assert chosen(*given.split()) == expected


FULL = Sampling(
    top_k=5,
    top_p=0.5,
    typical=0.5,
    top_n_sigma=1.0,
    xtc=Xtc(0.5),
    dynamic_temperature=DynamicTemperature(0.5),
    mirostat=Mirostat(),
    penalties=Penalties(1.1),
    dry=Dry(),
    ban_end=True,
    grammar="root ::= .",
)


def test_each_step_can_be_turned_off() -> None:
    off = chosen(
        *[
            "--top-k",
            "0",
            "--top-p",
            "1",
            "--min-p",
            "0",
            "--typical",
            "1",
            "--top-n-sigma",
            "0",
            "--xtc-probability",
            "0",
        ],
        *[
            "--dynatemp-range",
            "0",
            "--mirostat",
            "0",
            "--repeat-penalty",
            "1",
            "--dry-multiplier",
            "0",
        ],
        *("--adaptive-target", "-1", "--no-ignore-eos", "--grammar", ""),
        usual=FULL,
    )
    assert off == PRESETS["as is"]


def test_a_part_of_a_step_changes_only_that() -> None:
    assert chosen("--dry-base", "3", usual=FULL).dry == Dry(base=3)
    assert chosen("--xtc-threshold", ".3", usual=FULL).xtc == Xtc(0.5, 0.3)


def test_breakers_take_the_place_of_the_usual_ones() -> None:
    dry = ("--dry-multiplier", "1")
    two = chosen(*dry, "--dry-sequence-breaker", r"\n", "--dry-sequence-breaker", ";").dry
    assert two is not None
    assert two.breakers == ("\n", ";")
    none = chosen(*dry, "--dry-sequence-breaker", "none").dry
    assert none is not None
    assert none.breakers == ()


@pytest.mark.parametrize(
    ("text", "bias"),
    [
        ("42-1.5", LogitBias(42, -1.5)),
        ("42+.5", LogitBias(42, 0.5)),
        ("42-inf", LogitBias(42, None)),
        (" the+2", LogitBias(" the", 2.0)),
        ("x-ray-3", LogitBias("x-ray", -3.0)),
        ("\n-inf", LogitBias("\n", None)),
        ("٣+1", LogitBias("٣", 1.0)),
    ],
)
def test_a_bias_is_a_token_and_a_number(text: str, bias: LogitBias) -> None:
    assert chosen("--logit-bias", text).biases == (bias,)


@pytest.mark.parametrize("text", ["42", "+1", "", "42+inf", "42*3", "the+", "7+1e5"])
def test_what_is_no_bias_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no bias") as error:
        chosen("--logit-bias", text)
    assert "42-1.5" in error.value.remedy


def test_a_grammar_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "list.gbnf"
    path.write_text('\ufeffroot ::= "é"\n', encoding="utf-8")
    assert chosen("--grammar-file", str(path)).grammar == 'root ::= "é"\n'
    with pytest.raises(UsageError, match="Two grammars"):
        chosen("--grammar-file", str(path), "--grammar", "root ::= .")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not valid UTF-8"):
        chosen("--grammar-file", str(path))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("--min-p 2", "min-p is 2"),
        ("--temperature -1", "temperature is -1"),
        ("--mirostat 7", "mirostat is 7"),
        ("--samplers top_k;wobble", "called 'wobble'"),
        ("--xtc-threshold .1", "--xtc-threshold says nothing without --xtc-probability"),
        ("--dynatemp-exp 2", "without --dynatemp-range"),
        ("--mirostat-tau 3", "without --mirostat"),
        ("--adaptive-decay .5", "without --adaptive-target"),
        ("--dry-base 3", "without --dry-multiplier"),
        ("--repeat-last-n 3", "without --repeat-penalty"),
    ],
)
def test_what_makes_no_chain_is_refused(given: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as error:
        chosen(*given.split())
    assert error.value.remedy
