"""Presets of a person's own: kept as they were, named, and never in the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.errors import LoomError, UsageError
from loom.records.sampling import PRESETS, Dry, LogitBias, Penalties, Sampling, Xtc
from loom.session.presets import (
    all_presets,
    forget_preset,
    own_presets,
    preset_named,
    presets_path,
    save_preset,
)

samplings = st.builds(
    Sampling,
    temperature=st.floats(0.1, 3),
    min_p=st.one_of(st.none(), st.floats(0.01, 0.9)),
    top_k=st.one_of(st.none(), st.integers(1, 100)),
    xtc=st.one_of(st.none(), st.just(Xtc(0.5, 0.2))),
    dry=st.one_of(st.none(), st.just(Dry(0.8))),
    penalties=st.one_of(st.none(), st.just(Penalties(1.1))),
    biases=st.one_of(st.just(()), st.just((LogitBias(3, None), LogitBias(" the", 1.5)))),
    grammar=st.one_of(st.none(), st.just('root ::= "ä"')),
)


@given(samplings)
def test_what_is_saved_is_what_is_chosen(sampling: Sampling) -> None:
    save_preset("mine", sampling)
    assert preset_named("mine") == sampling
    assert list(all_presets()) == [*PRESETS, "mine"]


def test_a_name_is_taken_again_and_let_go() -> None:
    save_preset("a", Sampling(temperature=0.5))
    save_preset("b", Sampling())
    save_preset("a", Sampling(temperature=0.6))
    assert own_presets() == {"a": Sampling(temperature=0.6), "b": Sampling()}
    forget_preset("a")
    assert list(own_presets()) == ["b"]
    with pytest.raises(UsageError, match="'a' is no preset of yours"):
        forget_preset("a")


@pytest.mark.parametrize("name", ["tidy", "", "  ", "x" * 33])
def test_some_names_are_none(name: str) -> None:
    with pytest.raises(UsageError):
        save_preset(name, Sampling())
    assert own_presets() == {}


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    save_preset("warm", Sampling())
    with pytest.raises(UsageError, match=r"no preset 'worm'.*as is, tidy, greedy, warm"):
        preset_named("worm")


def test_a_damaged_file_is_told_and_everybody_s_presets_stay() -> None:
    presets_path().parent.mkdir(parents=True, exist_ok=True)
    presets_path().write_text("{")
    with pytest.raises(LoomError, match=r"presets\.json cannot be read"):
        save_preset("mine", Sampling())
    assert all_presets() == PRESETS
    assert preset_named("tidy") == PRESETS["tidy"]


@pytest.mark.parametrize("content", ["[]", '{"a": 3}', '{"a": {"temperature": -1}}', '{"a": {}}'])
def test_what_is_no_sampler_is_left_out(content: str) -> None:
    presets_path().parent.mkdir(parents=True, exist_ok=True)
    presets_path().write_text(content)
    assert own_presets() == {}
