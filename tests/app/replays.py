"""A session file with a rhythm of its own, and a replay of it whose clock a test turns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from textual.pilot import Pilot

from loom.app.replay_app import ReplayApp
from loom.app.screens.replay import ReplayScreen
from loom.records import Sampling, TokenColumns
from loom.session.replaying import Replay
from loom.store import Journal, create
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthAccepted,
    GrowthRequested,
    NodeAdded,
    NodeSelected,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.node import HUMAN
from tests.store.specimens import provenance

from .conftest import NARROW
from .fake_session import BRANCHES, FALL, TOAST, words

BEGAN_AT = 1_800_000_000.0
STEP_S = 0.2


class Hands:
    """What a test turns to let time go by."""

    def __init__(self) -> None:
        self.second = 0.0

    def __call__(self) -> float:
        return self.second


def wedding(path: Path) -> Path:
    """A beginning, six branches from it, a text after the second of them, two branches more."""
    create(path, SessionStarted(BEGAN_AT, "wedding-toast", "plain", "story-base", "0"))
    events: list[TreeEvent] = [_written("root", None, TOAST, 0.5)]
    events += _grown("first", "root", BRANCHES[:6], 1.0)
    events += [_written("fall", "first1", FALL, 12.0)]
    events += _grown("second", "fall", BRANCHES[6:], 12.5)
    journal = Journal(path, publish=lambda events: None, fault=lambda error: None)
    journal.append(*events)
    journal.point(NodeSelected(BEGAN_AT + 20, "second0"))
    assert journal.close()
    return path


def _written(node_id: str, parent_id: str | None, text: str, second: float) -> NodeAdded:
    return NodeAdded(BEGAN_AT + second, node_id, parent_id, "text", HUMAN, text.encode())


def _grown(name: str, parent_id: str, texts: Sequence[str], second: float) -> list[TreeEvent]:
    """Branches that grow side by side, a word each at every step."""
    at, n = BEGAN_AT + second, len(texts)
    how = replace(provenance(), n_branches=n, max_tokens=48, sampling=Sampling(min_p=0.05))
    how = replace(how, model=replace(how.model, name="story-base"))
    events: list[TreeEvent] = [
        GrowthRequested(at, name, parent_id, n, 48, Sampling(min_p=0.05), seed=1),
        GrowthAccepted(at + 0.1, name, how),
    ]
    events += [
        BranchOpened(at + 0.2, f"{name}{i}", parent_id, name, i, "text", "story-base")
        for i in range(n)
    ]
    lengths = {i: len(words(text)) for i, text in enumerate(texts)}
    for index in sorted(lengths, key=lambda index: lengths[index]):
        pieces, closed_at = words(texts[index]), at + 0.2 + STEP_S * lengths[index]
        seconds = np.arange(1, len(pieces) + 1, dtype=np.float32) * np.float32(STEP_S)
        ids = np.array([abs(hash_of(piece)) % 4000 for piece in pieces], np.int32)
        tokens = TokenColumns(ids, tuple(pieces), seconds, None)
        events.append(TokensAppended(closed_at, f"{name}{index}", 0, tokens))
        events.append(BranchClosed(closed_at, f"{name}{index}", "length"))
    return events


def hash_of(piece: bytes) -> int:
    """The same number for the same word, in every run."""
    return sum(byte * 31**place for place, byte in enumerate(piece[:6]))


def replay_app(path: Path, hands: Hands) -> ReplayApp:
    """The app on a replay."""
    app = ReplayApp(ReplayScreen(Replay(path), now_s=hands))
    app.animation_level = "none"
    return app


@asynccontextmanager
async def replayed(
    path: Path, hands: Hands, size: tuple[int, int] = NARROW
) -> AsyncIterator[Pilot[Path]]:
    """The app, open, drawn, and all marks found."""
    async with replay_app(path, hands).run_test(size=size, notifications=True) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        yield pilot
