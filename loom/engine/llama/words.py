"""What llama.cpp says while it works: kept to tell why something failed, and passed on."""

from __future__ import annotations

import ctypes
import functools
import re
from collections import deque
from collections.abc import Callable

import llama_cpp as lib

_INFO, _CONTINUED = 2, 5
"""ggml's levels; 1 is for debugging, 5 goes on with the line before."""

MOST_BYTES = 1 << 20
"""How much of it is passed on in one process: a model that fails at every step says so each time"""

_SPEAKER = re.compile(r"^~?[\w:]+: ")
_PREAMBLE = re.compile(r"^(error loading model( \w+)?: |llama_model_loader: |check_tensor_dims: )")
_PATTERNS = (
    (
        r"unknown model architecture: '(.*)'",
        "it is of the architecture {0}, which this llama.cpp does not know",
    ),
    (r"tensor '(.*)' data is not within the file", "it is cut short: the weights {0} are missing"),
    (r"tensor '(.*)' has wrong shape", "its weights {0} have another shape than it says"),
    (r"(?:missing tensor|tensor) '(.*)'(?: not found)?$", "its weights {0} are missing"),
    (r"key not found in model: (.*)", "its key {0} is missing"),
    (r"version (\d+) but this software only", "it is of version {0} of GGUF, which is too new"),
    (r"invalid magic", "it is not a GGUF file"),
    (r"unknown pre-tokenizer type: '(.*)'", "this llama.cpp does not know its tokenizer {0}"),
    (r"failed to read|read error|unexpectedly reached end", "it is cut short"),
)
_USELESS = ("failed to load model", "failed to read header", "failed to load model from")


class Words:
    """Takes every line of llama.cpp's log; `pass_on` gets those that are not for debugging."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=200)
        self._pass_on: Callable[[str], object] | None = None
        self._n_passed = 0
        self._callback = lib.llama_log_callback(self._take)
        lib.llama_log_set(self._callback, ctypes.c_void_p(0))

    def pass_on(self, to: Callable[[str], object]) -> None:
        """Have lines handed on, the first mebibyte of them."""
        self._pass_on = to

    def clear(self) -> None:
        """Forget what was said so far."""
        self._lines.clear()

    def said(self, what: str) -> bool:
        """Whether a line since `clear` holds these words."""
        return any(what in line for line in self._lines)

    def reason(self) -> str:
        """Why loading failed, to follow "because"; from the last line that says so."""
        told = [_SPEAKER.sub("", line) for line in self._lines]
        told = [_PREAMBLE.sub("", _PREAMBLE.sub("", line)) for line in told]
        errors = [line for line in told if line and not line.startswith(_USELESS)]
        for line in reversed(errors):
            for pattern, words in _PATTERNS:
                if found := re.search(pattern, line):
                    return words.format(*found.groups())
        return errors[-1].rstrip(".") if errors else "llama.cpp does not say why"

    def _take(self, level: int, text: bytes, _user: object) -> None:
        line = text.decode("utf-8", "replace").rstrip()
        if level < _INFO or level == _CONTINUED or not line:
            return
        if level > _INFO or not self._lines or self._lines[-1] != line:
            self._lines.append(line)
        if self._pass_on is not None and self._n_passed < MOST_BYTES:
            self._n_passed += len(line) + 1
            self._pass_on(line + "\n")


@functools.cache
def words() -> Words:
    """The one log: llama.cpp calls it for as long as the library is loaded, so it must live."""
    lib.llama_backend_init()
    return Words()
