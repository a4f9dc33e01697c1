"""How a model is opened, as far as a person may choose it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FlashAttention = Literal["auto", "on", "off"]
CacheType = Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"]


@dataclass(frozen=True, slots=True)
class Opening:
    """What was chosen for opening a model; None lets the engine choose.

    `n_ctx` is the window of one branch in tokens, `gpu_layers` how many layers go to a GPU
    (None: all that fit), `device` llama.cpp's own name of one, `cache_type` how the keys and
    values of the cache are stored.
    """

    n_ctx: int | None = None
    gpu_layers: int | None = None
    device: str | None = None
    flash_attention: FlashAttention = "auto"
    cache_type: CacheType = "f16"
