"""The parts of ggml that the binding has no functions for, declared here."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence

from llama_cpp._ggml import libggml

_HANDLE = ctypes.c_void_p
_SIZE = ctypes.POINTER(ctypes.c_size_t)

_FUNCTIONS: dict[str, tuple[object, Sequence[object]]] = {
    "ggml_backend_dev_count": (ctypes.c_size_t, ()),
    "ggml_backend_dev_get": (_HANDLE, (ctypes.c_size_t,)),
    "ggml_backend_dev_name": (ctypes.c_char_p, (_HANDLE,)),
    "ggml_backend_dev_description": (ctypes.c_char_p, (_HANDLE,)),
    "ggml_backend_dev_type": (ctypes.c_int, (_HANDLE,)),
    "ggml_backend_dev_memory": (None, (_HANDLE, _SIZE, _SIZE)),
    "ggml_version": (ctypes.c_char_p, ()),
    "ggml_commit": (ctypes.c_char_p, ()),
    "gguf_free": (None, (_HANDLE,)),
    "gguf_find_key": (ctypes.c_int64, (_HANDLE, ctypes.c_char_p)),
    "gguf_get_kv_type": (ctypes.c_int, (_HANDLE, ctypes.c_int64)),
    "gguf_get_arr_type": (ctypes.c_int, (_HANDLE, ctypes.c_int64)),
    "gguf_get_arr_n": (ctypes.c_size_t, (_HANDLE, ctypes.c_int64)),
    "gguf_get_arr_data": (_HANDLE, (_HANDLE, ctypes.c_int64)),
    "gguf_get_val_data": (_HANDLE, (_HANDLE, ctypes.c_int64)),
    "gguf_get_val_str": (ctypes.c_char_p, (_HANDLE, ctypes.c_int64)),
}


class GgufInit(ctypes.Structure):
    """gguf_init_params: without room for tensors only the header is read."""

    _fields_ = (("no_alloc", ctypes.c_bool), ("ctx", _HANDLE))


@functools.cache
def ggml() -> ctypes.CDLL:
    """The library, its functions declared; an AttributeError names one that this build lacks."""
    library: ctypes.CDLL = libggml
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, list(arguments)
    library.gguf_init_from_file.restype = _HANDLE
    library.gguf_init_from_file.argtypes = [ctypes.c_char_p, GgufInit]
    return library
