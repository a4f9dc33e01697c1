"""Statistics of exact laws, in double precision."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loom.records import TokenStats

LOG2_E = math.log2(math.e)


def statistics_of_laws(
    log_laws: Sequence[npt.NDArray[np.float64]], chosen: Sequence[int], top_k: int
) -> TokenStats:
    """Statistics of laws (natural logarithms, shape (V,)) where `chosen` were drawn."""
    k = min(top_k, len(log_laws[0])) if log_laws else 0
    rows = [_row(law, token, k) for law, token in zip(log_laws, chosen, strict=True)]
    numbers = np.array([row[0] for row in rows], np.float32).reshape(len(rows), 6)
    return TokenStats(
        logprob=numbers[:, 0],
        top_ids=np.array([row[1] for row in rows], np.int32).reshape(len(rows), k),
        top_logprobs=np.array([row[2] for row in rows], np.float32).reshape(len(rows), k),
        residual_mass=numbers[:, 1],
        entropy_bits=numbers[:, 2],
        collision=numbers[:, 3],
        varentropy_bits2=numbers[:, 4],
        p_max=numbers[:, 5],
    )


def _row(
    law: npt.NDArray[np.float64], token: int, k: int
) -> tuple[tuple[float, ...], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    p = np.exp(law)
    top = np.argsort(-law, kind="stable")[:k]
    mean = float(p @ law)
    variance = float(p @ (law - mean) ** 2)
    left = max(0.0, 1.0 - float(p[top].sum()))
    numbers = (law[token], left, -mean * LOG2_E, p @ p, variance * LOG2_E**2, p.max())
    return tuple(float(number) for number in numbers), top, law[top]
