"""Contexts on a loaded model: one for many sequences, one for growing alone."""

from __future__ import annotations

import re

import llama_cpp as lib

from loom.engine.events import Pooling
from loom.engine.llama.words import words
from loom.engine.room import N_BATCH, NotEnoughMemoryError, gib
from loom.errors import LoomError
from loom.records import ModelInfo

_FLASH = {"auto": -1, "off": 0, "on": 1}
_TYPES = {
    "f32": lib.GGML_TYPE_F32,
    "f16": lib.GGML_TYPE_F16,
    "bf16": 30,  # GGML_TYPE_BF16, which the binding does not list
    "q8_0": lib.GGML_TYPE_Q8_0,
    "q5_1": lib.GGML_TYPE_Q5_1,
    "q5_0": lib.GGML_TYPE_Q5_0,
    "q4_1": lib.GGML_TYPE_Q4_1,
    "q4_0": lib.GGML_TYPE_Q4_0,
}
_UNPOOLED = (lib.LLAMA_POOLING_TYPE_NONE, lib.LLAMA_POOLING_TYPE_UNSPECIFIED)
_WIDTH = re.compile(r"cache type \w+ with block size (\d+) does not divide n_embd_head_\w=(\d+)")


def open_context(
    model: lib.llama_model_p, info: ModelInfo, n_sequences: int
) -> lib.llama_context_p:
    """A context with one unified cache; NotEnoughMemoryError, or LoomError says why not."""
    params = _params(info)
    params.n_ctx = info.n_cells
    params.n_seq_max = n_sequences
    params.kv_unified = True
    params.swa_full = True
    # On a processor flash attention skips the cells of other branches: without it an empty cache
    # is an eighth faster, but each branch held for later slows the rest.
    context = lib.llama_init_from_model(model, params)
    if not context:
        raise _refused(info) or NotEnoughMemoryError(
            f"There is not enough memory for {info.n_cells:,} tokens of {info.name} "
            f"(about {gib(info.cache_bytes)}).",
            "Open it with a smaller --ctx.",
            info.cache_bytes,
        )
    return context


def open_lonely_context(model: lib.llama_model_p, info: ModelInfo) -> lib.llama_context_p:
    """A context for one sequence as long as the window, for growing alone."""
    params = _params(info)
    params.n_ctx = info.n_ctx
    params.n_seq_max = 1
    context = lib.llama_init_from_model(model, params)
    if not context:
        raise LoomError(
            f"There is not enough memory to grow exactly with {info.name}.",
            "Close other programs, or grow without --exact.",
        )
    return context


def open_embedding_context(
    model: lib.llama_model_p, info: ModelInfo, n_tokens: int, n_texts: int
) -> tuple[lib.llama_context_p, Pooling]:
    """A context that embeds so many texts at once, and where its vectors come from.

    With the model's own pooling, else the mean of hidden states. LoomError if it does not fit.
    """
    params = _params(info)
    params.n_ctx = params.n_batch = params.n_ubatch = n_tokens
    params.n_seq_max = n_texts
    params.kv_unified = True
    params.embeddings = True
    pooling: Pooling = "embedding model"
    context = lib.llama_init_from_model(model, params)
    if context and lib.llama_pooling_type(context) in _UNPOOLED:
        lib.llama_free(context)
        params.pooling_type = lib.LLAMA_POOLING_TYPE_MEAN
        pooling = "mean of hidden states"
        context = lib.llama_init_from_model(model, params)
    if not context:
        raise LoomError(
            f"There is not enough memory to embed texts with {info.name}.",
            "Unload other models, or choose a smaller one.",
        )
    return context, pooling


def _params(info: ModelInfo) -> lib.llama_context_params:
    params = lib.llama_context_default_params()
    params.n_batch = params.n_ubatch = N_BATCH
    params.n_threads = params.n_threads_batch = info.n_threads
    params.flash_attn_type = _FLASH[info.flash_attention]
    params.type_k = params.type_v = _TYPES[info.cache_type]
    params.no_perf = True
    return params


def _refused(info: ModelInfo) -> LoomError | None:
    """Why llama.cpp makes no context, if it is the type of the cache."""
    remedy = "Take --cache-type f16."
    reason = words().reason()
    if words().said("requires Flash Attention") or words().said("requires flash_attn"):
        return LoomError(
            f"A KV cache of type {info.cache_type} needs flash attention, which cannot be used "
            f"with {info.name} here.",
            remedy,
        )
    if found := _WIDTH.search(reason):
        block, head = found.groups()
        return LoomError(
            f"A KV cache of type {info.cache_type} does not suit {info.name}: its heads are "
            f"{head} wide, no multiple of {block}.",
            remedy,
        )
    return None
