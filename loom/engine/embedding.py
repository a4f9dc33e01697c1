"""Texts as vectors, a batch of them a step."""

from __future__ import annotations

from collections.abc import Sequence

from loom.engine.backend import Backend
from loom.engine.events import Embedded, EngineEvent, RequestEnded
from loom.engine.request import Embed
from loom.errors import LoomError, PromptTooLongError


class Embedding:
    """One `Embed` request: token ids of each text, and how far it has come."""

    def __init__(self, request: Embed, texts: Sequence[Sequence[int]], backend: Backend) -> None:
        """LoomError if the model makes no vectors, or a text is empty or longer than its window."""
        if not backend.n_embedded:
            raise LoomError(
                f"{backend.info.name} makes no vectors of texts.", "Choose another model for them."
            )
        for text in texts:
            if not text:
                raise LoomError("An empty text has no embedding.", "Leave it out.")
            if len(text) > backend.n_embedded:
                raise PromptTooLongError(
                    f"A text of {len(text):,} tokens is too long to embed: "
                    f"{backend.info.name} takes at most {backend.n_embedded:,}.",
                    "Embed it in parts.",
                )
        self.request = request
        self._texts = texts
        self._backend = backend
        self._n_done = 0
        self._cancelled = False

    @property
    def ended(self) -> bool:
        """Whether every text has its vector, or none is wanted any more."""
        return self._cancelled or self._n_done == len(self._texts)

    def step(self) -> tuple[list[EngineEvent], int]:
        """Embed as many texts as one batch holds; what happened, and how many tokens it took."""
        start = end = self._n_done
        n_tokens = 0
        while end < len(self._texts) and (
            n_tokens + len(self._texts[end]) <= self._backend.n_embedded
        ):
            n_tokens += len(self._texts[end])
            end += 1
        vectors = self._backend.embed(self._texts[start:end]) if end > start else []
        events: list[EngineEvent] = [
            Embedded(self.request.request_id, start + i, vector, self._backend.pooling)
            for i, vector in enumerate(vectors)
        ]
        self._n_done = end
        if self.ended:
            events.append(RequestEnded(self.request.request_id, cancelled=False))
        return events, n_tokens

    def cancel(self) -> list[EngineEvent]:
        """Nothing more is asked."""
        self._cancelled = True
        return [RequestEnded(self.request.request_id, cancelled=True)]
