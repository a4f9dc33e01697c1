"""Whoever has the lock of a session file has it alone, with each system's own way of locking."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from loom.store import lock as own

WITH_FLOCK = pytest.param(
    "darwin", marks=pytest.mark.skipif(sys.platform == "win32", reason="has no flock")
)


def as_on(platform: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The lock as it is on another system."""
    spec = importlib.util.spec_from_file_location("lock_elsewhere", own.__file__)
    assert spec is not None
    assert spec.loader is not None
    lock = importlib.util.module_from_spec(spec)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", platform)
        spec.loader.exec_module(lock)
    return lock


@pytest.mark.parametrize("platform", [sys.platform, WITH_FLOCK])
def test_the_lock_is_one_descriptors_until_that_is_closed(
    tmp_path: Path, platform: str, monkeypatch: pytest.MonkeyPatch
):
    lock = as_on(platform, monkeypatch)
    path = tmp_path / "t.loom"
    path.write_bytes(b"x")
    first, second = (lock.open_descriptor(path, os.O_RDWR) for _ in range(2))
    looking = lock.open_descriptor(path, os.O_RDONLY)
    assert not lock.is_locked(looking)
    assert lock.try_lock(first)
    assert lock.is_locked(looking)
    assert lock.is_locked(second)
    assert not lock.try_lock(second)
    # Another descriptor of the same file that is closed takes no lock away.
    os.close(looking)
    assert not lock.try_lock(second)
    os.close(first)
    assert not lock.is_locked(second)
    assert lock.try_lock(second)
    os.close(second)
    assert path.read_bytes() == b"x"
