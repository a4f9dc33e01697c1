"""What llama.cpp remembers, through the memory, against evaluation from scratch.

For every way in which an architecture keeps memory: branches that begin anywhere on what is held,
on the device or on the host, get the same laws as if nothing had been kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import llama_cpp
import numpy as np
import pytest

from loom.engine.backend import Row
from loom.engine.llama.backend import LlamaBackend
from loom.engine.memory import Memory
from loom.engine.request import LoadSpec
from loom.models.random_weights import ARCHITECTURES, write_random_model
from tests.engine.plain_weights import write_plain

KINDS = {
    "llama": "anywhere",
    "gemma2": "window",
    "gemma3": "window",
    "mamba": "whole",
    "rwkv6": "whole",
    "falcon-h1": "whole",
    "lfm2": "whole",
}
N_WINDOW = 128
ROOMY = 1 << 28

Law = np.ndarray


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, story_base: Path) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("architectures")
    files = {"llama": folder / "llama.gguf"}
    write_plain(story_base, files["llama"])
    for architecture in ARCHITECTURES:
        files[architecture] = folder / f"{architecture}.gguf"
        write_random_model(files[architecture], architecture, seed=1)
    return files


@pytest.fixture
def few_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device of 256 cells, of which 64 are kept when it rests."""
    monkeypatch.setattr("loom.engine.room.MOST_CELLS_BESIDE_WINDOW", 256)
    monkeypatch.setattr("loom.engine.memory.MOST_HELD_CELLS", 64)
    monkeypatch.setattr("loom.engine.memory.FEWEST_SPREAD_CELLS", 64)


@pytest.fixture(params=KINDS)
def backend(
    request: pytest.FixtureRequest, files: dict[str, Path], few_cells: None
) -> Iterator[LlamaBackend]:
    with closing(opened(files[request.param])) as backend:
        yield backend


def opened(path: Path) -> LlamaBackend:
    return LlamaBackend(LoadSpec(str(path), n_ctx=N_WINDOW, n_threads=1))


class Grower:
    """Writes given tokens as an engine would, and compares every law with one from scratch."""

    def __init__(self, backend: LlamaBackend, host_bytes: int = ROOMY) -> None:
        self.backend = backend
        self.memory = Memory(backend, host_bytes)
        self.n_evaluated = 0

    def open(self, path: list[int], n_new: int) -> int | None:
        """A sequence that holds all of a path but its last token."""
        sequence = self.memory.open(path[:-1], n_new + 1)
        if sequence is not None:
            n_had = self.memory.length(sequence)
            rest = path[n_had:-1]
            for start in range(0, len(rest), 16):
                chunk = rest[start : start + 16]
                rows = [Row(t, n_had + start + i, sequence, False) for i, t in enumerate(chunk)]
                self.write(rows)
        return sequence

    def write(self, rows: Sequence[Row]) -> list[Law]:
        self.backend.decode(rows)
        self.n_evaluated += len(rows)
        for row in rows:
            self.memory.push(row.sequence, [row.token_id])
        self.memory.check()
        return [self.backend.law(i).copy() for i in range(sum(row.wants_law for row in rows))]

    def step(self, growing: dict[int, list[int]], beside: Sequence[Row] = ()) -> None:
        """Evaluate the last token of every growing path in one batch, with some rows beside."""
        rows = [Row(path[-1], len(path) - 1, s, True) for s, path in growing.items()]
        rows += beside
        for law, path in zip(self.write(rows), growing.values(), strict=True):
            self.compare(law, path)

    def next_rows(self, reader: int | None, read: list[int]) -> list[Row]:
        """The next few tokens of a text that is being read."""
        if reader is None:
            return []
        start = self.memory.length(reader)
        end = min(len(read), start + 5)
        return [Row(read[i], i, reader, False) for i in range(start, end)]

    def compare(self, law: Law, path: list[int]) -> None:
        expected = from_scratch(self.backend, path)
        difference = float(np.abs(law - expected).max())
        assert difference < 0.1
        assert expected[law.argmax()] > expected.max() - 0.1


def from_scratch(backend: LlamaBackend, path: list[int]) -> Law:
    alone = backend.alone()
    alone.forget(0)
    alone.decode([Row(t, i, 0, i == len(path) - 1) for i, t in enumerate(path)])
    return alone.law(0)


@pytest.fixture(params=["gemma2", "gemma3"])
def short_window(
    request: pytest.FixtureRequest,
    files: dict[str, Path],
    few_cells: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[LlamaBackend]:
    """A sliding-window model whose cache has no room for what has left the window."""
    init = llama_cpp.llama_init_from_model

    def without_full_window(model: object, params: llama_cpp.llama_context_params) -> object:
        params.swa_full = False
        params.n_ubatch = 32
        return init(model, params)

    monkeypatch.setattr(llama_cpp, "llama_init_from_model", without_full_window)
    monkeypatch.setattr("loom.engine.llama.states.N_SEQUENCES", 16)
    monkeypatch.setattr("loom.engine.room.MOST_CELLS_BESIDE_WINDOW", 1024)
    with closing(opened(files[request.param])) as backend:
        yield backend


def test_every_architecture_says_where_its_memory_can_be_cut(files: dict[str, Path]) -> None:
    """And llama.cpp says the same of itself when a part is to be removed."""
    for architecture, kind in KINDS.items():
        with closing(opened(files[architecture])) as backend:
            assert backend.memory_kind == kind
            backend.decode([Row(t, t, 0, False) for t in range(8)])
            memory = llama_cpp.llama_get_memory(backend._context)
            assert llama_cpp.llama_memory_seq_rm(memory, 0, 4, -1) == (kind != "whole")


@pytest.mark.parametrize("seed", range(2))
def test_growing_from_anywhere_gives_the_laws_of_evaluation_from_scratch(
    backend: LlamaBackend, seed: int
) -> None:
    grow_at_random(backend, seed)


def test_so_it_does_where_what_has_left_the_window_is_gone(short_window: LlamaBackend) -> None:
    grow_at_random(short_window, seed=3)


def grow_at_random(backend: LlamaBackend, seed: int) -> None:
    grower, rng = Grower(backend), np.random.default_rng(seed)
    known = [written(rng, 40)]
    for _ in range(25):
        growing: dict[int, list[int]] = {}
        for _ in range(rng.integers(1, 4)):
            path = branch_off(known, rng)
            sequence = grower.open(path, n_new=8)
            if sequence is None:
                continue
            growing[sequence] = path
            if rng.random() < 0.5:
                twin = grower.memory.fork(sequence, 9)
                if twin is not None:
                    growing[twin] = [*path[:-1], int(rng.integers(256))]
        read = branch_off(known, rng)
        reader = grower.memory.open(read, 0)
        for _ in range(rng.integers(1, 9)):
            grower.step(growing, grower.next_rows(reader, read))
            for path in growing.values():
                path.append(int(rng.integers(256)))
            if rng.random() < 0.2:
                grower.memory.settle()
        for sequence, path in growing.items():
            known.append(path)
            (grower.memory.release if rng.random() < 0.8 else grower.memory.drop)(sequence)
        if reader is not None:
            known.append(read[: max(1, grower.memory.length(reader))])
            grower.memory.release(reader)
        if rng.random() < 0.5:
            grower.memory.settle()
        grower.memory.check()
    gauge = grower.memory.gauge(grower.n_evaluated)
    assert gauge.n_reused > 0
    assert gauge.n_restored > 0
    assert gauge.n_evictions > 0
    assert gauge.n_compactions > 0


def written(rng: np.random.Generator, n: int) -> list[int]:
    return [int(token) for token in rng.integers(0, 256, n)]


def branch_off(known: list[list[int]], rng: np.random.Generator) -> list[int]:
    """A path that leaves a known one somewhere, often at its end, and goes on for a while."""
    path = known[rng.integers(len(known))]
    n = len(path) if rng.random() < 0.5 else int(rng.integers(1, len(path)))
    return (path[:n] + written(rng, int(rng.integers(1, 20))))[: N_WINDOW - 10]


N_LEAVES = 32


def grown_tree(grower: Grower, rng: np.random.Generator) -> list[list[int]]:
    """Leaves of twelve tokens on a prefix of forty, in waves as wide as the model allows."""
    prefix, leaves = written(rng, 40), []
    while len(leaves) < N_LEAVES:
        trunk = grower.open(prefix, n_new=0)
        assert trunk is not None
        growing: dict[int, list[int]] = {}
        while len(leaves) + len(growing) < N_LEAVES:
            sequence = grower.memory.fork(trunk, 12)
            if sequence is None:
                break
            growing[sequence] = [*prefix[:-1], *written(rng, 1)]
        for _ in range(12):
            grower.write([Row(p[-1], len(p) - 1, s, False) for s, p in growing.items()])
            for path in growing.values():
                path.append(int(rng.integers(256)))
        for sequence, path in growing.items():
            grower.memory.release(sequence)
            leaves.append(path)
        grower.memory.release(trunk)
    return leaves


@pytest.mark.parametrize("evicted", [False, True])
@pytest.mark.parametrize("architecture", KINDS)
def test_growing_again_from_each_leaf_evaluates_one_token(
    files: dict[str, Path], architecture: str, evicted: bool
) -> None:
    with closing(opened(files[architecture])) as backend:
        grower, rng = Grower(backend), np.random.default_rng(5)
        leaves = grown_tree(grower, rng)
        if evicted:
            wipe(grower)
        rng.shuffle(leaves)
        for path in leaves:
            n_before = grower.n_evaluated
            sequence = grower.open(path, n_new=8)
            assert sequence is not None
            grower.step({sequence: path})
            assert grower.n_evaluated - n_before == 1
            grower.memory.release(sequence)
        restored = grower.memory.gauge(0).n_restored
        assert restored if evicted else not restored or backend.memory_kind == "whole"


def wipe(grower: Grower) -> None:
    """Make everything that is held leave the device."""
    sequence = grower.memory.open([0] * backend_cells(grower), 0)
    assert sequence is not None
    grower.memory.drop(sequence)
    assert grower.memory.gauge(0).n_cells_used == 0


def backend_cells(grower: Grower) -> int:
    return grower.backend.info.n_cells


def test_what_comes_back_from_the_host_is_the_same_bit_for_bit(backend: LlamaBackend) -> None:
    grower, rng = Grower(backend), np.random.default_rng(7)
    path = written(rng, 50)
    sequence = grower.open(path, n_new=1)
    assert sequence is not None
    before = backend.save(sequence, 0, 49)
    grower.memory.release(sequence)
    wipe(grower)
    again = grower.memory.open(path[:-1], 1)
    assert again is not None
    assert grower.memory.gauge(0).n_restored == 49
    after = backend.save(again, 0, 49)
    assert before is not None
    assert after is not None
    # A saved sequence tells its number, in bytes 4 to 7.
    assert before[8:].tobytes() == after[8:].tobytes()


def test_a_damaged_copy_is_noticed_and_evaluated_instead(backend: LlamaBackend) -> None:
    grower, rng = Grower(backend), np.random.default_rng(9)
    path = written(rng, 50)
    saved = np.zeros(64, np.uint8)
    assert not backend.restore(0, saved, 0, 49)
    sequence = grower.open(path, n_new=1)
    assert sequence is not None
    grower.step({sequence: path})


def test_recurrent_states_are_as_many_as_memory_allows(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(opened(files["mamba"])) as backend:
        backend.decode([Row(1, 0, 0, False)])
        saved = backend.save(0, 0, 1)
        assert saved is not None
        assert backend.n_sequences == 64
    monkeypatch.setattr("loom.engine.llama.states.STATES_BYTES", 20 * saved.nbytes)
    with closing(opened(files["mamba"])) as backend:
        assert 16 <= backend.n_sequences <= 20
