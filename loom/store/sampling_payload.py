"""A sampling as a JSON object and back.

Steps that an object does not name are not in the chain: they are younger than the object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

from loom.records.sampling import (
    ORDER,
    AdaptiveP,
    Dry,
    DynamicTemperature,
    LogitBias,
    Mirostat,
    Penalties,
    Sampling,
    Step,
    Xtc,
)

if TYPE_CHECKING:
    # `payload` imports this module: what is kept of a request holds a sampling.
    from loom.store.payload import Json, Payload

_STEPS: tuple[Step, ...] = get_args(Step)
_VERSIONS: tuple[Literal[1, 2], ...] = (1, 2)


def from_sampling(sampling: Sampling) -> Mapping[str, Json]:
    """A sampling as a JSON object: one key a field, and in `order` the order of the steps."""
    return {**asdict(sampling), "biases": [_from_bias(bias) for bias in sampling.biases]}


# A session draws in the same few ways in thousands of requests.
@lru_cache(maxsize=256)
def to_sampling(payload: Payload) -> Sampling:
    """The sampling that an object describes."""
    return Sampling(
        top_k=payload.integer_or_none("top_k"),
        top_p=payload.number_or_none("top_p"),
        min_p=payload.number_or_none("min_p"),
        temperature=payload.number("temperature"),
        dynamic_temperature=_to_dynamic(payload.inner_or_none("dynamic_temperature")),
        typical=payload.number_or_none("typical"),
        top_n_sigma=payload.number_or_none("top_n_sigma"),
        xtc=_to_xtc(payload.inner_or_none("xtc")),
        mirostat=_to_mirostat(payload.inner_or_none("mirostat")),
        adaptive_p=_to_adaptive(payload.inner_or_none("adaptive_p")),
        penalties=_to_penalties(payload.inner_or_none("penalties")),
        dry=_to_dry(payload.inner_or_none("dry")),
        biases=tuple(map(_to_bias, payload.inners_or_none("biases") or ())),
        ban_end=bool(payload.integer_or_none("ban_end")),
        grammar=payload.text_or_none("grammar"),
        order=_to_order(payload.texts_or_none("order")),
    )


def _from_bias(bias: LogitBias) -> Mapping[str, Json]:
    kind = "text" if isinstance(bias.token, str) else "id"
    return {kind: bias.token, "bias": bias.bias}


def _to_bias(payload: Payload) -> LogitBias:
    text = payload.text_or_none("text")
    return LogitBias(
        payload.integer("id") if text is None else text, payload.number_or_none("bias")
    )


def _to_dynamic(payload: Payload | None) -> DynamicTemperature | None:
    if payload is None:
        return None
    return DynamicTemperature(payload.number("spread"), payload.number("exponent"))


def _to_xtc(payload: Payload | None) -> Xtc | None:
    return (
        None if payload is None else Xtc(payload.number("probability"), payload.number("threshold"))
    )


def _to_mirostat(payload: Payload | None) -> Mirostat | None:
    if payload is None:
        return None
    given = payload.integer("version")
    for version in _VERSIONS:
        if version == given:
            return Mirostat(version, payload.number("tau"), payload.number("eta"))
    raise ValueError(f"version of mirostat is {given}")


def _to_adaptive(payload: Payload | None) -> AdaptiveP | None:
    return None if payload is None else AdaptiveP(payload.number("target"), payload.number("decay"))


def _to_penalties(payload: Payload | None) -> Penalties | None:
    if payload is None:
        return None
    return Penalties(
        repeat=payload.number("repeat"),
        presence=payload.number("presence"),
        frequency=payload.number("frequency"),
        last_n=payload.integer("last_n"),
    )


def _to_dry(payload: Payload | None) -> Dry | None:
    if payload is None:
        return None
    return Dry(
        multiplier=payload.number("multiplier"),
        base=payload.number("base"),
        allowed_length=payload.integer("allowed_length"),
        last_n=payload.integer("last_n"),
        breakers=payload.texts("breakers"),
    )


def _to_order(names: tuple[str, ...] | None) -> tuple[Step, ...]:
    if names is None:
        return ORDER
    return tuple(map(_to_step, names))


def _to_step(name: str) -> Step:
    for step in _STEPS:
        if step == name:
            return step
    raise ValueError(f"order names {name!r}")
