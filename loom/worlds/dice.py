"""Drawing from the exact law of a world as a person asks for it: a sampler chain over arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from loom.errors import UsageError
from loom.records import Sampling

Law = npt.NDArray[np.float64]
"""Natural logarithms of the weights of all tokens, shape (V,); -inf for what is left out."""

STEPS_KNOWN = (
    "logit_bias",
    "top_n_sigma",
    "top_k",
    "typical",
    "top_p",
    "min_p",
    "xtc",
    "temperature",
    "greedy",
    "dice",
)


def check_steps(sampling: Sampling) -> None:
    """UsageError for a step that a world cannot take: it has exact laws and no llama.cpp."""
    for step in sampling.steps:
        if step not in STEPS_KNOWN:
            raise UsageError(
                f"A world does not draw with {step.replace('_', ' ')}.",
                "Leave it out, or grow with a model.",
            )


class WorldDice:
    """One branch's dice: a chain of steps and a generator of its own."""

    def __init__(
        self, sampling: Sampling, seed: int, ends: Sequence[int], biases: Mapping[int, float]
    ) -> None:
        """Draw as `sampling` says; `ends` are the tokens that end a text."""
        check_steps(sampling)
        self._sampling = sampling
        self._rng = np.random.Generator(np.random.PCG64(seed))
        self._ends = np.array(ends, np.intp)
        self._biases = biases
        self._steps: dict[str, Callable[[Law], Law]] = {
            "logit_bias": self._bias,
            "top_n_sigma": self._top_n_sigma,
            "top_k": self._top_k,
            "typical": self._typical,
            "top_p": self._top_p,
            "min_p": self._min_p,
            "xtc": self._xtc,
            "temperature": self._heat,
        }

    def draw(self, log_law: Law, *, may_end: bool) -> int:
        """A token of the law after all steps; no end token unless it may end."""
        law = log_law.copy()
        if not may_end:
            law[self._ends] = -np.inf
        for step in self._sampling.steps:
            if step == "greedy":
                return int(np.argmax(law))
            if step in self._steps:
                law = self._steps[step](law)
        weights = np.cumsum(_softmax(law))
        point = self._rng.random() * weights[-1]
        return int(np.searchsorted(weights, point, side="right"))

    def _bias(self, law: Law) -> Law:
        for token, bias in self._biases.items():
            law[token] += bias
        if self._sampling.ban_end:
            law[self._ends] = -np.inf
        return law

    def _heat(self, law: Law) -> Law:
        temperature, dynamic = self._sampling.temperature, self._sampling.dynamic_temperature
        if dynamic is not None:
            p = _softmax(law)
            n_left = int(np.count_nonzero(p))
            entropy = -float(np.sum(p * np.log(np.where(p > 0, p, 1.0))))
            share = (entropy / math.log(n_left)) ** dynamic.exponent if n_left > 1 else 0.0
            least = max(0.0, temperature - dynamic.spread)
            temperature = least + (temperature + dynamic.spread - least) * share
        return law / max(temperature, 1e-6)

    def _top_k(self, law: Law) -> Law:
        k = self._sampling.top_k or 0
        if not 0 < k < len(law):
            return law
        return _keep(law, np.argsort(-law, kind="stable")[:k])

    def _top_p(self, law: Law) -> Law:
        assert self._sampling.top_p is not None
        order = np.argsort(-law, kind="stable")
        mass = np.cumsum(_softmax(law)[order])
        n_kept = int(np.searchsorted(mass, self._sampling.top_p)) + 1
        return _keep(law, order[:n_kept])

    def _min_p(self, law: Law) -> Law:
        assert self._sampling.min_p is not None
        law[law < law.max() + math.log(self._sampling.min_p)] = -np.inf
        return law

    def _top_n_sigma(self, law: Law) -> Law:
        assert self._sampling.top_n_sigma is not None
        finite = law[np.isfinite(law)]
        law[law < finite.max() - self._sampling.top_n_sigma * finite.std()] = -np.inf
        return law

    def _typical(self, law: Law) -> Law:
        assert self._sampling.typical is not None
        p = _softmax(law)
        surprise = -np.log(np.where(p > 0, p, 1.0))
        distance = np.where(p > 0, np.abs(surprise - float(np.sum(p * surprise))), np.inf)
        order = np.argsort(distance, kind="stable")
        n_kept = int(np.searchsorted(np.cumsum(p[order]), self._sampling.typical)) + 1
        return _keep(law, order[:n_kept])

    def _xtc(self, law: Law) -> Law:
        xtc = self._sampling.xtc
        assert xtc is not None
        if self._rng.random() >= xtc.probability:
            return law
        p = _softmax(law)
        above = np.flatnonzero(p >= xtc.threshold)
        if len(above) > 1:
            law[above[p[above] > p[above].min()]] = -np.inf
        return law


def _softmax(law: Law) -> Law:
    weights = np.exp(law - law.max())
    return np.asarray(weights / weights.sum(), np.float64)


def _keep(law: Law, kept: npt.NDArray[np.intp]) -> Law:
    left = np.full_like(law, -np.inf)
    left[kept] = law[kept]
    return left
