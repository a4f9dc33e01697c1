"""What stored laws say of futures for nothing: the least by which two places can differ.

A tree that was grown holds, behind every place, a text and the law of each of its tokens. As long
as the texts behind two places are the same, the laws along them can be compared. With w the text,
P_a(w) its probability after a, and the futures divided by where they first leave w and with which
token, half the sum of the differences of these events' probabilities is at most the total
variation of the futures (that of a coarser division always is). It holds for any number of tokens
up to the horizon, and grows with each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loom.convergence.spots import Spot, Step

Matrix = npt.NDArray[np.float32]
Ids = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class LowerBounds:
    """Of every two of n spots the least total variation, and how many laws were compared for it.

    Both have the shape (n, n); where no law was compared both are 0.
    """

    variation: Matrix
    n_laws: npt.NDArray[np.int16]


def lower_bounds(spots: Sequence[Spot]) -> LowerBounds:
    """From the likeliest tokens of every stored law; what they leave out may agree or not."""
    n = len(spots)
    found = LowerBounds(np.zeros((n, n), np.float32), np.zeros((n, n), np.int16))
    reached = np.ones(n)
    alike = [np.array([i for i, spot in enumerate(spots) if spot.ahead], np.intp)]
    level = 0
    while alike:
        deeper: list[Ids] = []
        for numbers in alike:
            steps = [spots[i].ahead[level] for i in numbers]
            _compare(found, numbers, steps, reached[numbers])
            reached[numbers] *= [step.probability for step in steps]
            for going_on in _by_token(numbers, steps):
                ends = np.array([len(spots[i].ahead) == level + 1 for i in going_on])
                _close(found, going_on, ends, reached)
                deeper.append(going_on[~ends])
        alike = [numbers for numbers in deeper if len(numbers) > 1]
        level += 1
    return found


def _compare(
    found: LowerBounds, numbers: Ids, steps: Sequence[Step], reached: npt.NDArray[np.float64]
) -> None:
    """Add what leaves the common text at one step: everything but its next token, if that is one.

    `reached` is the probability of the text so far, shape (len(numbers),).
    """
    laws = [{**step.law, step.token_id: step.probability} for step in steps]
    columns = {token: i for i, token in enumerate(dict.fromkeys(t for law in laws for t in law))}
    dense = np.zeros((len(laws), len(columns)), np.float32)
    for row, law in enumerate(laws):
        dense[row, [columns[token] for token in law]] = list(law.values())
    rest = (np.maximum(0, 1 - dense.sum(axis=1)) * reached).astype(np.float32)
    dense *= reached[:, None].astype(np.float32)
    next_at = np.array([columns[step.token_id] for step in steps])
    for row, number in enumerate(numbers):
        apart = np.abs(dense - dense[row])
        same = next_at == next_at[row]
        leaving = apart.sum(axis=1) - np.where(same, apart[:, next_at[row]], 0)
        # What is unknown on one side may be all of the rest of it.
        found.variation[number, numbers] += np.maximum(0, leaving - rest - rest[row]) / 2
    found.n_laws[np.ix_(numbers, numbers)] += 1


def _by_token(numbers: Ids, steps: Sequence[Step]) -> list[Ids]:
    """Those whose next token is the same, where they are two at least."""
    groups: dict[int, list[int]] = {}
    for number, step in zip(numbers, steps, strict=True):
        groups.setdefault(step.token_id, []).append(int(number))
    return [np.array(group, np.intp) for group in groups.values() if len(group) > 1]


def _close(
    found: LowerBounds, numbers: Ids, ends: npt.NDArray[np.bool_], reached: npt.NDArray[np.float64]
) -> None:
    """Pairs of which one has no more laws: the rest of the text counts as one event."""
    here = reached[numbers]
    gap = np.abs(here[:, None] - here[None]) / 2
    closing = ends[:, None] | ends[None]
    found.variation[np.ix_(numbers, numbers)] += np.where(closing, gap, 0).astype(np.float32)
