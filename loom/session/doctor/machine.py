"""Python, the packages, the machine, and llama.cpp on it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from loom import __version__
from loom.engine.devices import (
    default_threads,
    gpu_of_machine,
    processor_of_machine,
    rebuild_line,
)
from loom.engine.free_memory import available_bytes
from loom.engine.llama_build import llama_build

_DISTRIBUTION = "multiverse-loom"
_NAME = re.compile(r"[\w.-]+")


def loom_itself() -> dict[str, object]:
    """Loom's version and where it is installed."""
    return {"version": __version__, "folder": str(Path(__file__).parents[2])}


def python() -> dict[str, object]:
    """Which Python this is."""
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "virtual_environment": sys.prefix != sys.base_prefix,
    }


def packages() -> dict[str, object]:
    """The version of everything that loom needs, null where it is missing."""
    try:
        needed = importlib.metadata.requires(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return {}
    names = [_NAME.match(one) for one in needed if "extra ==" not in one or "hub" in one]
    return {found[0]: _version(found[0]) for found in names if found}


def system() -> dict[str, object]:
    """The machine: its processor, threads that loom would use, and its memory in bytes."""
    total = None
    with suppress(OSError, ValueError, AttributeError):
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "platform": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "processor": processor_of_machine(),
        "n_processors": os.cpu_count(),
        "n_threads": default_threads(),
        "memory_bytes": total,
        "memory_free_bytes": available_bytes(),
    }


def llama() -> dict[str, object]:
    """llama.cpp's build and devices, the machine's GPU, and how to use it if that is not so."""
    build = llama_build()
    gpu = gpu_of_machine()
    is_unused = gpu is not None and not _has_gpu(build)
    told: dict[str, object] = {"gpu_of_machine": gpu, "gpu_unused": is_unused}
    if gpu is not None and is_unused:
        told["rebuild"] = rebuild_line(gpu)
    return {**build, **told}


def _has_gpu(build: Mapping[str, object]) -> bool:
    devices = build.get("devices")
    return isinstance(devices, list) and any("GPU" in device["kind"] for device in devices)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
