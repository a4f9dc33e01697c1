"""How large a session file is, and how quickly it is written and opened.

    python -m tests.benchmarks.session_size [--nodes 100000] [--tokens 1000000]

Two sessions are made: one of nodes of 64 tokens with the statistics of a real growth (the 50
likeliest tokens of the bundled model), for bytes a token and milliseconds a node; one of so many
nodes and tokens, without statistics, because opening reads none, for seconds and memory. The second
is opened in a process of its own. Bars: 450 bytes, 1 ms, 1.5 s, 400 MB.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from loom.records import TokenColumns
from loom.records.tokens import concat, rows_of
from loom.store.database import create, open_for_reading, open_for_writing
from loom.store.writer import SessionWriter
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthAccepted,
    GrowthRequested,
    NodeAdded,
    SessionStarted,
    TokensAppended,
)
from tests.store.specimens import provenance, requested

STARTED = SessionStarted(1.0, "benchmark", "plain", "story-base", "0")
N_PER_GROWTH = 10
TOKENS_A_NODE = 64
STORY = Path(__file__).parents[2] / "sessions" / "story.loom"
WORDS = (b" the", b" lake", b" froze", b" and", b" he", b" has", b" never", b" let")


def real_tokens() -> TokenColumns:
    """All that the bundled model grew in the example session, with statistics, K = 50."""
    with open_for_reading(STORY) as reader:
        grown = {e.node_id for e in reader.load_events() if isinstance(e, TokensAppended)}
        return concat([reader.read_tokens(node_id) for node_id in sorted(grown)])


def bare_tokens(n: int, dice: np.random.Generator) -> TokenColumns:
    """Tokens without statistics."""
    return TokenColumns(
        ids=dice.integers(0, 50_000, n, dtype=np.int32),
        pieces=tuple(WORDS[i] for i in dice.integers(0, len(WORDS), n)),
        elapsed_s=dice.random(n, dtype=np.float32),
        stats=None,
    )


Streamed = list[TokenColumns]
"""The tokens of a node, as they arrive."""


def streamed(tokens: TokenColumns) -> Streamed:
    """In eight parts, or eight tokens at a time."""
    step = max(8, -(-len(tokens) // 8))
    return [rows_of(tokens, start, start + step) for start in range(0, len(tokens), step)]


def grow(writer: SessionWriter, parent: str, ids: list[str], blocks: list[Streamed]) -> None:
    """One growth, as the journal commits it: asked for, begun, streamed in parts, closed."""
    request_id = f"r-{ids[0]}"
    asked: GrowthRequested = requested(request_id, parent, len(ids))
    begun = [BranchOpened(4.0, x, parent, request_id, i, "text", "m") for i, x in enumerate(ids)]
    writer.commit([asked, GrowthAccepted(3.5, request_id, provenance()), *begun], None)
    start = 0
    for parts in zip(*blocks, strict=True):
        writer.commit(
            [TokensAppended(5.0, x, start, p) for x, p in zip(ids, parts, strict=True)], None
        )
        start += len(parts[0])
    writer.commit([BranchClosed(6.0, x, "length") for x in ids], None)


def parents(n_nodes: int, rng: random.Random) -> Iterator[tuple[int, int]]:
    """Where each growth hangs and how many nodes it has: mostly near what is new."""
    n = 1
    while n < n_nodes:
        near = rng.random() < 0.9
        yield (
            (rng.randrange(max(0, n - 40), n) if near else rng.randrange(n)),
            min(N_PER_GROWTH, n_nodes - n),
        )
        n += N_PER_GROWTH


def made(path: Path, n_nodes: int, blocks: list[Streamed]) -> float:
    """A session of so many nodes with these tokens; seconds of processor it took to write."""
    rng = random.Random(1)
    create(path, STARTED)
    writer = open_for_writing(path)
    writer.commit([NodeAdded(2.0, "root", None, "text", "human", b"Once")], None)
    ids, started = ["root"], time.process_time()
    for at, n in parents(n_nodes, rng):
        new = [f"{rng.getrandbits(64):016x}" for _ in range(n)]
        grow(writer, ids[at], new, [blocks[(len(ids) + i) % len(blocks)] for i in range(n)])
        ids += new
    elapsed_s = time.process_time() - started
    writer.close()
    return elapsed_s


def opened(path: Path) -> None:
    """Open as the app does, in this process, and print what it took."""
    from loom.session.session import Session

    started, cpu = time.perf_counter(), time.process_time()
    session = Session.open(path, connect=None)  # type: ignore[arg-type]
    elapsed_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"open: {elapsed_s:.2f} s ({cpu_s:.2f} s of processor) to {len(session.tree):,} nodes,"
        f" {peak_mb:.0f} MB with everything imported"
    )
    session.close()


def main() -> None:
    """Print a line for each bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open:
        opened(options.open)
        return
    with tempfile.TemporaryDirectory() as folder:
        real = real_tokens()
        n_blocks = len(real) // TOKENS_A_NODE
        blocks = [
            streamed(rows_of(real, i * TOKENS_A_NODE, (i + 1) * TOKENS_A_NODE))
            for i in range(n_blocks)
        ]
        path, n_nodes = Path(folder) / "grown.loom", 2_000
        elapsed_s = made(path, n_nodes, blocks)
        n_bytes = path.stat().st_size / (n_nodes * TOKENS_A_NODE)
        print(f"size: {n_bytes:.0f} bytes a token, K = 50")
        print(
            f"append: {1_000 * elapsed_s / n_nodes:.2f} ms of processor a node of {TOKENS_A_NODE}"
        )
        per_node = options.tokens // options.nodes
        dice = np.random.default_rng(1)
        large = Path(folder) / "large.loom"
        made(large, options.nodes, [streamed(bare_tokens(per_node, dice)) for _ in range(1_000)])
        here = [sys.executable, "-m", "tests.benchmarks.session_size", "--open", str(large)]
        for _ in range(3):
            subprocess.run(here, check=True)


if __name__ == "__main__":
    main()
