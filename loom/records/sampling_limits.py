"""What a sampling may hold, whatever the model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from loom.errors import UsageError
from loom.records.sampling import Sampling, Step

MOST_REMEMBERED = 1 << 20
"""Tokens that a step may look back over; llama.cpp makes room for all of them at once."""

MOST_BREAKER_BYTES = 40
"""llama.cpp cuts longer breakers short."""

LEAST_TEMPERATURE = 0.001
"""Below it logits divided by the temperature leave the range of float32."""

SMALLEST = math.ulp(0.0)
"""The end of a range that begins above nought."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """A number that a person gave, by the name under which they gave it; both ends included."""

    name: str
    value: float | None
    least: float
    most: float

    def __str__(self) -> str:
        if math.isinf(self.most):
            return f"{self.least:g} or more"
        least = "above 0" if self.least == SMALLEST else f"from {self.least:g}"
        return f"{least} to {self.most:.10g}"


def check_sampling(sampling: Sampling) -> None:
    """UsageError, one sentence and a remedy, for values that no chain can be made of."""
    for limit in _limits(sampling):
        if limit.value is not None and not limit.least <= limit.value <= limit.most:
            raise UsageError(
                f"{limit.name} is {limit.value:g}.",
                f"Give a number {limit}.",
            )
    _check_temperature(sampling)
    _check_order(sampling)
    _check_last(sampling)
    _check_texts(sampling)


def _limits(sampling: Sampling) -> Iterator[_Limit]:
    yield _Limit("top-k", sampling.top_k, 0, math.inf)
    yield _Limit("top-p", sampling.top_p, SMALLEST, 1)
    yield _Limit("min-p", sampling.min_p, 0, 1)
    yield _Limit("typical", sampling.typical, SMALLEST, 1)
    yield _Limit("top-n-sigma", sampling.top_n_sigma, SMALLEST, 1e6)
    if xtc := sampling.xtc:
        yield _Limit("xtc-probability", xtc.probability, 0, 1)
        yield _Limit("xtc-threshold", xtc.threshold, 0, 0.5)
    if dynamic := sampling.dynamic_temperature:
        yield _Limit("dynatemp-range", dynamic.spread, 0, 1000)
        yield _Limit("dynatemp-exp", dynamic.exponent, SMALLEST, 100)
    if mirostat := sampling.mirostat:
        yield _Limit("mirostat", mirostat.version, 1, 2)
        yield _Limit("mirostat-tau", mirostat.tau, SMALLEST, 100)
        yield _Limit("mirostat-eta", mirostat.eta, 0, 100)
    if adaptive := sampling.adaptive_p:
        yield _Limit("adaptive-target", adaptive.target, 0, 1)
        yield _Limit("adaptive-decay", adaptive.decay, 0, 0.99)
    if penalties := sampling.penalties:
        yield _Limit("repeat-penalty", penalties.repeat, 0.001, 1000)
        yield _Limit("presence-penalty", penalties.presence, -1000, 1000)
        yield _Limit("frequency-penalty", penalties.frequency, -1000, 1000)
        yield _Limit("repeat-last-n", penalties.last_n, 0, MOST_REMEMBERED)
    if dry := sampling.dry:
        yield _Limit("dry-multiplier", dry.multiplier, 0, 1000)
        yield _Limit("dry-base", dry.base, 1, 1000)
        yield _Limit("dry-allowed-length", dry.allowed_length, 1, MOST_REMEMBERED)
        yield _Limit("dry-penalty-last-n", dry.last_n, 0, MOST_REMEMBERED)
    for bias in sampling.biases:
        yield _Limit(f"The bias on token {bias.token!r}", bias.bias, -1e6, 1e6)


def _check_temperature(sampling: Sampling) -> None:
    if sampling.temperature != 0 and not LEAST_TEMPERATURE <= sampling.temperature <= 1000:
        raise UsageError(
            f"The temperature is {sampling.temperature:g}.",
            f"Give 0 for the likeliest token each time, or {LEAST_TEMPERATURE:g} to 1000.",
        )


def _check_order(sampling: Sampling) -> None:
    known = get_args(Step)
    for step in sampling.order:
        if step not in known:
            raise UsageError(
                f"There is no sampling step called {step!r}.", f"Choose from {', '.join(known)}."
            )
        if sampling.order.count(step) > 1:
            raise UsageError(f"The sampling step {step} is named twice.", "Name it once.")


def _check_last(sampling: Sampling) -> None:
    if sampling.mirostat and sampling.adaptive_p:
        raise UsageError(
            "Mirostat and adaptive-p both choose the token.", "Ask for one of them only."
        )


def _check_texts(sampling: Sampling) -> None:
    if sampling.grammar is not None:
        if not sampling.grammar.strip():
            raise UsageError(
                "The grammar is empty.", "Give it a rule called root, or leave it out."
            )
        _check_text("The grammar", sampling.grammar)
    for breaker in sampling.dry.breakers if sampling.dry else ():
        _check_text("A breaker of DRY", breaker)
        if not 0 < len(breaker.encode()) <= MOST_BREAKER_BYTES:
            raise UsageError(
                f"{breaker!r} cannot break a repetition for DRY.",
                f"Give a text of 1 to {MOST_BREAKER_BYTES} bytes.",
            )
    for bias in sampling.biases:
        if isinstance(bias.token, str):
            _check_text("The text of a bias", bias.token)


def _check_text(what: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{what} is not valid UTF-8.", "Write it in UTF-8.") from None
    if "\0" in text:
        raise UsageError(f"{what} holds a NUL character.", "Leave it out.")
