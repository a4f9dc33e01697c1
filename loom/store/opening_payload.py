"""How a model was to be opened, as a JSON object and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from loom.records import CacheType, FlashAttention, Opening
from loom.store.payload import Json, Payload

_FLASH: tuple[FlashAttention, ...] = get_args(FlashAttention)
_CACHE_TYPES: tuple[CacheType, ...] = get_args(CacheType)


def from_opening(opening: Opening) -> Mapping[str, Json]:
    """An opening as a JSON object."""
    return {
        "n_ctx": opening.n_ctx,
        "gpu_layers": opening.gpu_layers,
        "device": opening.device,
        "flash_attention": opening.flash_attention,
        "cache_type": opening.cache_type,
    }


def to_opening(payload: Payload | None) -> Opening:
    """The opening that an object describes; a session without one leaves all to the engine."""
    if payload is None:
        return Opening()
    return Opening(
        n_ctx=payload.integer_or_none("n_ctx"),
        gpu_layers=payload.integer_or_none("gpu_layers"),
        device=payload.text_or_none("device"),
        flash_attention=payload.choice("flash_attention", _FLASH),
        cache_type=payload.choice("cache_type", _CACHE_TYPES),
    )
