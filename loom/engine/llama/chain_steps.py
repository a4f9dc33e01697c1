"""The steps of a chain as llama.cpp's samplers."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import llama_cpp as lib

from loom.engine.llama.candidates import Drop
from loom.records.sampling import Dry, Link, Sampling

LOOKING_BACK: tuple[Link, ...] = ("penalties", "dry")
"""Steps that depend on earlier tokens and change each logit by itself."""

FRAGILE: tuple[Link, ...] = ("typical", "mirostat")
"""Steps that a token of probability 0 leads astray."""

MIROSTAT_TOKENS = 100
"""How many of the likeliest tokens mirostat 1 looks at, as in its paper."""

RANDOM_SEED = 0xFFFFFFFF
"""The seed that llama.cpp replaces by one of its own choice."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps that can follow one another without a look at the candidates between them."""

    links: tuple[Link, ...]
    drops_before: Drop | None = None


def stretches(links: Sequence[Link], sampling: Sampling) -> tuple[Stretch, ...]:
    """A chain cut where candidates are dropped in between."""
    parts: list[list[Link]] = [list(links[:1])]
    drops: list[Drop | None] = ["impossible" if links[0] in FRAGILE else None]
    for before, link in pairwise(links):
        if link in FRAGILE:
            drop: Drop | None = "impossible"
        elif before == "top_n_sigma" and not sampling.dynamic_temperature:
            # The dynamic temperature depends on how many candidates there are, masked or not.
            drop = "masked"
        else:
            parts[-1].append(link)
            continue
        parts.append([link])
        drops.append(drop)
    return tuple(Stretch(tuple(part), drop) for part, drop in zip(parts, drops, strict=True))


def new_step(link: Link, sampling: Sampling, seed: int, n_vocab: int) -> object:
    """A sampler for any step but the grammar, biases and DRY; whoever gets it frees it."""
    match link:
        case "penalties" if given := sampling.penalties:
            return lib.llama_sampler_init_penalties(
                n_vocab, given.last_n, given.repeat, given.frequency, given.presence
            )
        case "top_n_sigma":
            return lib.llama_sampler_init_top_n_sigma(sampling.top_n_sigma)
        case "top_k" if sampling.top_k:
            return lib.llama_sampler_init_top_k(min(sampling.top_k, n_vocab))
        case "typical":
            return lib.llama_sampler_init_typical(sampling.typical, 1)
        case "top_p":
            return lib.llama_sampler_init_top_p(sampling.top_p, 1)
        case "min_p":
            return lib.llama_sampler_init_min_p(sampling.min_p, 1)
        case "xtc" if xtc := sampling.xtc:
            # With the seed of the dice, one of its numbers would decide both.
            own = second_seed(seed)
            return lib.llama_sampler_init_xtc(xtc.probability, xtc.threshold, 1, own)
        case "temperature":
            dynamic = sampling.dynamic_temperature
            spread, exponent = (dynamic.spread, dynamic.exponent) if dynamic else (0.0, 1.0)
            return lib.llama_sampler_init_temp_ext(sampling.temperature, spread, exponent)
        case _:
            return _last_step(link, sampling, seed, n_vocab)


def _last_step(link: Link, sampling: Sampling, seed: int, n_vocab: int) -> object:
    match link:
        case "greedy":
            return lib.llama_sampler_init_greedy()
        case "dice":
            return lib.llama_sampler_init_dist(seed)
        case "mirostat" if (given := sampling.mirostat) and given.version == 1:
            return lib.llama_sampler_init_mirostat(
                n_vocab, seed, given.tau, given.eta, MIROSTAT_TOKENS
            )
        case "mirostat" if given := sampling.mirostat:
            return lib.llama_sampler_init_mirostat_v2(seed, given.tau, given.eta)
        case "adaptive_p" if adaptive := sampling.adaptive_p:
            return lib.llama_sampler_init_adaptive_p(adaptive.target, adaptive.decay, seed)
    raise AssertionError(f"{link} is no step of its own")


def new_dry(vocab: object, dry: Dry) -> object:
    """DRY, which looks through the whole vocabulary for its breakers: clone it for each branch."""
    breakers = [text.encode() for text in dry.breakers]
    return lib.llama_sampler_init_dry(
        vocab,
        dry.multiplier,
        dry.base,
        dry.allowed_length,
        dry.last_n,
        (ctypes.c_char_p * len(breakers))(*breakers),
        len(breakers),
    )


def new_chain(steps: Sequence[object]) -> object:
    """A chain that frees its steps when it is freed."""
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    for step in steps:
        lib.llama_sampler_chain_add(chain, step)
    return chain


def second_seed(seed: int) -> int:
    """Another seed that follows from a first."""
    digest = hashlib.sha256(f"loom second seed {seed}".encode()).digest()
    value = int.from_bytes(digest[:4], "little")
    return value if value != RANDOM_SEED else 0
