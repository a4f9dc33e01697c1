"""Where the time of a step goes: the same backend with a clock in its hands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from loom.engine.backend import Coming, Row, Sampler
from loom.engine.engine import Engine
from loom.engine.llama.backend import LlamaBackend
from loom.engine.request import Grow, LoadSpec, TokensPart
from loom.records import Sampling, StepCosts, TokenStats


class TimedBackend(LlamaBackend):
    """A backend that adds up the seconds it spends decoding, drawing and on statistics."""

    def __init__(self, spec: LoadSpec) -> None:
        """As LlamaBackend."""
        super().__init__(spec)
        self.decode_s = self.sampling_s = self.records_s = 0.0

    def decode(self, rows: Sequence[Row]) -> None:
        """As LlamaBackend."""
        began_s = time.perf_counter()
        super().decode(rows)
        self.decode_s += time.perf_counter() - began_s

    def sampler(self, sampling: Sampling, seed: int) -> Sampler:  # type: ignore[override]
        """As LlamaBackend."""
        return _TimedSampler(self, super().sampler(sampling, seed))

    def statistics(self, laws: Sequence[int], chosen: Sequence[int], top_k: int) -> TokenStats:
        """As LlamaBackend."""
        began_s = time.perf_counter()
        found = super().statistics(laws, chosen, top_k)
        self.records_s += time.perf_counter() - began_s
        return found

    def statistics_beside(
        self, laws: Sequence[int], chosen: Sequence[int], top_k: int
    ) -> Coming | None:
        """As LlamaBackend; counted is the time in which the step goes on with nothing else."""
        began_s = time.perf_counter()
        coming = super().statistics_beside(laws, chosen, top_k)
        self.records_s += time.perf_counter() - began_s
        return None if coming is None else partial(self._waited_for, coming)

    def _waited_for(self, coming: Coming) -> TokenStats:
        began_s = time.perf_counter()
        found = coming()
        self.records_s += time.perf_counter() - began_s
        return found

    def step_costs(self, prompt: Sequence[int], n_branches: int, n_tokens: int) -> StepCosts:
        """Grow so many branches in this process; the prompt is read before the clock starts."""
        self.clear()
        engine = Engine(self)
        self._grow(engine, prompt, 1, 1)
        self.decode_s = self.sampling_s = self.records_s = 0.0
        began_s = time.perf_counter()
        n_steps = self._grow(engine, prompt, n_branches, n_tokens)
        elapsed_s = time.perf_counter() - began_s
        self.clear()
        known_s = self.decode_s + self.sampling_s + self.records_s
        seconds = (self.decode_s, self.sampling_s, self.records_s, elapsed_s - known_s)
        return StepCosts(n_branches, *(1e3 * s / n_steps for s in seconds))

    def _grow(self, engine: Engine, prompt: Sequence[int], n_branches: int, n_tokens: int) -> int:
        parts = (TokensPart(tuple(prompt)),)
        engine.submit(Grow("bench", parts, n_branches, n_tokens, Sampling(), seed=1))
        n_steps = 0
        while engine.growing:
            engine.step()
            n_steps += 1
        return n_steps


class _TimedSampler:
    """A sampler whose draws are timed."""

    def __init__(self, backend: TimedBackend, sampler: Sampler) -> None:
        self._backend = backend
        self._sampler = sampler
        self.prime, self.permits = sampler.prime, sampler.permits
        self.accept, self.close = sampler.accept, sampler.close

    def draw(self, law: int, *, may_end: bool) -> int:
        began_s = time.perf_counter()
        token_id = self._sampler.draw(law, may_end=may_end)
        self._backend.sampling_s += time.perf_counter() - began_s
        return token_id
