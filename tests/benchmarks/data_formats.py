"""How long 100,000 nodes take to every data format, and 100 MB of other looms' JSON to come in.

    python -m tests.benchmarks.data_formats [--nodes N] [--megabytes M]

And how long the tree as one page of HTML takes to open in Chromium, and each of its folds to click:
processor time of the page's own thread, in milliseconds, where Chromium is installed.

Seconds on the wall clock, seconds of a processor (which say more on a machine that is busy besides)
and the greatest resident size of a process of its own, reading and writing included. Bars: under
10 s for each export; under 30 s and 1 GB for each import; under 100 ms a click.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from loom.records import Sampling, TokenColumns, TokenStats
from loom.store import create
from loom.store.database import open_for_writing
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthRequested,
    NodeAdded,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from tests.formats.browser import Browser, browser

N_TOKENS = 8
N_TOP = 10
N_BRANCHES = 8
FORMATS = (
    "json",
    "jsonl",
    "csv",
    "csv-tokens",
    "graphml",
    "graphml-roads",
    "dot",
    "dot-roads",
    "pyloom",
    "loomsidian",
    "loom",
)
WORDS = ("the", "sea", "a bell", "rang", "and", "nobody", "came to ask", "what", "it was", "for")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--only", choices=("exports", "imports"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        session = Path(folder) / "large.loom"
        make_session(session, asked.nodes if asked.only != "imports" else 1)
        size = session.stat().st_size / 1e6
        print(f"{asked.nodes:,} nodes of {N_TOKENS} tokens, K = {N_TOP}: {size:.0f} MB")
        for name in FORMATS if asked.only != "imports" else ():
            out = Path(folder) / f"out.{name}"
            measured(name, ["export", str(session), "--format", name, "-o", str(out)], out)
        if asked.only != "imports":
            page = Path(folder) / "out.html"
            measured("html", ["export", str(session), "-o", str(page)], page)
            clicked(page)
        for name, write in FOREIGN.items() if asked.only != "exports" else ():
            path = Path(folder) / f"{name}.json"
            write(path, asked.megabytes * 1_000_000)
            made = Path(folder) / f"{name}.loom"
            measured(f"import {name}", ["import", str(path), "-o", str(made)], made)
            path.unlink()
            made.unlink()
        whole = Path(folder) / "out.json"
        if whole.exists():
            back = Path(folder) / "back.loom"
            measured("import loom", ["import", str(whole), "-o", str(back)], back)


def measured(name: str, words: list[str], out: Path) -> None:
    """Run one command of loom in a process of its own and print what it took."""
    before = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "loom", *words], stderr=subprocess.PIPE)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - before
    said = "" if status == 0 else process.stderr.read().decode()  # type: ignore[union-attr]
    cpu = used.ru_utime + used.ru_stime
    print(
        f"{name:<18} {seconds:6.1f} s  {cpu:6.1f} s of a processor"
        f"  {used.ru_maxrss / 1e3:6.0f} MB resident"
        f"  {out.stat().st_size / 1e6 if out.exists() else 0:6.0f} MB  {said}",
        flush=True,
    )


def clicked(page: Path) -> None:
    """Fold and unfold every list of branches on the way to the last branch, twice."""
    with browser(page.parent) as chromium:
        chromium.call("Performance.enable", timeDomain="threadTicks")
        before = _task_ms(chromium)
        chromium.open(page)
        opened_ms = _task_ms(chromium) - before
        n = chromium.value(
            "window.way = []; for (let one = [...document.querySelectorAll('main details')].at(-1);"
            " one; one = one.parentElement) if (one.tagName == 'DETAILS') way.unshift(one);"
            " way.forEach(one => one.open = true); document.body.offsetHeight; way.length"
        )
        took_ms = []
        for i in [*range(n)] * 4:
            before = _task_ms(chromium)
            chromium.value(f"way[{i}].open = !way[{i}].open; document.body.offsetHeight")
            took_ms.append(_task_ms(chromium) - before)
    print(f"html in a browser: opens in {opened_ms:.0f} ms, slowest click {max(took_ms):.0f} ms")


def _task_ms(chromium: Browser) -> float:
    metrics = chromium.call("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def make_session(path: Path, n_nodes: int) -> None:
    """A tree of requests of eight branches each, breadth first."""
    create(path, SessionStarted(0.0, "large", "plain", "story-base", "0"))
    writer = open_for_writing(path)
    batch: list[TreeEvent] = []
    for event in events(n_nodes):
        batch.append(event)
        if len(batch) == 20_000:
            writer.commit(batch, None)
            batch = []
    writer.commit(batch, None)
    writer.close()


def events(n_nodes: int) -> Iterator[TreeEvent]:
    """What happened in it."""
    dice = np.random.default_rng(1)
    yield NodeAdded(0.0, "n0", None, "text", "human", b"Once")
    made = 1
    while made < n_nodes:
        parent, request = f"n{(made - 1) // N_BRANCHES}", f"r{made}"
        yield GrowthRequested(1.0, request, parent, N_BRANCHES, 64, Sampling(), made)
        for index in range(min(N_BRANCHES, n_nodes - made)):
            node_id = f"n{made}"
            yield BranchOpened(1.0, node_id, parent, request, index, "text", "story-base")
            yield TokensAppended(1.0, node_id, 0, tokens(dice))
            yield BranchClosed(2.0, node_id, "length")
            made += 1


def tokens(dice: np.random.Generator) -> TokenColumns:
    """Random words with random statistics."""
    ids = dice.integers(0, 2000, N_TOKENS, dtype=np.int32)
    floats = dice.standard_normal((6 + N_TOP, N_TOKENS)).astype(np.float32)
    return TokenColumns(
        ids=ids,
        pieces=tuple(f" w{token}".encode() for token in ids.tolist()),
        elapsed_s=floats[0],
        stats=TokenStats(
            logprob=floats[0],
            top_ids=dice.integers(0, 2000, (N_TOKENS, N_TOP), dtype=np.int32),
            top_logprobs=np.ascontiguousarray(floats[6:].T),
            residual_mass=floats[1],
            entropy_bits=floats[2],
            collision=floats[3],
            varentropy_bits2=floats[4],
            p_max=floats[5],
        ),
    )


def sentence(dice: random.Random) -> str:
    """A few words."""
    return " " + " ".join(dice.choices(WORDS, k=dice.randint(4, 40)))


def write_pyloom(path: Path, n_bytes: int) -> None:
    """Nested nodes with all the keys that the original Loom writes, some of them thousands deep."""
    dice = random.Random(1)
    n, depth = 0, 0
    with path.open("w") as file:
        n += file.write('{"root":{"id":"root","text":"","children":[')
        first = True
        while n < n_bytes:
            node = {
                "id": f"{dice.getrandbits(128):032x}",
                "text": sentence(dice),
                "mutable": True,
                "visited": True,
                "open": False,
                "tags": [],
                "generation": {"id": f"r{dice.getrandbits(20)}", "index": 0},
                "meta": {
                    "source": "AI",
                    "creation_timestamp": "2023-02-14-18.16.30",
                    "modified": False,
                },
            }
            n += file.write(("" if first else ",") + json.dumps(node)[:-1] + ',"children":[')
            if depth < 5000 and dice.random() < 0.6:
                depth, first = depth + 1, True
            else:
                n += file.write("]}")
                first = False
                while depth and dice.random() < 0.5:
                    n += file.write("]}")
                    depth -= 1
        file.write("]}" * depth + "]}}")


def write_logitloom(path: Path, n_bytes: int) -> None:
    """One node a token: the smallest nodes of all formats."""
    dice = random.Random(1)
    with path.open("w") as file:
        n = file.write(
            '{"isLogitLoomTreeVersion":"logit-loom-tree-v1","modelName":"m",'
            '"modelSettings":{"kind":"base","prompt":"Once"},"roots":['
        )
        comma = ""
        while n < n_bytes:
            length = dice.randint(1, 60)
            n += file.write(comma)
            for _ in range(length):
                node = {
                    "id": f"{dice.getrandbits(128):032x}",
                    "text": f" {dice.choice(WORDS)}",
                    "logprob": -dice.random(),
                    "prob": dice.random(),
                    "branchFinished": None,
                }
                n += file.write(json.dumps(node)[:-1] + ',"children":[')
            n += file.write("]}" * length)
            comma = ","
        file.write("]}")


def write_loomsidian(path: Path, n_bytes: int) -> None:
    """A note with very many nodes."""
    dice = random.Random(1)
    ids = ["root"]
    with path.open("w") as file:
        n = file.write('{"current":"root","hoisted":[],"searchTerm":"","generating":null,"nodes":{')
        n += file.write('"root":{"text":"Once","parentId":null,"unread":false}')
        while n < n_bytes:
            ids.append(f"{dice.getrandbits(128):032x}")
            node = {
                "text": sentence(dice),
                "parentId": dice.choice(ids[-50:-1]),
                "collapsed": False,
                "unread": True,
                "bookmarked": False,
                "searchResultState": None,
            }
            n += file.write(f',"{ids[-1]}":{json.dumps(node)}')
        file.write("}}")


def write_chatgpt(path: Path, n_bytes: int) -> None:
    """Many conversations, as an account of years has them."""
    dice = random.Random(1)
    with path.open("w") as file:
        n, comma = file.write("["), ""
        while n < n_bytes:
            mapping: dict[str, object] = {}
            before = None
            for turn in range(dice.randint(2, 60)):
                name = f"{dice.getrandbits(128):032x}"
                mapping[name] = {
                    "id": name,
                    "message": {
                        "id": name,
                        "author": {"role": "assistant" if turn % 2 else "user", "metadata": {}},
                        "create_time": 1.7e9 + turn,
                        "content": {"content_type": "text", "parts": [sentence(dice) * 4]},
                        "metadata": {"model_slug": "gpt-4o"},
                    },
                    "parent": before,
                    "children": [],
                }
                before = name
            conversation = {"title": "t", "mapping": mapping, "current_node": before}
            n += file.write(comma + json.dumps(conversation))
            comma = ","
        file.write("]")


FOREIGN = {
    "pyloom": write_pyloom,
    "logitloom": write_logitloom,
    "loomsidian": write_loomsidian,
    "chatgpt": write_chatgpt,
}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
