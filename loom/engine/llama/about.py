"""What this build of llama.cpp is, for a report: printed as JSON by a process of its own."""

from __future__ import annotations

import json

import llama_cpp as lib

from loom.engine.llama.devices_of_llama import devices_of_llama
from loom.engine.llama.library import ggml
from loom.engine.llama.words import words


def about_llama() -> dict[str, object]:
    """Version, commit, what the processor's code uses, and the devices with their memory."""
    words()  # From here on llama.cpp's log is ours, so that looking prints nothing.
    devices = devices_of_llama()
    return {
        "binding": lib.__version__,
        "version": ggml().ggml_version().decode("ascii", "replace"),
        "commit": ggml().ggml_commit().decode("ascii", "replace"),
        "features": _features(lib.llama_print_system_info().decode("ascii", "replace")),
        "gpu_offload": bool(lib.llama_supports_gpu_offload()),
        "devices": [
            {
                "name": device.name,
                "description": device.description,
                "kind": device.kind,
                "free_bytes": device.free_bytes,
                "total_bytes": device.total_bytes,
            }
            for device in devices
        ],
    }


def _features(told: str) -> list[str]:
    """What is switched on in "CPU : SSE3 = 1 | AVX = 1 | ... | CUDA : ARCHS = 900 | ..."."""
    found = []
    for part in told.split("|"):
        name, equals, value = part.rpartition(":")[2].partition("=")
        if equals and value.strip() not in ("0", ""):
            number = value.strip()
            found.append(name.strip() if number == "1" else f"{name.strip()} {number}")
    return found


def print_about() -> None:
    """For the process that asks: one line of JSON."""
    print(json.dumps(about_llama()))  # noqa: T201
