"""Fingerprints of places: how likely a few fixed texts would be there (the tests of a state)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from loom.convergence.scorer import Item, Scorer, TokenIds
from loom.convergence.spots import Spot
from loom.records import JudgeSettings

UNLIKELY_BITS = 12.0
"""Beyond this it does not matter how unlikely a probe is: a model's tail is mostly noise."""

Print = npt.NDArray[np.float64]


def probes_of(spots: Sequence[Spot], settings: JudgeSettings) -> list[TokenIds]:
    """Texts of the tree itself that follow its boundaries, drawn once and for all by the seed."""
    following: dict[TokenIds, None] = {}
    ordered = sorted(spots, key=lambda spot: spot.history)
    n = settings.probe_length
    for rank, one in enumerate(ordered):
        begins = len(one.history)
        # In lexicographic order what goes on from a history stands right behind it.
        for after in ordered[rank + 1 :]:
            if after.history[:begins] != one.history:
                break
            if len(after.history) >= begins + n:
                following[after.history[begins : begins + n]] = None
                break
    found = list(following)
    rng = random.Random(settings.seed)
    return found if len(found) <= settings.n_probes else rng.sample(found, settings.n_probes)


def fingerprints(
    scorer: Scorer, spots: Mapping[int, Spot], probes: Sequence[TokenIds]
) -> dict[int, Print]:
    """The fingerprint of each spot: bits of every beginning of every probe, shape (probes * n,).

    What is less likely than `UNLIKELY_BITS` counts as that; there is a probe at least.
    """
    items = [Item(spot.history, probe) for spot in spots.values() for probe in probes]
    scored = iter(scorer.score(items))
    return {number: np.concatenate([_bits(next(scored)) for _ in probes]) for number in spots}


def _bits(log2_probs: npt.NDArray[np.float64]) -> Print:
    return np.maximum(np.cumsum(log2_probs), -UNLIKELY_BITS)
