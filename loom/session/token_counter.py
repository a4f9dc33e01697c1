"""How many tokens a text has, told while it is typed and without loading any weights."""

from __future__ import annotations

import threading
from pathlib import Path

from loom.errors import LoomError
from loom.models.encoding import VocabularyEncoding, encoding_for
from loom.models.gguf_file import read_metadata


class TokenCounter:
    """Counts in a model's own vocabulary, which is read behind the first question.

    A vocabulary of 150,000 tokens takes a second to read; a key must not wait for it.
    """

    def __init__(self) -> None:
        self._encodings: dict[Path, VocabularyEncoding | None] = {}
        self._reading: set[Path] = set()

    def count(self, model: Path, text: str) -> int | None:
        """Tokens in the text, or None while the vocabulary is unread or cannot be expressed."""
        if model not in self._encodings:
            if model not in self._reading:
                self._reading.add(model)
                threading.Thread(target=self._read, args=(model,), daemon=True).start()
            return None
        encoding = self._encodings[model]
        return None if encoding is None else encoding.count_tokens(text)

    def _read(self, model: Path) -> None:
        try:
            encoding = encoding_for(read_metadata(model))
        except LoomError:
            encoding = None
        self._encodings[model] = encoding
