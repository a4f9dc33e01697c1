"""How long a key takes to reach the screen, at trees of several sizes and shapes.

    python -m tests.benchmarks.key_to_frame [--sizes 1000 10000 100000]

Textual runs without a terminal at 130x40. The clock runs from the key's arrival to the last
`App._display` that it causes, so it has everything but the terminal's own drawing. Beside it stands
the processor's own time, which other programs on the machine do not lengthen.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Callable, Iterator

import numpy as np
from textual.app import App
from textual.pilot import Pilot

from loom.session.reading import rare_collection
from loom.tree.events import NodeAdded
from loom.tree.node import HUMAN
from tests.app.conftest import app_on
from tests.app.fake_session import FakeSession

SIZE = (130, 40)
N_KEYS = 300
STEPS = ("down", "down", "right", "down", "right", "up", "left", "down", "right", "right", "left")
LEAPS = ("G", "pageup", "g", "pagedown", "f", "f", "F", "F", "o", "o", "t", "t", "G", "left")
KEYS = (*STEPS, *STEPS, *LEAPS)
WORDS = [
    "the",
    "lake",
    "froze",
    "and",
    "he",
    "has",
    "never",
    "let",
    "me",
    "win",
    "at",
    "cards",
    "but",
    "the",
    "bride",
    "took",
    "his",
    "hand",
]


def text_of(rng: random.Random) -> bytes:
    """Some words of a node."""
    return (" " + " ".join(rng.choices(WORDS, k=rng.randint(4, 30)))).encode()


def bushy(n_nodes: int, rng: random.Random) -> Iterator[int | None]:
    """Parents of a tree as people grow it: mostly below what is new, sometimes anywhere."""
    yield None
    for number in range(1, n_nodes):
        yield (
            rng.randrange(max(0, number - 40), number)
            if rng.random() < 0.9
            else rng.randrange(number)
        )


def deep(n_nodes: int, rng: random.Random) -> Iterator[int | None]:
    """Chains of 9,000 nodes from one root, with a sibling at every tenth."""
    yield None
    tip = 0
    for number in range(1, n_nodes):
        yield tip
        if number % 10:
            tip = 0 if number % 10_000 == 9_999 else number


SHAPES: dict[str, Callable[[int, random.Random], Iterator[int | None]]] = {
    "bushy": bushy,
    "deep": deep,
}


def session_of(shape: str, n_nodes: int) -> FakeSession:
    """A session in memory with a tree of that shape and size."""
    rng, session = random.Random(n_nodes), FakeSession()
    for number, parent in enumerate(SHAPES[shape](n_nodes, rng)):
        parent_id = None if parent is None else f"n{parent}"
        session.tree.apply(NodeAdded(0.0, f"n{number}", parent_id, "text", HUMAN, text_of(rng)))
    session.select(f"n{n_nodes // 2}")
    return session


async def frames_s(shape: str, n_nodes: int) -> list[tuple[str, float, float]]:
    """Each key with the seconds to its frame, by the clock and of the processor."""
    app = app_on(session_of(shape, n_nodes))
    with rare_collection():
        return await frames_of(app)


async def frames_of(app: App[None]) -> list[tuple[str, float, float]]:
    """The same in an app that is not running yet."""
    shown_at = [(0.0, 0.0)]
    display = app._display

    def timed(*args: object) -> None:
        display(*args)  # type: ignore[arg-type]
        shown_at[0] = time.perf_counter(), time.thread_time()

    app._display = timed  # type: ignore[method-assign, assignment]
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        taken = []
        for at in range(N_KEYS):
            key = KEYS[at % len(KEYS)]
            started, began = time.perf_counter(), time.thread_time()
            await pilot.press(key)
            await settle(pilot)
            shown, used = shown_at[0]
            if shown > started:
                taken.append((key, shown - started, used - began))
        return taken


async def settle(pilot: Pilot[None]) -> None:
    """Until nothing is left to draw."""
    await pilot.pause()


def main() -> None:
    """Print a row for each tree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=list(SHAPES))
    options = parser.parse_args()
    print("                           by the clock     of the processor  (ms)")
    print("tree        nodes   keys  median   p99  most  median   p99  most  slowest key")
    for shape in options.shapes:
        for n_nodes in options.sizes:
            taken = asyncio.run(frames_s(shape, n_nodes))
            columns = []
            for times in ([wall for _, wall, _ in taken], [cpu for _, _, cpu in taken]):
                columns += (np.percentile(times, [50, 99, 100]) * 1_000).tolist()
            slowest = max(taken, key=lambda one: one[2])[0]
            numbers = " ".join(f"{number:6.1f}" for number in columns)
            print(f"{shape:8} {n_nodes:8,} {len(taken):6} {numbers}  {slowest}", flush=True)


if __name__ == "__main__":
    main()
