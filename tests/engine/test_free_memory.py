"""What a model may take: no more than the machine has, and no more than its container is let."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from loom.engine.free_memory import available_bytes

MEMINFO = "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable:    2000 kB\n"
GROUP = "/sys/fs/cgroup/user/loom"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="of files that Linux has")


def machine(monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str]) -> None:
    """A machine that has these files and no other."""

    def read_text(path: Path, encoding: str | None = None) -> str:
        if str(path) not in files:
            raise FileNotFoundError(path)
        return files[str(path)]

    monkeypatch.setattr(Path, "read_text", read_text)


def group(limit: str, used: int, inactive_file: int | None = None, path: str = GROUP) -> dict:
    """The files of a control group."""
    told = "anon 5\n" if inactive_file is None else f"anon 5\ninactive_file {inactive_file}\n"
    return {
        f"{path}/memory.max": f"{limit}\n",
        f"{path}/memory.current": f"{used}\n",
        f"{path}/memory.stat": told,
    }


IN_GROUP = {"/proc/meminfo": MEMINFO, "/proc/self/cgroup": "0::/user/loom\n"}


def test_a_machine_says_what_a_new_program_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, {"/proc/meminfo": MEMINFO})
    assert available_bytes() == 2000 * 1024


@pytest.mark.parametrize(
    ("files", "n_bytes"),
    [
        (group("1000000", 400_000), 600_000),
        # What is only held because there is room counts as free.
        (group("1000000", 400_000, 50_000), 650_000),
        # A limit that was lowered under what is used.
        (group("1000", 400_000), 0),
        # No limit here, but one above; and one that is wider than the machine.
        (group("max", 1) | group("900000", 300_000, path="/sys/fs/cgroup/user"), 600_000),
        (group("99999999", 1), 2000 * 1024),
        # Two limits: the tighter.
        (group("500000", 0) | group("900000", 600_000, path="/sys/fs/cgroup/user"), 300_000),
        ({}, 2000 * 1024),
    ],
)
def test_a_container_lets_less(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, str], n_bytes: int
) -> None:
    machine(monkeypatch, {**IN_GROUP, **files})
    assert available_bytes() == n_bytes


def test_nothing_above_the_control_groups_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, {**IN_GROUP, **group("1", 0, path="/sys/fs")})
    assert available_bytes() == 2000 * 1024


def test_without_a_word_of_what_is_free_it_is_all_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 100}
    monkeypatch.setattr("os.sysconf", sizes.__getitem__)
    machine(monkeypatch, {"/proc/meminfo": "MemTotal: 9000 kB\n"})
    assert available_bytes() == 409_600


def test_where_nothing_is_known_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr("os.sysconf", unknown)
    machine(monkeypatch, {})
    assert available_bytes() is None
