"""How much memory a model takes, told before it is loaded, and how much this machine can spare."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loom.models.gguf_file import GgufMetadata

DEFAULT_WINDOW = 4_096
"""Tokens of cache that are reckoned with unless told otherwise."""

_N_BATCH = 512
_FLOAT_BYTES = 4
# Of every token of a batch llama.cpp keeps a row of logits and computes in another; beside them
# lie rows as wide as the model (queries, keys, values, the wider ones between). Sixteen of those,
# and the process itself, are rather too much than too little: with 135M weights and a vocabulary
# of 49,152 it comes to 502 MiB, and 482 were measured.
_N_LOGIT_ROWS, _N_ROWS = 2, 16
_PROCESS_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """Bytes for the weights, for the cache of tokens, and for computing a batch."""

    weights_bytes: int
    cache_bytes: int
    compute_bytes: int

    @property
    def total_bytes(self) -> int:
        """All of it."""
        return self.weights_bytes + self.cache_bytes + self.compute_bytes


def memory_need(metadata: GgufMetadata, n_cells: int = DEFAULT_WINDOW) -> MemoryNeed:
    """What a model takes with a cache of so many tokens in F16, or of its own window if smaller."""
    n_cells = min(n_cells, metadata.n_ctx_train or n_cells)
    row = _N_LOGIT_ROWS * metadata.n_vocab + _N_ROWS * (metadata.n_embd or 0)
    return MemoryNeed(
        weights_bytes=metadata.n_bytes,
        cache_bytes=n_cells * (metadata.cache_token_bytes or 0),
        compute_bytes=_N_BATCH * row * _FLOAT_BYTES + _PROCESS_BYTES,
    )


def available_bytes() -> int | None:
    """Memory that a new program can have on this machine, its container's limit included.

    Where the system does not say what is free (macOS) it is all there is; None if not even that
    is known.
    """
    told = [n for n in (_free_of_machine(), *_left_in_containers()) if n is not None]
    return min(told, default=None)


def _free_of_machine() -> int | None:
    if sys.platform == "win32":
        return _free_of_windows()
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


def _left_in_containers() -> Iterator[int]:
    """What the control groups that this process runs in still allow (cgroup v2)."""
    with suppress(OSError, ValueError, IndexError):
        group = Path("/proc/self/cgroup").read_text("utf-8").strip().rpartition("::")[2]
        root = Path("/sys/fs/cgroup")
        inner = root / group.strip("/")
        for folder in (inner, *inner.parents):
            if not folder.is_relative_to(root):
                return
            with suppress(OSError, ValueError):
                limit = int((folder / "memory.max").read_text("ascii"))
                used = int((folder / "memory.current").read_text("ascii"))
                yield max(0, limit - used + _reclaimable(folder))


def _reclaimable(group: Path) -> int:
    """Files that are only held in memory because there is room."""
    for line in (group / "memory.stat").read_text("ascii").splitlines():
        key, _, value = line.partition(" ")
        if key == "inactive_file":
            return int(value)
    return 0


def _free_of_windows() -> int | None:
    import ctypes

    # MEMORYSTATUSEX: two 32-bit numbers, the first its own size, and seven 64-bit ones.
    status = (ctypes.c_uint64 * 8)()
    status[0] = ctypes.sizeof(status)
    kernel32 = getattr(ctypes, "windll").kernel32  # noqa: B009
    return int(status[2]) if kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else None
