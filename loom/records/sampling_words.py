"""A sampling in one short line, as a header and a command line show it."""

from __future__ import annotations

from collections.abc import Callable

from loom.records.sampling import ORDER, Link, Sampling


def sampling_words(sampling: Sampling) -> str:
    """For example "T 1 min-p .05 · DRY .8": what cuts the law, then what else acts on it."""
    acting = sampling.steps
    cuts = [_temperature(sampling)]
    cuts += [words(sampling) for link, words in _CUTS.items() if link in acting]
    extras = [words(sampling) for link, words in _EXTRAS.items() if link in acting]
    if sampling.ban_end:
        extras.append("no end")
    if sampling.order != ORDER:
        extras.append("own order")
    return " · ".join([" ".join(cuts), *filter(None, extras)])


def _temperature(sampling: Sampling) -> str:
    dynamic = None if sampling.greedy else sampling.dynamic_temperature
    around = f"±{fraction(dynamic.spread)}" if dynamic else ""
    return f"T {fraction(sampling.temperature)}{around}"


def fraction(value: float) -> str:
    """A number without the nought before its point: .05."""
    return f"{value:g}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:g}"


def _mirostat(sampling: Sampling) -> str:
    assert sampling.mirostat is not None
    return f"mirostat {sampling.mirostat.version} at {fraction(sampling.mirostat.tau)} bits"


def _xtc(sampling: Sampling) -> str:
    assert sampling.xtc is not None
    return f"XTC {fraction(sampling.xtc.probability)}"


def _penalties(sampling: Sampling) -> str:
    given = sampling.penalties
    assert given is not None
    named = (
        ("repeat", given.repeat, 1.0),
        ("presence", given.presence, 0.0),
        ("frequency", given.frequency, 0.0),
    )
    return " ".join(f"{name} {fraction(value)}" for name, value, none in named if value != none)


def _dry(sampling: Sampling) -> str:
    assert sampling.dry is not None
    return f"DRY {fraction(sampling.dry.multiplier)}"


def _adaptive(sampling: Sampling) -> str:
    assert sampling.adaptive_p is not None
    return f"adaptive-p {fraction(sampling.adaptive_p.target)}"


def _biases(sampling: Sampling) -> str:
    n = len(sampling.biases)
    return f"{n} bias{'es' if n > 1 else ''}" if n else ""


_CUTS: dict[Link, Callable[[Sampling], str]] = {
    "top_n_sigma": lambda sampling: f"top-n-sigma {fraction(sampling.top_n_sigma or 0)}",
    "top_k": lambda sampling: f"top-k {sampling.top_k}",
    "typical": lambda sampling: f"typical {fraction(sampling.typical or 0)}",
    "top_p": lambda sampling: f"top-p {fraction(sampling.top_p or 0)}",
    "min_p": lambda sampling: f"min-p {fraction(sampling.min_p or 0)}",
    "mirostat": _mirostat,
}

_EXTRAS: dict[Link, Callable[[Sampling], str]] = {
    "xtc": _xtc,
    "penalties": _penalties,
    "dry": _dry,
    "adaptive_p": _adaptive,
    "logit_bias": _biases,
    "grammar": lambda _: "grammar",
}
