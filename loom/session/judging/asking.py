"""A model in an engine as convergence asks for it: requests in the background, blocking answers."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from loom.convergence.scorer import Cost, Future, Item, ScoringStopped, TokenIds, Vectors
from loom.engine.events import (
    BranchEnded,
    Embedded,
    EngineEvent,
    RequestEnded,
    RequestFailed,
    Scored,
    Stepped,
)
from loom.engine.request import Cancel, Embed, Grow, Request, Score, ScoreItem, TextPart, TokensPart
from loom.errors import CannotScoreError, LoomError
from loom.records.sampling import PRESETS
from loom.records.tokens import concat, rows_at
from loom.session.judging.answers import Answer, bits_of, cannot_score, said_in
from loom.session.residents import Loss

PREFIX = "judging-"
"""Requests of this kind write nothing into the tree: their ids tell them from all others."""

ITEMS_AT_ONCE = 512

FUTURES_AT_ONCE = 32
"""Futures that are drawn side by side: more of them would pay for each other's tokens."""


@dataclass(frozen=True, slots=True)
class JudgedBy:
    """Which model is asked: its fingerprint, and the tokens at which documents begin and end."""

    fingerprint: str
    document_start: TokenIds
    document_end: TokenIds
    pieces: Mapping[int, bytes]


class EngineScorer:
    """Asks one engine; calls block the thread that judges, and `hear` comes from the engine's.

    `submit` hands a request on and says whether there is an engine to take it, `embeds` one for
    vectors of texts if another engine makes them; `clock` tells the seconds that answers cost.
    """

    def __init__(
        self,
        model: JudgedBy,
        submit: Callable[[Request], bool],
        embeds: Callable[[Request], bool] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.fingerprint = model.fingerprint
        self.document_start = model.document_start
        self.document_end = model.document_end
        self.spent = Cost()
        self._submit = submit
        self._embeds = embeds or submit
        self._clock = clock
        self._pieces = dict(model.pieces)
        self._lock = threading.Lock()
        self._open: dict[str, Answer] = {}
        self._n_asked = 0
        self._stopped = False
        self._name = f"{PREFIX}{id(self):x}"

    # What the judge asks

    def futures(
        self, histories: Sequence[TokenIds], n_each: int, horizon: int, seeds: Sequence[int]
    ) -> list[list[Future]]:
        """`n_each` futures of each history, drawn at temperature 1 with nothing cut."""
        asked = [
            (partial(self._grow, history=one, n=n_each, horizon=horizon, seed=seed), n_each)
            for one, seed in zip(histories, seeds, strict=True)
        ]
        n_at_once = max(1, FUTURES_AT_ONCE // n_each)
        parts = [asked[i : i + n_at_once] for i in range(0, len(asked), n_at_once)]
        answers = [answer for part in parts for answer in self._ask(part)]
        return [[self._future(answer, i) for i in range(n_each)] for answer in answers]

    def _grow(self, name: str, history: TokenIds, n: int, horizon: int, seed: int) -> Grow:
        return Grow(
            name,
            (TokensPart(history),) if history else (),
            n,
            horizon,
            PRESETS["as is"],
            _seed_at(seed, history),
            top_k_records=0,
            priority="background",
        )

    def _future(self, answer: Answer, index: int) -> Future:
        said = answer.said.get(index, [])
        if any(one.logprob is None for one in said):
            raise cannot_score()
        bits = np.array([one.logprob for one in said], np.float64) / math.log(2)
        ended = answer.finishes.get(index) == "eos"
        return Future(tuple(one.token_id for one in said), bits, ended)

    def score(self, items: Sequence[Item]) -> list[npt.NDArray[np.float64]]:
        """The log-probability in bits of each token of each text."""
        blocks = [items[i : i + ITEMS_AT_ONCE] for i in range(0, len(items), ITEMS_AT_ONCE)]
        answers = self._ask([(partial(_score, items=block, top_k=0), 0) for block in blocks])
        return [
            bits_of(concat(answer.rows.get(index, [])))
            for block, answer in zip(blocks, answers, strict=True)
            for index in range(len(block))
        ]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector for each text; CannotScoreError if the model has none."""
        parts = tuple((TextPart(text.encode("utf-8", "surrogateescape")),) for text in texts)
        asked = [(lambda name: Embed(name, parts, "background"), 0)]
        (answer,) = self._ask(asked, self._embeds)
        return Vectors(answer.pooling, [answer.vectors[index] for index in range(len(texts))])

    @property
    def known_pieces(self) -> Mapping[int, bytes]:
        """The bytes of every token that was seen."""
        return self._pieces

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for, as far as it was seen."""
        return self._pieces.get(token_id, b"")

    def stop(self) -> None:
        """Answer nothing more: whoever waits is told that it was stopped."""
        with self._lock:
            self._stopped = True
            waiting, self._open = self._open, {}
        for name, answer in waiting.items():
            answer.stopped = True
            answer.done.set()
            for submit in dict.fromkeys((self._submit, self._embeds)):
                submit(Cancel(name))

    # What the engine says

    def hear(self, events: Iterable[EngineEvent]) -> list[EngineEvent]:
        """Take what is meant for this judge; what is not comes back."""
        return [left for event in events if (left := self._hear(event)) is not None]

    def lose(self, request_ids: Iterable[str], why: Loss) -> list[str]:
        """Nothing more comes of these requests; those of others come back."""
        others = []
        for name in request_ids:
            if not name.startswith(PREFIX):
                others.append(name)
                continue
            with self._lock:
                answer = self._open.pop(name, None)
            if answer is not None:
                answer.stopped = why is None
                answer.failure = None if why is None else LoomError(why.what, why.remedy)
                answer.done.set()
        return others

    def _hear(self, event: EngineEvent) -> EngineEvent | None:
        if isinstance(event, Stepped):
            return self._stepped(event)
        name = getattr(event, "request_id", "")
        if not name.startswith(PREFIX):
            return event
        with self._lock:
            answer = self._open.get(name)
        if answer is not None:
            self._take(name, answer, event)
        return None

    def _take(self, name: str, answer: Answer, event: EngineEvent) -> None:
        match event:
            case Scored():
                answer.rows[event.index] = [event.tokens]
            case Embedded():
                answer.vectors[event.index] = event.vector
                answer.pooling = event.pooling
            case BranchEnded():
                answer.finishes[event.index] = event.finish
                answer.stopped |= event.finish == "cancelled"
                if event.finish == "error":
                    answer.failure = LoomError(event.message)
                if len(answer.finishes) == answer.n_expected:
                    self._close(name, answer)
            case RequestEnded():
                answer.stopped = event.cancelled
                self._close(name, answer)
            case RequestFailed():
                answer.failure = CannotScoreError(event.what, event.remedy)
                self._close(name, answer)
            case _:
                pass

    def _stepped(self, event: Stepped) -> Stepped | None:
        others: list[int] = []
        for row, (name, index) in enumerate(event.branches):
            if not name.startswith(PREFIX):
                others.append(row)
                continue
            with self._lock:
                answer = self._open.get(name)
            if answer is not None:
                answer.said.setdefault(index, []).append(said_in(event.tokens, row))
        if len(others) == len(event.branches):
            return event
        if not others:
            return None
        kept = tuple(event.branches[row] for row in others)
        return Stepped(kept, rows_at(event.tokens, others))

    def _close(self, name: str, answer: Answer) -> None:
        with self._lock:
            self._open.pop(name, None)
        answer.done.set()

    # How it is asked

    def _ask(
        self,
        requests: Sequence[tuple[Callable[[str], Request], int]],
        submit: Callable[[Request], bool] | None = None,
    ) -> list[Answer]:
        begun_s, submit = self._clock(), submit or self._submit
        answers = [self._begin(make, n_expected, submit) for make, n_expected in requests]
        for answer in answers:
            answer.done.wait()
            if answer.stopped:
                raise ScoringStopped
            if answer.failure is not None:
                raise answer.failure
        n_tokens = 0
        for answer in answers:
            for rows in answer.rows.values():
                for tokens in rows:
                    n_tokens += len(tokens)
                    self._pieces.update(zip(tokens.ids.tolist(), tokens.pieces, strict=True))
            for said in answer.said.values():
                n_tokens += len(said)
                self._pieces.update((one.token_id, one.piece) for one in said)
        elapsed_s = self._clock() - begun_s
        self.spent = Cost(self.spent.n_tokens + n_tokens, self.spent.elapsed_s + elapsed_s)
        return answers

    def _begin(
        self,
        make: Callable[[str], Request],
        n_expected: int,
        submit: Callable[[Request], bool],
    ) -> Answer:
        answer = Answer(n_expected)
        with self._lock:
            if self._stopped:
                raise ScoringStopped
            self._n_asked += 1
            name = f"{self._name}-{self._n_asked}"
            self._open[name] = answer
        if not submit(make(name)):
            self.stop()
        return answer


def _score(name: str, items: Sequence[Item], top_k: int) -> Score:
    asked = tuple(
        ScoreItem((TokensPart(item.history),) if item.history else (), (TokensPart(item.text),))
        for item in items
    )
    return Score(name, asked, top_k, "background")


def _seed_at(seed: int, history: TokenIds) -> int:
    """Dice of its own for each history: the futures of two must not hang together."""
    spelt = np.array(history, "<i4").tobytes()
    digest = hashlib.sha256(f"loom future {seed} ".encode() + spelt).digest()
    return int.from_bytes(digest[:4], "little") >> 1
