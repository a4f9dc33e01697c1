"""A text to measure with."""

from __future__ import annotations

import random
from pathlib import Path

from loom.models.encoding import encoding_for
from loom.models.gguf_file import read_metadata
from loom.worlds.quill import draw_story


def stories(model: Path, n_tokens: int, seed: int) -> str:
    """Stories of the town, as many words of them as make about `n_tokens` for the model."""
    rng = random.Random(seed)
    words = " ".join(draw_story(rng).text for _ in range(20)).split(" ")
    encoding = encoding_for(read_metadata(model))
    if encoding is None:
        return " ".join(words[: n_tokens // 2])
    low, high = 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if encoding.count_tokens(" ".join(words[:middle])) <= n_tokens:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])
