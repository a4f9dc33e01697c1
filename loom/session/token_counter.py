"""How many tokens a text has, told while it is typed and without loading any weights."""

from __future__ import annotations

import threading

from loom.errors import LoomError
from loom.session.model_source import Count, ModelSource


class TokenCounter:
    """Counts in a model's own vocabulary, which is read behind the first question.

    A vocabulary of 150,000 tokens takes a second to read; a key must not wait for it.
    """

    def __init__(self) -> None:
        self._counts: dict[str, Count | None] = {}
        self._reading: set[str] = set()

    def count(self, model: ModelSource, text: str) -> int | None:
        """Tokens in the text, or None while the vocabulary is unread or cannot be expressed."""
        place = model.place
        if place not in self._counts:
            if place not in self._reading:
                self._reading.add(place)
                threading.Thread(target=self._read, args=(model,), daemon=True).start()
            return None
        count = self._counts[place]
        return None if count is None else count(text)

    def _read(self, model: ModelSource) -> None:
        try:
            count = model.count()
        except LoomError:
            count = None
        self._counts[model.place] = count
