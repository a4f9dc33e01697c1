"""What the machine has, and the line that makes llama.cpp use it."""

from __future__ import annotations

import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from loom.engine import devices
from loom.engine.devices import LLAMA_BOUND, gpu_of_machine, rebuild_line
from loom.engine.llama.devices_of_llama import Device, DeviceKind, devices_of_llama, gpus_to_use
from loom.errors import UsageError

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def device(name: str, kind: DeviceKind) -> Device:
    return Device(name, f"A {name}", kind, 8 << 30, 16 << 30, handle=1)


CPU, CUDA0, CUDA1 = device("CPU", "CPU"), device("CUDA0", "GPU"), device("CUDA1", "GPU")
SHARED = device("Vulkan0", "integrated GPU")


def test_the_line_that_rebuilds_asks_for_what_loom_asks_for() -> None:
    wanted = tomllib.loads(PYPROJECT.read_text())["project"]["dependencies"]
    assert LLAMA_BOUND in wanted


@pytest.mark.parametrize(
    ("gpu", "flag"),
    [
        ("NVIDIA", "-DGGML_CUDA=on"),
        ("AMD", "-DGGML_HIP=on"),
        ("Metal", "-DGGML_METAL=on"),
        ("Intel", "-DGGML_VULKAN=on"),
        ("something new", "-DGGML_VULKAN=on"),
    ],
)
def test_a_shell_reads_the_line_as_it_is_meant(gpu: str, flag: str) -> None:
    setting, python, *rest = shlex.split(rebuild_line(gpu))
    assert setting == f"CMAKE_ARGS={flag}"
    assert python == sys.executable
    assert rest[0:3] == ["-m", "pip", "install"]
    assert rest[-1] == LLAMA_BOUND
    assert {"--force-reinstall", "--no-cache-dir"} <= set(rest)


def test_without_pip_the_line_uses_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.importlib.util, "find_spec", lambda name: None)
    assert shlex.split(rebuild_line("NVIDIA"))[1:4] == ["uv", "pip", "install"]


def test_a_shell_runs_the_line_where_folders_have_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/my programs/python")
    assert shlex.split(rebuild_line("AMD"))[1] == "/my programs/python"


@pytest.mark.skipif(sys.platform != "linux", reason="device files of Linux")
@pytest.mark.parametrize(
    ("files", "gpu"),
    [
        ({}, None),
        ({"dev/nvidiactl": ""}, "NVIDIA"),
        ({"dev/kfd": ""}, "AMD"),
        ({"dev/dri/renderD128": "", "sys/class/drm/renderD128/device/vendor": "0x1002\n"}, "AMD"),
        ({"dev/dri/renderD128": "", "sys/class/drm/renderD128/device/vendor": "0x8086\n"}, "Intel"),
        ({"dev/dri/renderD128": "", "sys/class/drm/renderD128/device/vendor": "0x1af4\n"}, None),
        ({"dev/dri/renderD128": ""}, None),
    ],
)
def test_device_files_tell_which_gpu_there_is(
    files: dict[str, str], gpu: str | None, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert gpu_of_machine(tmp_path) == gpu


def test_llama_cpp_knows_the_processor() -> None:
    (cpu,) = [found for found in devices_of_llama() if found.kind == "CPU"]
    assert cpu.total_bytes > 1 << 28
    assert gpus_to_use([cpu], None) == gpus_to_use([cpu], "cpu") == ()


def test_every_gpu_is_used_unless_one_is_named() -> None:
    found = (CPU, SHARED, CUDA0, CUDA1)
    assert gpus_to_use(found, None) == (CUDA0, CUDA1)
    assert gpus_to_use(found, "cuda1") == (CUDA1,)
    assert gpus_to_use(found, "Vulkan0") == (SHARED,)
    assert gpus_to_use((CPU, SHARED), None) == (SHARED,)
    assert gpus_to_use(found, "CPU") == ()


def test_an_unknown_device_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no device CUDA7.*CPU \(A CPU\), CUDA0 \(A CUDA0\)"):
        gpus_to_use((CPU, CUDA0), "CUDA7")
