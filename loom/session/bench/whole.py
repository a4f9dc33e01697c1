"""The whole program but its screen: sampling, records, streaming, the journal on disk."""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from loom.engine.events import Gauge
from loom.engine.process import connect_to_child
from loom.records import ModelInfo
from loom.records.sampling import PRESETS
from loom.session.bench.results import Regrow
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.tree.events import TokensAppended, TreeEvent

N_LEAVES = 32
N_TO_EVICT = 96
"""Branches enough to move all that was held before them to the machine's memory."""

SEED = 1


class WholeProgram:
    """A session on one prompt that its model has read."""

    def __init__(self, model: str, prompt: str, folder: Path) -> None:
        path = Path(tempfile.mkdtemp(dir=folder)) / "bench.loom"
        beginning = Beginning(title="bench", model=model, prompt=prompt)
        self._session = Session.create(path, beginning, connect_to_child(folder / "engine.log"))
        self._root = self._session.tree.root_ids[0]
        self._news = threading.Event()
        self._session.listen(self._news.set)
        self._grow(self._root, 1, 1)

    @property
    def model(self) -> ModelInfo:
        """The model as it was loaded."""
        model = self._session.status.model
        assert model is not None
        return model

    @property
    def prompt_ids(self) -> tuple[int, ...]:
        """The prompt as the model read it."""
        return self._session.tree.node(self._root).token_ids or ()

    def rate(self, n_branches: int, n_tokens: int) -> float:
        """Tokens per second of so many branches, until the last token is on disk."""
        began_s = time.perf_counter()
        appended = self._grow(self._root, n_branches, n_tokens)
        return sum(len(event.tokens) for event in appended) / (time.perf_counter() - began_s)

    def regrow(self, n_tokens: int) -> tuple[Regrow, Regrow, Gauge]:
        """Grow again from each leaf of a tree while it is held, and after it was evicted."""
        leaves = self._leaves(n_tokens)
        held = self._regrow(leaves)
        self._grow(self._root, N_TO_EVICT, n_tokens)
        return held, self._regrow(leaves), self._gauge

    def _leaves(self, n_tokens: int) -> list[str]:
        self._grow(self._root, N_LEAVES, n_tokens)
        tree = self._session.tree
        return [i for i in tree.leaf_ids() if tree.node(i).finish == "length"][-N_LEAVES:]

    def _regrow(self, leaves: list[str]) -> Regrow:
        shuffled = random.Random(SEED).sample(leaves, len(leaves))
        n_evaluated, n_restored, first_steps = [], [], []
        for leaf in shuffled:
            before = self._gauge
            appended = self._grow(leaf, 1, 9)
            after = self._gauge
            at_s = [at for event in appended for at in event.tokens.elapsed_s.tolist()]
            # Every token but the last is evaluated to draw the one after it.
            n_evaluated.append(after.n_evaluated - before.n_evaluated - (len(at_s) - 1))
            n_restored.append(after.n_restored - before.n_restored)
            if len(at_s) > 1:
                first_steps.append(at_s[0] / ((at_s[-1] - at_s[0]) / (len(at_s) - 1)))
        return Regrow(
            len(leaves), max(n_evaluated), sum(n_restored), statistics.median(first_steps)
        )

    @property
    def _gauge(self) -> Gauge:
        gauge = self._session.status.gauge
        assert gauge is not None
        return gauge

    def _grow(self, node_id: str, n_branches: int, n_tokens: int) -> list[TokensAppended]:
        settings = GrowSettings(n_branches, n_tokens, PRESETS["tidy"], SEED)
        request_id = self._session.grow(node_id, settings)
        events: list[TreeEvent] = []
        while not self._session.ended(request_id):
            self._news.wait()
            self._news.clear()
            events += self._session.drain()
        events += self._session.drain()
        return [event for event in events if isinstance(event, TokensAppended)]

    def close(self) -> None:
        """Free the model."""
        self._session.close()
