"""Requests as work: prompts are read, lengths checked, provenance written down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from loom.engine.backend import Backend
from loom.engine.events import Accepted
from loom.engine.prompts import PromptReader, ReadPrompt
from loom.engine.request import Grow, Score
from loom.engine.scoring import Scoring
from loom.engine.sequence import Growth, Reading
from loom.errors import LoomError, UsageError
from loom.records import Provenance


class Intake:
    """Turns requests into what the engine works on; LoomError says why one cannot be run."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.reader = PromptReader(backend)

    def growth(self, request: Grow, now_s: float) -> tuple[Growth, Accepted]:
        """A growth, and what is told of it."""
        self._require_laws()
        self._backend.check_sampling(request.sampling)
        if request.cover and request.mode == "exact":
            raise UsageError(
                "Covering the next tokens does not run in exact mode: it shares one batch.",
                "Leave out one of the two.",
            )
        prompt = self.reader.beginning(request.prompt)
        self.reader.require_some(prompt.ids)
        self.reader.require_room(len(prompt.ids), 1)
        most = min(request.max_tokens, self._backend.info.n_ctx - len(prompt.ids))
        trunk = Reading(prompt.ids[:-1])
        waiting = [] if request.cover else list(range(request.n_branches))
        growth = Growth(request, prompt.ids, now_s, most, trunk, waiting)
        return growth, Accepted(request.request_id, prompt.parts, self._provenance(request, prompt))

    def scoring(self, request: Score, now_s: float) -> Scoring:
        """Texts to be scored."""
        self._require_laws()
        items = []
        for item in request.items:
            history = self.reader.beginning(item.history).ids
            if not history:
                raise LoomError(
                    "A text can only be scored after some other text with this model.",
                    "Put at least a line break in front of it.",
                )
            text = self.reader.middle(item.text).ids
            self.reader.require_room(len(history) + len(text))
            items.append((history, text))
        return Scoring(request, items, now_s)

    def _require_laws(self) -> None:
        if not self._backend.generates:
            raise LoomError(
                f"{self._backend.info.name} turns texts into vectors and cannot continue them.",
                "Choose a model that writes.",
            )

    def _provenance(self, request: Grow, prompt: ReadPrompt) -> Provenance:
        return Provenance(
            model=self._backend.info,
            sampling=request.sampling,
            seed=request.seed,
            n_branches=request.n_branches,
            max_tokens=request.max_tokens,
            n_prompt_tokens=len(prompt.ids),
            prompt_sha256=sha256_of_ids(prompt.ids),
            mode=request.mode,
        )


def sha256_of_ids(ids: Sequence[int]) -> str:
    """A hash of token ids, each as four bytes, the least significant first."""
    return hashlib.sha256(np.array(ids, "<i4").tobytes()).hexdigest()
