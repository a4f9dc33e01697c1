"""From options to a sampling; a value that means "off" leaves the step out of the chain."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from loom.errors import UsageError
from loom.records.sampling import (
    AdaptiveP,
    Dry,
    DynamicTemperature,
    LogitBias,
    Mirostat,
    Penalties,
    Sampling,
    Xtc,
)
from loom.records.sampling_limits import check_sampling

if TYPE_CHECKING:
    from loom.cli.sampler_options import SamplingChoice

T = TypeVar("T")

BIAS = re.compile(r"(?P<token>.+)(?P<sign>[+-])(?P<size>inf|\d+\.?\d*|\.\d+)", re.DOTALL)


def chosen_sampling(usual: Sampling, given: SamplingChoice) -> Sampling:
    """The usual sampling with what was given in its place; UsageError if it makes none."""
    begun = usual if given.preset is None else _preset(given.preset)
    chosen = replace(
        begun,
        temperature=_or(given.temperature, begun.temperature),
        top_k=_or(given.top_k, begun.top_k) or None,
        top_p=_below_one(_or(given.top_p, begun.top_p)),
        min_p=_or(given.min_p, begun.min_p) or None,
        typical=_below_one(_or(given.typical, begun.typical)),
        top_n_sigma=_above_zero(_or(given.top_n_sigma, begun.top_n_sigma)),
        xtc=_xtc(begun.xtc, given),
        dynamic_temperature=_dynamic(begun.dynamic_temperature, given),
        mirostat=_mirostat(begun.mirostat, given),
        adaptive_p=_adaptive(begun.adaptive_p, given),
        penalties=_penalties(begun.penalties, given),
        dry=_dry(begun.dry, given),
        biases=tuple(map(bias_of, given.logit_bias)) or begun.biases,
        ban_end=_or(given.ignore_eos, begun.ban_end),
        grammar=_grammar(begun.grammar, given),
    )
    if given.samplers is not None:
        named = (name.strip().replace("-", "_") for name in given.samplers.split(";"))
        # What is not the name of a step is refused by the check, with the names that there are.
        chosen = replace(chosen, order=tuple(filter(None, named)))  # type: ignore[arg-type]
    check_sampling(chosen)
    return chosen


def bias_of(text: str) -> LogitBias:
    """The bias that `TOKEN(+|-)BIAS` asks for: digits are an id, anything else a text."""
    found = BIAS.fullmatch(text)
    if found is None or (found["sign"], found["size"]) == ("+", "inf"):
        raise UsageError(
            f"{text!r} is no bias on a token.",
            "Write the token's id or text, + or -, and a number: 42-1.5, or 42-inf for never.",
        )
    token, size = found["token"], float(found["size"])
    bias = None if math.isinf(size) else size if found["sign"] == "+" else -size
    return LogitBias(int(token) if token.isdecimal() and token.isascii() else token, bias)


def _preset(name: str) -> Sampling:
    from loom.session.presets import preset_named

    return preset_named(name)


def _or(given: T | None, usual: T) -> T:
    return usual if given is None else given


def _below_one(mass: float | None) -> float | None:
    return None if mass is None or mass == 1 else mass


def _above_zero(value: float | None) -> float | None:
    return None if value is None or value <= 0 else value


def _needed(option: str, needs: str) -> UsageError:
    return UsageError(f"--{option} says nothing without --{needs}.", f"Give --{needs} too.")


def _xtc(usual: Xtc | None, given: SamplingChoice) -> Xtc | None:
    if given.xtc_probability is not None:
        begun = usual or Xtc(0)
        usual = replace(begun, probability=given.xtc_probability)
    if given.xtc_threshold is not None:
        if usual is None:
            raise _needed("xtc-threshold", "xtc-probability")
        usual = replace(usual, threshold=given.xtc_threshold)
    return None if usual is None or usual.probability == 0 else usual


def _dynamic(usual: DynamicTemperature | None, given: SamplingChoice) -> DynamicTemperature | None:
    if given.dynatemp_range is not None:
        begun = usual or DynamicTemperature(0)
        usual = replace(begun, spread=given.dynatemp_range)
    if given.dynatemp_exp is not None:
        if usual is None:
            raise _needed("dynatemp-exp", "dynatemp-range")
        usual = replace(usual, exponent=given.dynatemp_exp)
    return None if usual is None or usual.spread == 0 else usual


def _mirostat(usual: Mirostat | None, given: SamplingChoice) -> Mirostat | None:
    if given.mirostat == 0:
        return None
    if given.mirostat is not None:
        # A version that there is not is refused by the check.
        usual = replace(usual or Mirostat(), version=given.mirostat)  # type: ignore[arg-type]
    for option, value in (("tau", given.mirostat_tau), ("eta", given.mirostat_eta)):
        if value is not None and usual is None:
            raise _needed(f"mirostat-{option}", "mirostat")
    if usual is None:
        return None
    return replace(
        usual, tau=_or(given.mirostat_tau, usual.tau), eta=_or(given.mirostat_eta, usual.eta)
    )


def _adaptive(usual: AdaptiveP | None, given: SamplingChoice) -> AdaptiveP | None:
    if given.adaptive_target is not None:
        if given.adaptive_target < 0:
            return None
        usual = replace(usual or AdaptiveP(0), target=given.adaptive_target)
    if given.adaptive_decay is not None:
        if usual is None:
            raise _needed("adaptive-decay", "adaptive-target")
        usual = replace(usual, decay=given.adaptive_decay)
    return usual


def _penalties(usual: Penalties | None, given: SamplingChoice) -> Penalties | None:
    begun = usual or Penalties()
    chosen = Penalties(
        repeat=_or(given.repeat_penalty, begun.repeat),
        presence=_or(given.presence_penalty, begun.presence),
        frequency=_or(given.frequency_penalty, begun.frequency),
        last_n=_or(given.repeat_last_n, begun.last_n),
    )
    acts = (chosen.repeat, chosen.presence, chosen.frequency) != (1, 0, 0)
    if given.repeat_last_n and not acts:
        raise _needed("repeat-last-n", "repeat-penalty")
    return chosen if acts and chosen.last_n else None


def _dry(usual: Dry | None, given: SamplingChoice) -> Dry | None:
    begun = usual or Dry(multiplier=0)
    breakers = begun.breakers
    if given.dry_sequence_breaker:
        named = (_unescaped(text) for text in given.dry_sequence_breaker if text != "none")
        breakers = tuple(named)
    chosen = Dry(
        multiplier=_or(given.dry_multiplier, begun.multiplier),
        base=_or(given.dry_base, begun.base),
        allowed_length=_or(given.dry_allowed_length, begun.allowed_length),
        last_n=_or(given.dry_penalty_last_n, begun.last_n),
        breakers=breakers,
    )
    if chosen != begun and not (chosen.multiplier or begun.multiplier):
        raise UsageError(
            "The options of DRY say nothing without --dry-multiplier.", "Give --dry-multiplier too."
        )
    return chosen if chosen.multiplier and chosen.last_n else None


def _unescaped(text: str) -> str:
    r"""A shell makes it hard to type a line break, so `\n` means one, and `\t` a tab."""
    return text.replace("\\n", "\n").replace("\\t", "\t")


def _grammar(usual: str | None, given: SamplingChoice) -> str | None:
    if given.grammar is not None and given.grammar_file is not None:
        raise UsageError("Two grammars are given.", "Give --grammar or --grammar-file.")
    if given.grammar_file is None:
        return _or(given.grammar, usual) or None
    try:
        return given.grammar_file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            f"{given.grammar_file} is not valid UTF-8.", "A grammar is a text in UTF-8."
        ) from None
    except OSError as error:
        raise UsageError(f"{given.grammar_file} cannot be read: {error.strerror}.") from error
