"""How much a model remembers of each token, told from its header alone."""

from __future__ import annotations

from loom.models.header_values import HeaderValues

_F16_BYTES = 2


def cache_token_bytes(values: HeaderValues, architecture: str) -> int | None:
    """Bytes that the keys and values of one token take in an F16 cache; None if it is not told.

    Layers without keys of their own (recurrent ones) count nothing where the header lists them so,
    and as the others where it does not: rather too much than too little. What a recurrent layer
    remembers does not grow with the text.
    """
    n_layers = values.get(f"{architecture}.block_count", int)
    n_heads = values.integers(f"{architecture}.attention.head_count")
    n_kv_heads = values.integers(f"{architecture}.attention.head_count_kv") or n_heads
    n_embd = values.get(f"{architecture}.embedding_length", int) or 0
    most_heads = max(n_heads, default=0)
    if not n_layers or most_heads <= 0:
        return None
    head = n_embd // most_heads
    key = values.get(f"{architecture}.attention.key_length", int) or head
    value = values.get(f"{architecture}.attention.value_length", int) or head
    per_layer = n_kv_heads if len(n_kv_heads) > 1 else n_kv_heads * n_layers
    return sum(max(0, n) for n in per_layer[:n_layers]) * max(0, key + value) * _F16_BYTES
