"""How much memory this machine can spare for a model."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


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
