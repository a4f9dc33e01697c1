"""Opening a model file with llama.cpp, and saying in a sentence why it cannot be."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import llama_cpp as lib

from loom.engine.devices import default_threads, gpu_of_machine, processor_of_machine
from loom.engine.llama.contexts import open_context
from loom.engine.llama.devices_of_llama import Device, devices_of_llama, gpus_to_use
from loom.engine.llama.header import read_shape
from loom.engine.llama.library import ggml
from loom.engine.llama.states import n_sequences_for
from loom.engine.llama.words import words
from loom.engine.request import LoadSpec
from loom.engine.room import (
    N_BATCH,
    N_SEQUENCES,
    NotEnoughMemoryError,
    Shape,
    Wish,
    fewer_layers,
    fitting_cells,
    fitting_layers,
    wanted_cells,
)
from loom.errors import LoomError, ModelFileError
from loom.records import ModelInfo

UNQUANTISED = ("f32", "f16", "bf16")
"""Types of cache that can be read without flash attention."""

AVX512_STEP = 64
"""How many numbers ggml takes at once with AVX-512 (GGML_F16_STEP); it takes the rest singly."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A model in memory with its context for many sequences; whoever opened it frees both."""

    model: lib.llama_model_p
    context: lib.llama_context_p
    info: ModelInfo
    n_sequences: int


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to open a model: its first `gpu_layers` on these GPUs (none: on the processor)."""

    gpus: tuple[Device, ...]
    gpu_layers: int


def open_model(spec: LoadSpec) -> Opened:
    """Load a model and make room for it.

    ModelFileError for a file that llama.cpp cannot run, NotEnoughMemoryError for one that does not
    fit, UsageError for a device that there is not. All layers go to the GPU, or as many as fit.
    """
    _check_cache(spec)
    shape = read_shape(spec.path)
    devices = devices_of_llama()
    room_bytes = _room(spec, devices)
    attempts = _attempts(spec, shape, gpus_to_use(devices, spec.device))
    for attempt in attempts[:-1]:
        try:
            return _open(spec, shape, attempt, room_bytes)
        except NotEnoughMemoryError:
            # A GPU promises more than it can give in one piece; with fewer layers it may do.
            continue
    return _open(spec, shape, attempts[-1], room_bytes)


def _room(spec: LoadSpec, devices: Sequence[Device]) -> int:
    """Memory of this machine that the model may take: what was said, or all there is.

    Never without bounds: the system gives whatever it is asked for, and ends somebody when it is
    used.
    """
    if spec.room_bytes is not None:
        return spec.room_bytes
    return max(device.total_bytes for device in devices if device.kind == "CPU")


def _attempts(spec: LoadSpec, shape: Shape, gpus: tuple[Device, ...]) -> Sequence[_Attempt]:
    on_processor = _Attempt((), 0)
    if not gpus or spec.gpu_layers == 0:
        return [on_processor]
    if spec.gpu_layers is not None:
        return [_Attempt(gpus, min(spec.gpu_layers, shape.n_layers + 1))]
    wish = _wish(spec, N_SEQUENCES)
    free_bytes = sum(gpu.free_bytes for gpu in gpus)
    most = fitting_layers(shape, wish, wanted_cells(shape, wish).n_cells, free_bytes)
    return [_Attempt(gpus, n) if n else on_processor for n in fewer_layers(most)]


def _open(spec: LoadSpec, shape: Shape, attempt: _Attempt, room_bytes: int) -> Opened:
    if not attempt.gpus and _flash_is_slow(spec, shape):
        spec = replace(spec, flash_attention="off")
    on_host = 1 - attempt.gpu_layers / (shape.n_layers + 1)
    with ExitStack() as undo:
        # Before the weights are read: they may take minutes, and what does not fit is known now.
        fitting_cells(shape, _wish(spec, 1), room_bytes, on_host)
        model = _load(spec, shape, attempt)
        undo.callback(lib.llama_model_free, model)
        n_sequences = n_sequences_for(model)
        wish = _wish(spec, n_sequences)
        cells = fitting_cells(shape, wish, room_bytes, on_host)
        info = replace(
            _described(model, spec, shape, attempt),
            n_ctx=cells.n_ctx,
            n_cells=cells.n_cells,
            cache_bytes=shape.cache_bytes(cells.n_cells, spec.cache_type),
        )
        words().clear()
        context = open_context(model, info, n_sequences)
        info = replace(info, flash_attention=_flash_attention(spec))
        undo.pop_all()
    return Opened(model, context, info, n_sequences)


def _load(spec: LoadSpec, shape: Shape, attempt: _Attempt) -> lib.llama_model_p:
    log = words()
    log.clear()
    params = lib.llama_model_default_params()
    params.n_gpu_layers = attempt.gpu_layers
    handles = (ctypes.c_void_p * (len(attempt.gpus) + 1))(*(gpu.handle for gpu in attempt.gpus))
    params.devices = ctypes.cast(handles, ctypes.c_void_p)
    path = spec.path.encode("utf-8", "surrogateescape")
    model = lib.llama_model_load_from_file(path, params)
    if model:
        return model
    if log.said("failed to allocate") or log.said("unable to allocate"):
        raise NotEnoughMemoryError(
            f"There is not enough memory for the weights of {shape.name}.",
            "Close other programs, or take a smaller model or quantisation.",
            shape.weight_bytes,
        )
    raise ModelFileError(
        f"llama.cpp cannot open {spec.path}: {log.reason()}.",
        "The file may be damaged, or made for a newer llama.cpp.",
    )


def _wish(spec: LoadSpec, n_sequences: int) -> Wish:
    return Wish(spec.n_ctx, spec.cache_type, n_sequences, flash=spec.flash_attention != "off")


def _check_cache(spec: LoadSpec) -> None:
    if spec.flash_attention == "off" and spec.cache_type not in UNQUANTISED:
        raise LoomError(
            f"A KV cache of type {spec.cache_type} needs flash attention, which is off.",
            "Leave --flash-attention at auto, or take --cache-type f16.",
        )


def _flash_is_slow(spec: LoadSpec, shape: Shape) -> bool:
    """Whether "auto" should be "off" on the processor.

    Flash attention is two to four times slower there where a head is no multiple of what ggml takes
    at once (measured with heads of 32 and 48); with heads of 64 and 128 it is the quicker one.
    """
    free = spec.flash_attention == "auto" and spec.cache_type in UNQUANTISED
    return free and _has_avx512() and shape.head_width % AVX512_STEP != 0


def _has_avx512() -> bool:
    return b"AVX512 = 1" in lib.llama_print_system_info()


def _flash_attention(spec: LoadSpec) -> str:
    """What llama.cpp made of "auto": it has no function that tells, but says it."""
    if spec.flash_attention != "auto":
        return spec.flash_attention
    must = spec.cache_type not in UNQUANTISED
    return "on" if must or words().said("Flash Attention enabled") else "off"


def _described(
    model: lib.llama_model_p, spec: LoadSpec, shape: Shape, attempt: _Attempt
) -> ModelInfo:
    template = lib.llama_model_chat_template(model, None)
    quantisation = _text_of(lib.llama_model_desc, model).split()
    n_layers = int(lib.llama_model_n_layer(model))
    on_gpu = min(attempt.gpu_layers, n_layers)
    gpus = tuple(gpu.name for gpu in attempt.gpus)
    offloads = any(device.is_gpu for device in devices_of_llama())
    return ModelInfo(
        name=spec.name or shape.name,
        path=spec.path,
        fingerprint=spec.fingerprint,
        architecture=_metadata(model, "general.architecture"),
        quantisation=quantisation[-1] if quantisation else "",
        n_parameters=int(lib.llama_model_n_params(model)),
        n_vocab=int(lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(model))),
        n_ctx_train=int(lib.llama_model_n_ctx_train(model)),
        n_ctx=0,
        n_cells=0,
        device=_device(on_gpu, n_layers),
        build=_build(),
        n_threads=spec.n_threads or default_threads(),
        n_batch=N_BATCH,
        gpu_layers=on_gpu,
        chat_template=template.decode("utf-8", "replace") if template else None,
        gpu_unused=None if offloads else gpu_of_machine(),
        n_layers=n_layers,
        n_ubatch=N_BATCH,
        devices=gpus if on_gpu == n_layers else (*gpus, "CPU"),
        flash_attention=spec.flash_attention,
        cache_type=spec.cache_type,
        weight_bytes=int(lib.llama_model_size(model)),
        processor=processor_of_machine(),
    )


def _device(on_gpu: int, n_layers: int) -> str:
    if not on_gpu:
        return "CPU"
    return "GPU" if on_gpu == n_layers else f"GPU {on_gpu}/{n_layers}"


def _build() -> str:
    commit = ggml().ggml_commit().decode("ascii", "replace")
    return f"llama-cpp-python {lib.__version__}, ggml {ggml().ggml_version().decode()} ({commit})"


def _text_of(read: object, model: lib.llama_model_p) -> str:
    buffer = ctypes.create_string_buffer(256)
    n = read(model, buffer, len(buffer))  # type: ignore[operator]
    return buffer.raw[: max(0, min(n, 255))].decode("utf-8", "replace")


def _metadata(model: lib.llama_model_p, key: str) -> str:
    buffer = ctypes.create_string_buffer(256)
    n = lib.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.raw[: max(0, min(n, 255))].decode("utf-8", "replace")
