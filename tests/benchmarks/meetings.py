"""How long each key takes where branches meet: a tree of 1,000 branches with 200 joins.

    python -m tests.benchmarks.meetings [--branches 1000] [--joins 200] [--reruns 5]

As in `key_to_frame`, the clock runs from the key's arrival to the last frame that it causes, and
beside it stands the processor's own time, which other programs on the machine do not lengthen. Of
each figure the median over the reruns is printed, and how busy the machine was.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from textual.pilot import Pilot

from loom.app.pauses import look_for_garbage_when_asked
from loom.app.screens.map import MapScreen
from loom.records import Evidence, FutureVerdict, Join, PredictiveEvidence, Span
from loom.tree.events import NodeAdded
from loom.tree.graph import Tree
from loom.tree.node import HUMAN
from tests.app.conftest import app_on, until
from tests.app.fake_session import FakeSession

from .key_to_frame import text_of

SIZE = (130, 40)
TARGET_S = 0.040
LISTED = 12
N_ROUNDS = 12

OUTLINE = (
    *("m", "n", "N", "s", "right", "down", "up", "left", "s"),
    *("M", "n", "left", "right", "n", "S", "m", "n", "right", "down", "f", "f", "left", "S"),
    *("m", "F", "m", "F", "o", "o", "G", "n", "g", "M"),
)
MAP = (
    *("m", "n", "N", "s", "right", "down", "up", "left", "s", "M", "n", "minus", "m", "n"),
    *("S", "m", "n", "right", "plus", "plus", "n", "S", "minus", "minus", "pagedown", "pageup"),
)

Timed = tuple[str, str, float, float]
"""A view, a key, and its seconds by the clock and of the processor."""


def session_of(n_branches: int, n_joins: int) -> FakeSession:
    """A session in memory with so many leaves, and so many findings, most of them joins."""
    rng, session = random.Random(n_branches), FakeSession()
    tree = session.tree
    for node_id, parent_id in grown(n_branches, rng):
        tree.apply(NodeAdded(0.0, node_id, parent_id, "text", HUMAN, text_of(rng)))
    session.found = tuple(findings(tree, n_joins, rng))
    session.select(session.found[0].nodes[0])
    return session


def grown(n_branches: int, rng: random.Random) -> Iterator[tuple[str, str | None]]:
    """Nodes and their parents: from a leaf up to eight ways lead on, until there are enough."""
    yield "n0", None
    leaves, number = ["n0"], 0
    while len(leaves) < n_branches:
        above = leaves.pop(rng.randrange(max(0, len(leaves) - 40), len(leaves)))
        for _ in range(min(rng.choice((1, 2, 5, 8)), n_branches - len(leaves))):
            number += 1
            yield f"n{number}", above
            leaves.append(f"n{number}")


def findings(tree: Tree, n_joins: int, rng: random.Random) -> Iterator[Join]:
    """Joins of up to five branches, look-alikes and open questions, in the order of a session."""
    nodes = [node.id for node in tree]
    verdicts: list[FutureVerdict] = ["joined", "joined", "joined", "apart", "undecided"]
    kinds = sorted((rng.choice(verdicts) for _ in range(n_joins)), key=verdicts.index)
    for number, verdict in enumerate(kinds):
        n_ways = rng.randint(2, 5) if verdict == "joined" else 2
        yield finding(tree, rng.sample(nodes, 3 * n_ways), n_ways, number, verdict, rng)


def finding(
    tree: Tree,
    candidates: list[str],
    n_ways: int,
    number: int,
    verdict: FutureVerdict,
    rng: random.Random,
) -> Join:
    """A finding on nodes of which none stands above another."""
    chosen: list[str] = []
    for node_id in candidates:
        above = {node.id for node in tree.path(node_id)}
        if len(chosen) < n_ways and not any(
            one in above or node_id in {node.id for node in tree.path(one)} for one in chosen
        ):
            chosen.append(node_id)
    ends = [rng.randint(1, len(tree.node(node_id).text)) for node_id in chosen]
    spans = (Span(node_id, 0, end, 0, end) for node_id, end in zip(chosen, ends, strict=True))
    mark = {"joined": "ABCDEFGHIJ"[number % 10], "apart": "a", "undecided": "?"}[verdict]
    evidence = PredictiveEvidence(
        (chosen[0], chosen[-1]), "f", verdict, 32, 16, 0.54, 0.5, 0.6, 0.52,
        "another document in front", 0.08, 0.0, 0.2,
    )  # fmt: skip
    return Join(
        id=f"join {number}",
        verdict=verdict,
        kind="full" if verdict == "joined" else "look_alike",
        nodes=tuple(chosen),
        spans=tuple(spans),
        weight=n_ways / 10,
        sentence=f"Branches 1 to {n_ways} are one road from here.",
        evidence=Evidence(predictive=evidence),
        mark=mark,
    )


async def times(session: FakeSession) -> list[Timed]:
    """Every key of the outline and of the map, some rounds of each."""
    app = app_on(session)
    look_for_garbage_when_asked()
    shown_at = [(0.0, 0.0)]
    display = app._display

    def timed(*args: object) -> None:
        display(*args)  # type: ignore[arg-type]
        shown_at[0] = time.perf_counter(), time.thread_time()

    app._display = timed  # type: ignore[method-assign, assignment]
    taken: list[Timed] = []

    async def press(pilot: Pilot[None], view: str, keys: tuple[str, ...]) -> None:
        for key in keys:
            started, began = time.perf_counter(), time.thread_time()
            await pilot.press(key)
            await pilot.pause()
            shown, used = shown_at[0]
            if shown > started:
                taken.append((view, key, shown - started, used - began))

    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        for _ in range(N_ROUNDS):
            await press(pilot, "outline", OUTLINE)
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, MapScreen))
        await pilot.pause(0.2)
        for _ in range(N_ROUNDS):
            await press(pilot, "map", MAP)
    return taken


def main() -> None:
    """Print both views, the slowest keys, and whether the target is met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--branches", type=int, default=1_000)
    parser.add_argument("--joins", type=int, default=200)
    parser.add_argument("--reruns", type=int, default=5)
    options = parser.parse_args()
    session = session_of(options.branches, options.joins)
    tree = session.tree
    print(
        f"{len(tree):,} nodes, {len(tree.leaf_ids()):,} branches, {len(session.found):,} findings"
    )
    runs = [
        asyncio.run(times(session_of(options.branches, options.joins)))
        for _ in range(options.reruns)
    ]
    print("               by the clock     of the processor  (ms, median of reruns)")
    print("view      keys  median   p99     median   p99")
    for view in ("outline", "map"):
        print(f"{view:8} {_row([[t for t in run if t[0] == view] for run in runs])}")
    print(f"{'both':8} {_row(runs)}")
    by_key: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for run in runs:
        for view, key, _, used in run:
            by_key[view, key].append(used)
    slowest = sorted(by_key.items(), key=lambda one: -statistics.median(one[1]))[:LISTED]
    print("slowest keys (processor, median): ", end="")
    print(", ".join(f"{v} {k} {1_000 * statistics.median(t):.1f}" for (v, k), t in slowest))
    met = statistics.median(_p99([used for *_, used in run]) for run in runs) < TARGET_S
    print(f"99th percentile of the processor's time {'under' if met else 'NOT under'} 40 ms")
    print("load of the machine over 1, 5 and 15 minutes:", *(f"{n:.1f}" for n in os.getloadavg()))


def _row(runs: list[list[Timed]]) -> str:
    figures = []
    for column in (2, 3):
        for percent in (50, 99):
            of_runs = [float(np.percentile([one[column] for one in run], percent)) for run in runs]
            figures.append(1_000 * statistics.median(of_runs))
    return "{:5} {:7.1f} {:6.1f}   {:7.1f} {:6.1f}".format(len(runs[0]), *figures)


def _p99(seconds: list[float]) -> float:
    return float(np.percentile(seconds, 99))


if __name__ == "__main__":
    main()
