"""The bundled base model on a thread of this process, timed by what it computes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from loom.convergence.spots import LIKELIEST, Step
from loom.engine.events import BranchEnded, EngineEvent, Stepped
from loom.engine.local import LocalEngine
from loom.engine.request import Grow, LoadSpec, Request, TokensPart
from loom.records.sampling import PRESETS
from loom.session.judging.asking import EngineScorer, JudgedBy
from loom.worlds.catalogue import open_world

MODEL = Path(__file__).parents[2] / "assets" / "story-base.gguf"


@dataclass(eq=False)
class Grown:
    """Branches of one prompt as they came, with what was stored of them, and what that took."""

    prompt: tuple[int, ...]
    token_ids: list[list[int]]
    steps: list[list[Step]]
    seconds: float

    @property
    def n_tokens(self) -> int:
        """Of all branches together."""
        return sum(map(len, self.token_ids))


@dataclass(eq=False)
class _Growing:
    n_branches: int
    token_ids: dict[int, list[int]] = field(default_factory=dict)
    steps: dict[int, list[Step]] = field(default_factory=dict)
    n_ended: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def take(self, event: EngineEvent) -> None:
        if isinstance(event, Stepped) and event.tokens.stats is not None:
            stats = event.tokens.stats
            for row, (_, index) in enumerate(event.branches):
                token, law = (
                    int(event.tokens.ids[row]),
                    np.exp(stats.top_logprobs[row].astype(float)),
                )
                likeliest = dict(zip(stats.top_ids[row].tolist(), law.tolist(), strict=True))
                kept = dict(list(likeliest.items())[:LIKELIEST])
                own = float(np.exp(stats.logprob[row]))
                self.token_ids.setdefault(index, []).append(token)
                self.steps.setdefault(index, []).append(Step(token, own, kept))
        elif isinstance(event, BranchEnded):
            self.n_ended += 1
            if self.n_ended == self.n_branches:
                self.done.set()


class Opened:
    """An engine with the model, and a scorer that asks it.

    Its seconds are those of the processor: what the model computes on one thread, however busy the
    machine is.
    """

    def __init__(self) -> None:
        from loom.engine.llama.backend import LlamaBackend

        spec = LoadSpec(str(MODEL), n_ctx=2048, n_threads=1)
        vocabulary = open_world("story-world").vocabulary
        marks = (vocabulary.end_of_text,)
        pieces = {i: vocabulary.piece(i) for i in range(len(vocabulary))}
        by = JudgedBy("story-base", marks, marks, pieces)
        self.scorer = EngineScorer(by, self._submit, clock=time.process_time)
        self._growing = _Growing(0)
        self._ready = threading.Event()
        self._engine = LocalEngine(lambda: LlamaBackend(spec), self._listen)
        self._ready.wait()

    def grow(self, prompt: tuple[int, ...], n_branches: int, n_tokens: int, seed: int) -> Grown:
        """Branches at temperature 1 with nothing cut, and the seconds they took."""
        growing = self._growing = _Growing(n_branches)
        begun_s = time.process_time()
        self._submit(
            Grow("grown", (TokensPart(prompt),), n_branches, n_tokens, PRESETS["as is"], seed)
        )
        growing.done.wait()
        seconds = time.process_time() - begun_s
        ids = [growing.token_ids[i] for i in range(n_branches)]
        return Grown(prompt, ids, [growing.steps[i] for i in range(n_branches)], seconds)

    def _listen(self, events: tuple[EngineEvent, ...]) -> None:
        for event in self.scorer.hear(events):
            self._growing.take(event)
        self._ready.set()

    def _submit(self, request: Request) -> bool:
        self._engine.submit(request)
        return True

    def close(self) -> None:
        """Unload the model."""
        self._engine.close()
