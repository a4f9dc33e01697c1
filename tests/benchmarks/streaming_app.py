"""What the app costs the branches that stream in it, and how long a key takes meanwhile.

    python -m tests.benchmarks.streaming_app [--model story-base] [--branches 8] [--tokens 300]
        [--keys-a-second 4]

The same growth runs in turn without an app, and in the app (Textual without a terminal, 130x40)
while somebody walks among the branches. A rate is tokens by the engine's own clock, from its first
step to its last, over all rounds. The time of a key runs from its arrival to the first frame with
the person where it took them. What each thread of the app costs is told in milliseconds of the
processor for 1,000 tokens, which other programs on the machine do not lengthen.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from loom.app.pauses import look_for_garbage_when_asked
from loom.engine.process import connect_to_child
from loom.records import Ending
from loom.records.sampling import PRESETS
from loom.session import GrowSettings, Session
from loom.session.session import Beginning
from loom.tree.events import TokensAppended, TreeEvent
from tests.app.conftest import app_on

SIZE = (130, 40)
KEYS = ("right", "down", "down", "left", "right", "up", "left")
PROMPT = "One morning in the town, "


@dataclass
class Watched:
    """A growth as it is heard: tokens and the engine's clock at its first and its last step."""

    n_tokens: int = 0
    at_s: list[float] = field(default_factory=list)

    def take(self, events: tuple[TreeEvent, ...]) -> None:
        for event in events:
            if isinstance(event, TokensAppended):
                self.n_tokens += len(event.tokens)
                self.at_s += event.tokens.elapsed_s[[0, -1]].tolist()

    @property
    def tokens_and_seconds(self) -> tuple[int, float]:
        return self.n_tokens, max(self.at_s) - min(self.at_s)


def watch(session: Session) -> Watched:
    """Look at all that is drained from now on, whoever drains it."""
    watched, drain = Watched(), type(session).drain

    def drained() -> tuple[TreeEvent, ...]:
        events = drain(session)
        watched.take(events)
        return events

    session.drain = drained  # type: ignore[method-assign]
    return watched


def session_in(folder: Path, model: str, n_branches: int, n_tokens: int) -> Session:
    path = Path(tempfile.mkdtemp(dir=folder)) / "streaming.loom"
    connect = connect_to_child(folder / "engine.log")
    session = Session.create(path, Beginning("streaming", model, prompt=PROMPT), connect)
    # All of them to the end: what ends early streams no more.
    ending = Ending(min_tokens=n_tokens)
    session.settings = GrowSettings(n_branches, n_tokens, PRESETS["tidy"], 1, ending)
    grow_alone(session, GrowSettings(1, 1, PRESETS["tidy"], seed=1))
    return session


def grow_alone(session: Session, settings: GrowSettings) -> None:
    """Grow without an app, to the end."""
    news = threading.Event()
    session.listen(news.set)
    request_id = session.grow(session.tree.root_ids[0], settings)
    while not session.ended(request_id):
        news.wait()
        news.clear()
        session.drain()
    session.drain()


@dataclass
class InApp:
    """What was seen of a growth in the app."""

    n_frames: int = 0
    keys_s: list[float] = field(default_factory=list)
    app_s: float = 0.0
    elapsed_s: float = 0.0
    threads_s: dict[str, float] = field(default_factory=dict)


def used_s() -> dict[str, float]:
    """Seconds of the processor that each thread has used, by its name."""
    used = dict[str, float]()
    for thread in threading.enumerate():
        if thread.ident is not None:
            clock = time.pthread_getcpuclockid(thread.ident)
            used[thread.name] = used.get(thread.name, 0.0) + time.clock_gettime(clock)
    return used


async def grow_in_app(session: Session, keys_a_second: float) -> InApp:
    """Grow in the app and walk about until it ends; with no keys a second only look on."""
    app, seen = app_on(session), InApp()
    moved_s: list[float] = []
    display, select = app._display, session.select

    def displayed(*args: object) -> None:
        display(*args)  # type: ignore[arg-type]
        seen.n_frames += 1
        if moved_s:
            seen.keys_s.append(time.perf_counter() - moved_s.pop())

    def selected(node_id: str) -> None:
        if session.tree.selected_id != node_id and pressed_s:
            moved_s[:] = pressed_s
        select(node_id)

    pressed_s: list[float] = []
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app._display = displayed  # type: ignore[method-assign, assignment]
        session.select = selected  # type: ignore[method-assign]
        began_s, began = time.perf_counter(), used_s()
        await pilot.press("space")
        at = 0
        while session.progress is not None:
            await asyncio.sleep(1 / keys_a_second if keys_a_second else 0.05)
            if not keys_a_second:
                continue
            pressed_s[:] = [time.perf_counter()]
            await pilot.press(KEYS[at % len(KEYS)])
            at += 1
        seen.threads_s = {name: s - began.get(name, 0.0) for name, s in used_s().items()}
        seen.elapsed_s = time.perf_counter() - began_s
        seen.app_s = seen.threads_s[threading.current_thread().name]
    return seen


def main() -> None:
    """Print the rates, their ratio, and the times of keys."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--model", default="story-base")
    parser.add_argument("--branches", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keys-a-second", type=float, default=4.0)
    options = parser.parse_args()
    alone, in_app, seen, n_in_app = list[float](), list[float](), list[InApp](), 0
    look_for_garbage_when_asked()
    with tempfile.TemporaryDirectory(prefix="loom-bench-") as folder:
        for _ in range(options.rounds):
            sizes = options.model, options.branches, options.tokens
            with closing(session_in(Path(folder), *sizes)) as session:
                watched = watch(session)
                grow_alone(session, session.settings)
                n_tokens, elapsed_s = watched.tokens_and_seconds
                alone.append(n_tokens / elapsed_s)
            with closing(session_in(Path(folder), *sizes)) as session:
                watched = watch(session)
                seen.append(asyncio.run(grow_in_app(session, options.keys_a_second)))
                n_tokens, elapsed_s = watched.tokens_and_seconds
                in_app.append(n_tokens / elapsed_s)
                n_in_app += n_tokens
            print(f"alone {alone[-1]:.0f} tok/s, in the app {in_app[-1]:.0f}", flush=True)
    ratios = [one / other for one, other in zip(in_app, alone, strict=True)]
    print(
        f"in the app / alone: median {median(ratios):.2f}, quickest {max(in_app) / max(alone):.2f}"
    )
    elapsed_s = sum(one.elapsed_s for one in seen)
    print(
        f"frames a second {sum(one.n_frames for one in seen) / elapsed_s:.1f},"
        f" processor time of the app's thread {sum(one.app_s for one in seen) / elapsed_s:.0%}"
    )
    for name in sorted({name for one in seen for name in one.threads_s}):
        thread_s = sum(one.threads_s.get(name, 0.0) for one in seen)
        print(f"{name}: {1e3 * thread_s / (n_in_app / 1e3):.0f} ms for 1,000 tokens")
    keys_ms = 1e3 * np.array([key_s for one in seen for key_s in one.keys_s])
    if not len(keys_ms):
        return
    low, high, most = np.percentile(keys_ms, [50, 90, 100])
    print(
        f"key to frame: median {low:.1f} ms, 90 % {high:.1f}, most {most:.1f} ({len(keys_ms)} keys)"
    )


if __name__ == "__main__":
    main()
