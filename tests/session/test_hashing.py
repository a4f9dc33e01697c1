"""Hashes of whole model files: right, remembered, and never in anybody's way."""

from __future__ import annotations

import hashlib
import json
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loom.session import hashing
from loom.session.hashing import ModelHashes
from loom.session.model_slot import FileStamp

TIMEOUT_S = 30

Told = queue.Queue[tuple[str, str]]
Start = Callable[..., ModelHashes]


@pytest.fixture
def told() -> Told:
    return queue.Queue()


@pytest.fixture
def start(tmp_path: Path, told: Told) -> Iterator[Start]:
    started: list[ModelHashes] = []

    def begin(is_idle: Callable[[], bool] = lambda: True) -> ModelHashes:
        hear = lambda fingerprint, sha256: told.put((fingerprint, sha256))  # noqa: E731
        started.append(ModelHashes(tmp_path / "data" / "hashes.json", hear, is_idle))
        return started[-1]

    yield begin
    for hashes in started:
        hashes.close()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"weights " * 400_000)
    return path


def sha256(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def test_the_hash_is_that_of_the_whole_file(start: Start, told: Told, model: Path) -> None:
    hashes = start()
    assert hashes.known("f") is None
    hashes.want("f", FileStamp.of(model))
    assert told.get(timeout=TIMEOUT_S) == ("f", sha256(model))
    assert hashes.known("f") == sha256(model)


def test_parts_are_hashed_one_after_another(start: Start, told: Told, tmp_path: Path) -> None:
    parts = [tmp_path / f"m-0000{i}-of-00002.gguf" for i in (1, 2)]
    for part in parts:
        part.write_text(part.name)
    start().want("f", FileStamp.of(parts[0]))
    assert told.get(timeout=TIMEOUT_S) == ("f", sha256(*parts))


def test_it_is_remembered_for_the_next_session(start: Start, told: Told, model: Path) -> None:
    start().want("f", FileStamp.of(model))
    told.get(timeout=TIMEOUT_S)
    later = start(is_idle=lambda: False)
    later.want("f", FileStamp.of(model))
    assert told.get_nowait() == ("f", sha256(model))


def test_a_changed_file_is_hashed_again(start: Start, told: Told, model: Path) -> None:
    hashes = start()
    hashes.want("f", FileStamp.of(model))
    told.get(timeout=TIMEOUT_S)
    model.write_bytes(b"others")
    hashes.want("g", FileStamp.of(model))
    assert told.get(timeout=TIMEOUT_S) == ("g", sha256(model))


def test_nothing_is_read_while_somebody_waits_for_the_machine(
    start: Start, told: Told, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "_PAUSE_S", 0.001)
    asked = threading.Semaphore(0)
    idle = threading.Event()

    def is_idle() -> bool:
        asked.release()
        return idle.is_set()

    hashes = start(is_idle)
    hashes.want("f", FileStamp.of(model))
    assert asked.acquire(timeout=TIMEOUT_S)
    assert asked.acquire(timeout=TIMEOUT_S)
    assert hashes.known("f") is None
    idle.set()
    assert told.get(timeout=TIMEOUT_S) == ("f", sha256(model))


def test_closing_ends_it_while_it_waits(start: Start, told: Told, model: Path) -> None:
    hashes = start(is_idle=lambda: False)
    hashes.want("f", FileStamp.of(model))
    hashes.close()
    assert told.empty()
    assert not any(thread.name == "loom hashing" for thread in threading.enumerate())


def test_a_file_that_is_no_longer_the_one_that_was_loaded_is_not_told(
    start: Start, told: Told, model: Path, tmp_path: Path
) -> None:
    hashes = start()
    loaded = FileStamp.of(model)
    model.write_bytes(b"others")
    hashes.want("old", loaded)
    hashes.want("gone", FileStamp(((str(tmp_path / "gone.gguf"), 1, 1, 1),)))
    hashes.want("new", FileStamp.of(model))
    assert told.get(timeout=TIMEOUT_S) == ("new", sha256(model))
    assert hashes.known("old") is None


@pytest.mark.parametrize("memory", ["{", "[1]", '{"a": 1}', "\xff"])
def test_a_memory_that_makes_no_sense_is_begun_anew(
    start: Start, told: Told, model: Path, tmp_path: Path, memory: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hashes.json").write_bytes(memory.encode("latin-1"))
    start().want("f", FileStamp.of(model))
    assert told.get(timeout=TIMEOUT_S) == ("f", sha256(model))
    assert sha256(model) in json.loads((tmp_path / "data" / "hashes.json").read_text()).values()
