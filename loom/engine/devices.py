"""What this machine offers to compute with."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def default_threads() -> int:
    """Threads for llama.cpp: the processors this process may use, halved where they are many.

    From eight up they are mostly two to a core, and a second thread a core gains decoding nothing.
    """
    n_processors = (
        len(os.sched_getaffinity(0)) if sys.platform == "linux" else (os.cpu_count() or 1)
    )
    return max(1, n_processors // 2 if n_processors >= 8 else n_processors)


def gpu_of_machine() -> str | None:
    """The kind of GPU that this machine has, as far as a look at its device files tells."""
    if sys.platform == "darwin":
        return "Metal" if os.uname().machine == "arm64" else None
    if Path("/dev/nvidiactl").exists():
        return "NVIDIA"
    if Path("/dev/kfd").exists():
        return "AMD"
    return None
