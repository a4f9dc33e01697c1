"""Samplings in session files: as they are, as an older loom wrote them, and damaged."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.records import Sampling
from loom.records.sampling import (
    ORDER,
    AdaptiveP,
    Dry,
    DynamicTemperature,
    LogitBias,
    Mirostat,
    Penalties,
    Xtc,
)
from loom.store.payload import Payload, spell
from loom.store.sampling_payload import from_sampling, to_sampling

NUMBERS = st.floats(-1e6, 1e6)
WHOLE = st.integers(0, 2**31)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SAMPLINGS = st.builds(
    Sampling,
    top_k=st.none() | WHOLE,
    top_p=st.none() | NUMBERS,
    min_p=st.none() | NUMBERS,
    temperature=NUMBERS,
    dynamic_temperature=st.none() | st.builds(DynamicTemperature, NUMBERS, NUMBERS),
    typical=st.none() | NUMBERS,
    top_n_sigma=st.none() | NUMBERS,
    xtc=st.none() | st.builds(Xtc, NUMBERS, NUMBERS),
    mirostat=st.none() | st.builds(Mirostat, st.sampled_from([1, 2]), NUMBERS, NUMBERS),
    adaptive_p=st.none() | st.builds(AdaptiveP, NUMBERS, NUMBERS),
    penalties=st.none() | st.builds(Penalties, NUMBERS, NUMBERS, NUMBERS, WHOLE),
    dry=st.none()
    | st.builds(Dry, NUMBERS, NUMBERS, WHOLE, WHOLE, st.lists(TEXTS, max_size=3).map(tuple)),
    biases=st.lists(st.builds(LogitBias, WHOLE | TEXTS, st.none() | NUMBERS), max_size=3).map(
        tuple
    ),
    ban_end=st.booleans(),
    grammar=st.none() | TEXTS,
    order=st.permutations(ORDER).map(tuple),
)


@given(SAMPLINGS)
def test_a_sampling_comes_back_as_it_was(sampling: Sampling) -> None:
    written = spell(from_sampling(sampling))
    assert to_sampling(Payload.parse(written)) == sampling


def test_every_field_is_written_and_the_order_of_the_steps_spelt_out() -> None:
    written = json.loads(spell(from_sampling(Sampling())))
    assert set(written) == {field.name for field in fields(Sampling)}
    assert written["order"] == list(ORDER)


@given(
    st.none() | WHOLE,
    st.none() | NUMBERS,
    st.none() | NUMBERS,
    NUMBERS,
)
def test_a_file_that_knows_only_four_steps_is_read(
    top_k: int | None, top_p: float | None, min_p: float | None, temperature: float
) -> None:
    old = {"top_k": top_k, "top_p": top_p, "min_p": min_p, "temperature": temperature}
    read = to_sampling(Payload.parse(json.dumps(old)))
    assert read == Sampling(top_k=top_k, top_p=top_p, min_p=min_p, temperature=temperature)


def test_what_is_never_drawn_is_written_in_proper_json() -> None:
    banned = Sampling(biases=(LogitBias(7, None),))
    written = json.loads(spell(from_sampling(banned)), parse_constant=pytest.fail)
    assert written["biases"] == [{"id": 7, "bias": None}]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ({"temperature": "warm"}, "temperature is not a number"),
        ({"order": ["top_k", "top_z"]}, "order names 'top_z'"),
        ({"mirostat": {"version": 3, "tau": 1, "eta": 1}}, "version of mirostat is 3"),
        ({"xtc": 5}, "no JSON object"),
        ({"biases": {"id": 7}}, "biases is not a list"),
        ({"biases": [{"bias": 1}]}, "id is missing"),
        ({"dry": {"multiplier": 1}}, "base is missing"),
    ],
)
def test_what_makes_no_sense_is_an_error(damage: dict[str, object], why: str) -> None:
    whole = json.loads(spell(from_sampling(Sampling()))) | damage
    with pytest.raises(ValueError, match=why):
        to_sampling(Payload.parse(json.dumps(whole)))
