"""How much memory a model takes, and how much of it fits: arithmetic over bytes."""

from __future__ import annotations

from dataclasses import dataclass

from loom.errors import LoomError
from loom.records import CacheType

DEFAULT_WINDOW = 4096
LEAST_WINDOW = 512
"""A window that nobody chose may shrink to this, where memory is short."""

MOST_CELLS_BESIDE_WINDOW = 32_768
CACHE_BUDGET_BYTES = 1 << 30
CELL_STEP = 256

N_SEQUENCES = 256
"""llama.cpp's own limit (LLAMA_MAX_SEQ)."""

N_BATCH = 512
FLOAT_BYTES = 4
PROCESS_BYTES = 96 << 20
SPARE_DEVICE_BYTES = 256 << 20
"""What a GPU's own driver, or a screen beside us, may come to need."""

CELL_BYTES = 64
"""What llama.cpp writes down about a cell: its position and which of 256 sequences it is in."""

N_ROWS = 16
"""Rows as wide as the model that one token takes while it is computed: rather too many."""

# Bytes of a block of values, and how many values it holds, for each type (ggml-common.h).
_BLOCKS: dict[CacheType, tuple[int, int]] = {
    "f32": (4, 1),
    "f16": (2, 1),
    "bf16": (2, 1),
    "q8_0": (34, 32),
    "q5_1": (24, 32),
    "q5_0": (22, 32),
    "q4_1": (20, 32),
    "q4_0": (18, 32),
}


class NotEnoughMemoryError(LoomError):
    """A model or its context does not fit; `short_bytes` more would do."""

    def __init__(self, what: str, remedy: str, short_bytes: int) -> None:
        super().__init__(what, remedy)
        self.short_bytes = short_bytes


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a model decides how much memory it takes.

    `n_cached` is how many numbers the KV cache keeps of one token, all layers together,
    `head_width` how many one head compares (0: not known).
    """

    name: str
    n_layers: int
    n_embd: int
    n_heads: int
    n_vocab: int
    n_ctx_train: int
    n_cached: int
    weight_bytes: int
    head_width: int = 0

    def cache_bytes(self, n_cells: int, cache_type: CacheType) -> int:
        """What a KV cache of so many tokens takes."""
        n_bytes, n_values = _BLOCKS[cache_type]
        return n_cells * self.n_cached * n_bytes // n_values

    def compute_bytes(self, n_cells: int, n_sequences: int, *, flash: bool) -> int:
        """What a batch takes while it is computed, its logits included; never too little."""
        logits = (n_sequences + N_BATCH) * self.n_vocab * FLOAT_BYTES
        rows = N_BATCH * N_ROWS * self.n_embd * FLOAT_BYTES
        mask = n_cells * (N_BATCH * FLOAT_BYTES + CELL_BYTES)
        scores = 0 if flash else N_BATCH * n_cells * self.n_heads * FLOAT_BYTES
        return logits + rows + mask + scores + PROCESS_BYTES


@dataclass(frozen=True, slots=True)
class Wish:
    """How a model is to be opened; `n_ctx` None takes the default window, or what fits."""

    n_ctx: int | None
    cache_type: CacheType
    n_sequences: int
    flash: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """The window of one branch, and the cells of all branches together, in tokens."""

    n_ctx: int
    n_cells: int


@dataclass(frozen=True, slots=True)
class Need:
    """The window of one branch in tokens, and what a model with cells for it takes in bytes."""

    n_ctx: int
    n_bytes: int


def wanted_cells(shape: Shape, wish: Wish) -> Cells:
    """The cells of a model if memory is no matter: the window, or more where they are cheap."""
    window = wish.n_ctx or DEFAULT_WINDOW
    if shape.n_ctx_train:
        window = min(window, shape.n_ctx_train)
    cell_bytes = max(1, shape.cache_bytes(1, wish.cache_type))
    beside = min(CACHE_BUDGET_BYTES // cell_bytes, MOST_CELLS_BESIDE_WINDOW)
    return Cells(window, _up(max(window, beside)))


def need_of(shape: Shape, wish: Wish, room_bytes: int | None) -> Need:
    """What a model takes of this machine's memory, all of it there, with the window it would get.

    That is the one wanted, or a smaller one that `room_bytes` holds; where not even the least does,
    the least, and more is needed than there is. None: it is not known how much there is.
    """
    wanted = wanted_cells(shape, wish).n_ctx
    window = wanted
    if room_bytes is not None:
        most = _most_cells(shape, wish, room_bytes, 1.0)
        window = min(wanted, max(most, _least_window(wish, wanted)))
    return Need(window, _needed(shape, wish, _up(window), 1.0))


def fitting_cells(shape: Shape, wish: Wish, room_bytes: int, on_host: float) -> Cells:
    """The cells of a model that may take `room_bytes` of this machine's memory.

    `on_host` is the share of its layers that lie there. Fewer cells than wanted if need be, but
    no smaller window than was asked for. NotEnoughMemoryError says what would fit.
    """
    wanted = wanted_cells(shape, wish)
    if _needed(shape, wish, wanted.n_cells, on_host) <= room_bytes:
        return wanted
    most = _most_cells(shape, wish, room_bytes, on_host)
    least = _least_window(wish, wanted.n_ctx)
    if most >= least:
        return Cells(min(wanted.n_ctx, most), most)
    needed = _needed(shape, wish, _up(least), on_host)
    raise _too_large(shape, least, most, needed, room_bytes)


def fitting_layers(shape: Shape, wish: Wish, n_cells: int, free_bytes: int) -> int:
    """How many layers, the output counted as one more, fit in a GPU's memory with their cells."""
    compute = shape.compute_bytes(n_cells, wish.n_sequences, flash=wish.flash)
    total = shape.weight_bytes + shape.cache_bytes(n_cells, wish.cache_type)
    n_all = shape.n_layers + 1
    spare = free_bytes - compute - SPARE_DEVICE_BYTES
    return max(0, min(n_all, spare * n_all // max(1, total)))


def fewer_layers(n_layers: int) -> tuple[int, ...]:
    """What to try in turn where so many layers were thought to fit: fewer each time, then none."""
    tries = (n_layers, n_layers * 3 // 4, n_layers // 2, n_layers // 4, 0)
    return tuple(dict.fromkeys(tries))


def _least_window(wish: Wish, wanted: int) -> int:
    return wanted if wish.n_ctx is not None else min(LEAST_WINDOW, wanted)


def _needed(shape: Shape, wish: Wish, n_cells: int, on_host: float) -> int:
    stored = shape.weight_bytes + shape.cache_bytes(n_cells, wish.cache_type)
    computed = shape.compute_bytes(n_cells, wish.n_sequences, flash=wish.flash)
    return int(stored * on_host) + computed


def _most_cells(shape: Shape, wish: Wish, room_bytes: int, on_host: float) -> int:
    """The largest multiple of the step that fits; what is needed rises evenly with the cells."""
    none = _needed(shape, wish, 0, on_host)
    step = _needed(shape, wish, CELL_STEP, on_host) - none
    return max(0, (room_bytes - none) // max(1, step)) * CELL_STEP


def _too_large(
    shape: Shape, window: int, most: int, needed: int, room_bytes: int
) -> NotEnoughMemoryError:
    free = gib(room_bytes)
    if most < CELL_STEP:
        return NotEnoughMemoryError(
            f"{shape.name} needs about {gib(needed)} of memory, and {free} is free.",
            "Close other programs, or take a smaller model or quantisation.",
            needed - room_bytes,
        )
    return NotEnoughMemoryError(
        f"A window of {window:,} tokens of {shape.name} needs about {gib(needed)} of memory, "
        f"and {free} is free.",
        f"Open it with --ctx {most} or less.",
        needed - room_bytes,
    )


def gib(n_bytes: int) -> str:
    """A size for a person."""
    return f"{n_bytes / 2**30:,.1f} GiB" if n_bytes >= 2**30 else f"{max(0, n_bytes) >> 20} MiB"


def _up(n_cells: int) -> int:
    return -(-n_cells // CELL_STEP) * CELL_STEP
