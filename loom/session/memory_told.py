"""How much memory a model would take, reckoned as the engine does before it loads one."""

from __future__ import annotations

from loom.engine.room import N_SEQUENCES, Need, Shape, Wish, need_of
from loom.models.gguf_file import GgufMetadata

_F16_BYTES = 2


def need_told(metadata: GgufMetadata, free_bytes: int | None) -> Need:
    """What a model takes opened as usual, on a machine where so much is free (None: unknown)."""
    shape = Shape(
        name=metadata.name,
        n_layers=metadata.n_layers or 0,
        n_embd=metadata.n_embd or 0,
        n_heads=metadata.n_heads or 0,
        n_vocab=metadata.n_vocab,
        n_ctx_train=metadata.n_ctx_train or 0,
        n_cached=(metadata.cache_token_bytes or 0) // _F16_BYTES,
        weight_bytes=metadata.n_bytes,
    )
    return need_of(shape, Wish(None, "f16", N_SEQUENCES, flash=True), free_bytes)
