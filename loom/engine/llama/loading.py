"""Opening a model file with llama.cpp, and saying in a sentence why it cannot be."""

from __future__ import annotations

import ctypes
import functools
from collections import deque
from pathlib import Path

import llama_cpp as lib

from loom.engine.devices import default_threads, gpu_of_machine
from loom.engine.request import LoadSpec
from loom.errors import LoomError, ModelFileError
from loom.records import ModelInfo

N_SEQUENCES = 256
"""llama.cpp's own limit (LLAMA_MAX_SEQ)."""

N_BATCH = 512
DEFAULT_WINDOW = 4096
MOST_CELLS_BESIDE_WINDOW = 32_768
KV_BUDGET_BYTES = 1 << 30


class _Log:
    """llama.cpp's own words: kept for error messages, and written where stderr goes."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=50)
        self._callback = lib.llama_log_callback(self._take)
        lib.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _take(self, _level: int, text: bytes, _user: object) -> None:
        self.lines.append(text.decode("utf-8", "replace").strip())

    def reason(self) -> str:
        """The last line that says what went wrong."""
        said = [line.split(": ", 1)[-1] for line in self.lines if "error" in line.lower()]
        return said[-1].rstrip(".") if said else "llama.cpp does not say why"


@functools.cache
def _log() -> _Log:
    """The one log: llama.cpp calls it for as long as the library is loaded, so it must live."""
    lib.llama_backend_init()
    return _Log()


def load_model(spec: LoadSpec) -> lib.llama_model_p:
    log = _log()
    log.lines.clear()
    params = lib.llama_model_default_params()
    params.n_gpu_layers = -1 if spec.gpu_layers is None else spec.gpu_layers
    model = lib.llama_model_load_from_file(str(spec.path).encode(), params)
    if not model:
        raise ModelFileError(
            f"llama.cpp cannot open {spec.path}: {log.reason()}.",
            "The file may be damaged, or made for a newer llama.cpp.",
        )
    return model


def open_context(model: lib.llama_model_p, info: ModelInfo) -> lib.llama_context_p:
    params = lib.llama_context_default_params()
    params.n_ctx = info.n_cells
    params.n_batch = params.n_ubatch = N_BATCH
    params.n_seq_max = N_SEQUENCES
    params.n_threads = params.n_threads_batch = info.n_threads
    params.kv_unified = True
    params.swa_full = True
    params.no_perf = True
    # Flash attention is left to llama.cpp. On a processor it skips the cells of other branches:
    # without it an empty cache is an eighth faster, but each branch held for later slows the rest.
    context = lib.llama_init_from_model(model, params)
    if not context:
        gib = _cell_bytes(model) * info.n_cells / 2**30
        raise LoomError(
            f"There is not enough memory for {info.n_cells:,} tokens of {info.name} "
            f"(about {gib:.1f} GiB).",
            "Open it with a smaller --ctx.",
        )
    return context


def describe(model: lib.llama_model_p, vocab: lib.llama_vocab_p, spec: LoadSpec) -> ModelInfo:
    n_train = lib.llama_model_n_ctx_train(model)
    window = min(spec.n_ctx or DEFAULT_WINDOW, n_train) if n_train > 0 else DEFAULT_WINDOW
    beside = min(KV_BUDGET_BYTES // max(1, _cell_bytes(model)), MOST_CELLS_BESIDE_WINDOW)
    template = lib.llama_model_chat_template(model, None)
    offloads = bool(lib.llama_supports_gpu_offload())
    on_gpu = offloads and spec.gpu_layers != 0
    words = _text_of(lib.llama_model_desc, model).split()
    return ModelInfo(
        name=Path(spec.path).stem,
        path=spec.path,
        fingerprint=spec.fingerprint,
        architecture=_metadata(model, "general.architecture"),
        quantisation=words[-1] if words else "",
        n_parameters=int(lib.llama_model_n_params(model)),
        n_vocab=int(lib.llama_vocab_n_tokens(vocab)),
        n_ctx_train=n_train,
        n_ctx=window,
        n_cells=_round_up(max(window, beside), 256),
        device="GPU" if on_gpu else "CPU",
        build=f"llama-cpp-python {lib.__version__}",
        n_threads=spec.n_threads or default_threads(),
        n_batch=N_BATCH,
        gpu_layers=(spec.gpu_layers or lib.llama_model_n_layer(model)) if on_gpu else 0,
        chat_template=template.decode("utf-8", "replace") if template else None,
        gpu_unused=None if offloads else gpu_of_machine(),
    )


def _cell_bytes(model: lib.llama_model_p) -> int:
    """Bytes that one token takes in an F16 cache."""
    n_head = max(1, lib.llama_model_n_head(model))
    width = lib.llama_model_n_embd(model) // n_head * lib.llama_model_n_head_kv(model)
    return int(2 * 2 * lib.llama_model_n_layer(model) * width)


def _round_up(n: int, step: int) -> int:
    return -(-n // step) * step


def _text_of(read: object, model: lib.llama_model_p) -> str:
    buffer = ctypes.create_string_buffer(256)
    n = read(model, buffer, len(buffer))  # type: ignore[operator]
    return buffer.raw[: max(0, min(n, 255))].decode("utf-8", "replace")


def _metadata(model: lib.llama_model_p, key: str) -> str:
    buffer = ctypes.create_string_buffer(256)
    n = lib.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.raw[: max(0, min(n, 255))].decode("utf-8", "replace")
