"""A sampling as a form: a line for each number, empty where the step is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from loom.errors import UsageError
from loom.records.sampling import (
    PRESETS,
    AdaptiveP,
    Dry,
    DynamicTemperature,
    Mirostat,
    Penalties,
    Sampling,
    Xtc,
)
from loom.records.sampling_limits import check_sampling


@dataclass(frozen=True, slots=True)
class Field:
    """One number: what it is called and does, how it is read off a sampling and put into one."""

    name: str
    label: str
    note: str
    read: Callable[[Sampling], float | None]
    write: Callable[[Sampling, float | None], Sampling]


def _top_k(sampling: Sampling, value: float | None) -> Sampling:
    return replace(sampling, top_k=None if value is None else int(value))


def _spread(sampling: Sampling, value: float | None) -> Sampling:
    exponent = sampling.dynamic_temperature.exponent if sampling.dynamic_temperature else 1.0
    dynamic = None if not value else DynamicTemperature(value, exponent)
    return replace(sampling, dynamic_temperature=dynamic)


def _xtc(sampling: Sampling, value: float | None) -> Sampling:
    xtc = None if not value else replace(sampling.xtc or Xtc(value), probability=value)
    return replace(sampling, xtc=xtc)


def _xtc_threshold(sampling: Sampling, value: float | None) -> Sampling:
    if sampling.xtc is None or value is None:
        return sampling
    return replace(sampling, xtc=replace(sampling.xtc, threshold=value))


def _penalty(name: str, none: float) -> Callable[[Sampling, float | None], Sampling]:
    def write(sampling: Sampling, value: float | None) -> Sampling:
        given = sampling.penalties or Penalties()
        number = none if value is None else int(value) if name == "last_n" else value
        changed = replace(given, **{name: number})  # type: ignore[arg-type]
        acts = (changed.repeat, changed.presence, changed.frequency) != (1.0, 0.0, 0.0)
        return replace(sampling, penalties=changed if acts else None)

    return write


def _dry(sampling: Sampling, value: float | None) -> Sampling:
    dry = None if not value else replace(sampling.dry or Dry(), multiplier=value)
    return replace(sampling, dry=dry)


def _mirostat(sampling: Sampling, value: float | None) -> Sampling:
    mirostat = None if not value else replace(sampling.mirostat or Mirostat(), tau=value)
    return replace(sampling, mirostat=mirostat)


def _adaptive(sampling: Sampling, value: float | None) -> Sampling:
    decay = sampling.adaptive_p.decay if sampling.adaptive_p else 0.9
    return replace(sampling, adaptive_p=None if value is None else AdaptiveP(value, decay))


FIRST: tuple[Field, ...] = (
    Field(
        "temperature",
        "temperature",
        "above 1 flatter, 0 greedy",
        lambda s: s.temperature,
        lambda s, v: replace(s, temperature=1.0 if v is None else v),
    ),
    Field(
        "min_p",
        "min-p",
        "least share of the likeliest one",
        lambda s: s.min_p,
        lambda s, v: replace(s, min_p=v),
    ),
    Field(
        "top_p",
        "top-p",
        "the likeliest that hold this share",
        lambda s: s.top_p,
        lambda s, v: replace(s, top_p=v),
    ),
    Field("top_k", "top-k", "so many of the likeliest", lambda s: s.top_k, _top_k),
)

MORE: tuple[Field, ...] = (
    Field(
        "typical",
        "typical",
        "of typical surprise, holding this share",
        lambda s: s.typical,
        lambda s, v: replace(s, typical=v),
    ),
    Field(
        "top_n_sigma",
        "top-n-sigma",
        "within so many deviations of the largest",
        lambda s: s.top_n_sigma,
        lambda s, v: replace(s, top_n_sigma=v),
    ),
    Field(
        "spread",
        "T spread",
        "temperature by the entropy, plus or minus",
        lambda s: s.dynamic_temperature.spread if s.dynamic_temperature else None,
        _spread,
    ),
    Field(
        "xtc",
        "XTC",
        "how often the likeliest are left out",
        lambda s: s.xtc.probability if s.xtc else None,
        _xtc,
    ),
    Field(
        "xtc_threshold",
        "XTC above",
        "which probability counts as likely",
        lambda s: s.xtc.threshold if s.xtc else None,
        _xtc_threshold,
    ),
    Field(
        "repeat",
        "repeat",
        "penalty on recent tokens; 1: none",
        lambda s: s.penalties.repeat if s.penalties else None,
        _penalty("repeat", 1.0),
    ),
    Field(
        "presence",
        "presence",
        "penalty, once a token",
        lambda s: s.penalties.presence if s.penalties else None,
        _penalty("presence", 0.0),
    ),
    Field(
        "frequency",
        "frequency",
        "penalty, each time seen",
        lambda s: s.penalties.frequency if s.penalties else None,
        _penalty("frequency", 0.0),
    ),
    Field(
        "dry",
        "DRY",
        "against repeated phrases; .8 is usual",
        lambda s: s.dry.multiplier if s.dry else None,
        _dry,
    ),
    Field(
        "mirostat",
        "mirostat",
        "steady surprise, in bits",
        lambda s: s.mirostat.tau if s.mirostat else None,
        _mirostat,
    ),
    Field(
        "adaptive",
        "adaptive-p",
        "tokens of about this probability",
        lambda s: s.adaptive_p.target if s.adaptive_p else None,
        _adaptive,
    ),
)

FIELDS = (*FIRST, *MORE)


def written(sampling: Sampling) -> dict[str, str]:
    """The form as this sampling fills it."""
    values = {field.name: field.read(sampling) for field in FIELDS}
    return {name: "" if value is None else f"{value:g}" for name, value in values.items()}


def read(texts: Mapping[str, str], before: Sampling) -> Sampling:
    """The sampling that a form asks for; what it does not tell stays as it was before.

    UsageError for what is no number, or one that no sampler takes.
    """
    sampling = before
    for field in FIELDS:
        text = texts[field.name].strip()
        try:
            value = float(text) if text else None
        except ValueError as error:
            raise UsageError(f"{field.label} is {text!r}.", "Give a number, or nothing.") from error
        if value != field.read(before):
            sampling = field.write(sampling, value)
    check_sampling(sampling)
    return sampling


def preset_of(sampling: Sampling, presets: Mapping[str, Sampling] = PRESETS) -> str | None:
    """The name of the preset that this is, None if it is none."""
    return next((name for name, preset in presets.items() if preset == sampling), None)


def n_more(sampling: Sampling) -> int:
    """How many of the fields under "more" say something."""
    return sum(1 for field in MORE if field.read(sampling) is not None)
