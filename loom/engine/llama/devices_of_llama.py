"""What this build of llama.cpp can compute on."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from loom.engine.devices import Gpu, gpu_of_machine
from loom.engine.llama.library import ggml
from loom.engine.llama.words import words
from loom.errors import UsageError

DeviceKind = Literal["CPU", "GPU", "integrated GPU", "accelerator"]
# enum ggml_backend_dev_type, in its order.
_KINDS: tuple[DeviceKind, ...] = ("CPU", "GPU", "integrated GPU", "accelerator")


@dataclass(frozen=True, slots=True)
class Device:
    """One of ggml's devices: its name and what it is, its memory in bytes, and its handle."""

    name: str
    description: str
    kind: DeviceKind
    free_bytes: int
    total_bytes: int
    handle: int

    @property
    def is_gpu(self) -> bool:
        """Whether layers can be put there."""
        return self.kind in ("GPU", "integrated GPU")


def devices_of_llama() -> tuple[Device, ...]:
    """All of them, in ggml's order."""
    library = ggml()
    handles = [library.ggml_backend_dev_get(i) for i in range(library.ggml_backend_dev_count())]
    return tuple(_device(library, handle) for handle in handles)


def unused_gpu() -> Gpu | None:
    """The kind of GPU that this machine has and this build of llama.cpp cannot use."""
    gpu = gpu_of_machine()
    if gpu is None:
        return None
    words()  # From here on llama.cpp's log is ours, so that looking writes nothing on stderr.
    return None if any(device.is_gpu for device in devices_of_llama()) else gpu


def gpus_to_use(devices: Sequence[Device], wanted: str | None) -> tuple[Device, ...]:
    """The GPUs for a model: the wanted one, none for the processor; without a wish what is best.

    That is every GPU with memory of its own, or the integrated one where there are none.
    UsageError for a name that no device has.
    """
    if wanted is not None:
        named = [device for device in devices if device.name.lower() == wanted.lower()]
        if not named:
            raise UsageError(
                f"There is no device {wanted}.", f"This llama.cpp knows {_listed(devices)}."
            )
        return tuple(device for device in named if device.is_gpu)
    own = tuple(device for device in devices if device.kind == "GPU")
    return own or tuple(device for device in devices if device.kind == "integrated GPU")[:1]


def _device(library: ctypes.CDLL, handle: int) -> Device:
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    library.ggml_backend_dev_memory(handle, ctypes.byref(free), ctypes.byref(total))
    kind = library.ggml_backend_dev_type(handle)
    return Device(
        name=library.ggml_backend_dev_name(handle).decode("utf-8", "replace"),
        description=library.ggml_backend_dev_description(handle).decode("utf-8", "replace"),
        kind=_KINDS[kind] if kind < len(_KINDS) else "accelerator",
        free_bytes=free.value,
        total_bytes=total.value,
        handle=handle,
    )


def _listed(devices: Sequence[Device]) -> str:
    names = [
        device.name
        if device.name == device.description
        else f"{device.name} ({device.description})"
        for device in devices
    ]
    return ", ".join(names)
