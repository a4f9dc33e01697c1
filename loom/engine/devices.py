"""What this machine offers to compute with, and how llama.cpp is rebuilt to use it."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from pathlib import Path
from typing import Literal, get_args

Gpu = Literal["NVIDIA", "AMD", "Metal", "Intel"]
"""A kind of GPU: its maker, or Apple's way to program it."""

LLAMA_BOUND = "llama-cpp-python>=0.3.36,<0.4"
"""What loom asks of the binding, as in pyproject.toml."""

_FLAGS: dict[Gpu, str] = {
    "NVIDIA": "-DGGML_CUDA=on",
    "AMD": "-DGGML_HIP=on",
    "Metal": "-DGGML_METAL=on",
    "Intel": "-DGGML_VULKAN=on",
}
_VULKAN = "-DGGML_VULKAN=on"
_PCI_VENDORS: dict[str, Gpu] = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}


def usable_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else (os.cpu_count() or 1)


def default_threads() -> int:
    """Threads for llama.cpp: the processors this process may use, halved where they are many.

    From eight up they are mostly two to a core, and a second thread a core gains decoding nothing.
    """
    n_processors = usable_processors()
    return max(1, n_processors // 2 if n_processors >= 8 else n_processors)


def processor_of_machine(root: Path = Path("/")) -> str:
    """What the machine calls its processor; the kind of machine where it has no name for it."""
    try:
        lines = (root / "proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def gpu_of_machine(root: Path = Path("/")) -> Gpu | None:
    """The kind of GPU that this machine has, as far as a look at its device files tells."""
    if sys.platform == "darwin":
        return "Metal" if os.uname().machine == "arm64" else None
    if (root / "dev/nvidiactl").exists():
        return "NVIDIA"
    if (root / "dev/kfd").exists():
        return "AMD"
    found = {_PCI_VENDORS.get(vendor) for vendor in _vendors(root)}
    # A card that only draws the screen has no device file to compute with; the maker is enough to
    # tell which build could use it.
    return next((gpu for gpu in _FLAGS if gpu in found), None)


def _vendors(root: Path) -> list[str]:
    vendors = []
    for node in sorted((root / "dev/dri").glob("renderD*")):
        try:
            vendor = root / "sys/class/drm" / node.name / "device/vendor"
            vendors.append(vendor.read_text("ascii").strip())
        except OSError:
            continue
    return vendors


def rebuild_line(gpu: str) -> str:
    """The shell command that builds llama.cpp anew for that kind of GPU (of `gpu_of_machine`).

    For a kind that is not known it builds for Vulkan, which most GPUs have. It names this very
    Python, since another one's pip would build for another loom.
    """
    known = [kind for kind in get_args(Gpu) if kind == gpu]
    flag = _FLAGS[known[0]] if known else _VULKAN
    return f'CMAKE_ARGS="{flag}" {_install()} "{LLAMA_BOUND}"'


def _install() -> str:
    python = f"'{sys.executable}'" if " " in sys.executable else sys.executable
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {python} --reinstall --no-cache"
    return f"{python} -m pip install --force-reinstall --no-cache-dir"
