"""Given texts under given histories: what the model's own law says of every token of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loom.engine.backend import Row
from loom.engine.memory import Memory
from loom.engine.request import Score
from loom.engine.sequence import Reading
from loom.records import TokenColumns

MOST_TEXTS_AT_ONCE = 32
"""Sequences that one request may hold: enough to fill a batch, few enough to leave room."""


@dataclass(slots=True, eq=False)
class ScoredText:
    """One text in work: it evaluates `tokens`, and the law after each is asked about `targets`.

    `tokens` are the history's last one and all but the last of the text; they stand at positions
    `start` and on.
    """

    index: int
    tokens: list[int]
    targets: list[int]
    start: int
    sequence: int | None = None
    n_done: int = 0
    columns: list[TokenColumns] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class History:
    """A history that several texts share: all but its last token is read once."""

    trunk: Reading
    waiting: list[ScoredText]
    in_work: list[ScoredText] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether all of its texts have been scored."""
        return not self.waiting and not self.in_work


class Scoring:
    """One `Score` request. Histories are taken in order of their tokens, one after another.

    So what two of them share is evaluated once: the second finds it in the memory.
    """

    def __init__(
        self, request: Score, items: Sequence[tuple[list[int], list[int]]], accepted_s: float
    ) -> None:
        """Each item is the token ids of a history (at least one) and of a text.

        Texts without a token are answered by nothing; their indices are `empty`.
        """
        self.request = request
        self.accepted_s = accepted_s
        self.empty = tuple(index for index, (_, text) in enumerate(items) if not text)
        self._waiting = _histories(items)[::-1]
        self._open: list[History] = []

    @property
    def rests(self) -> bool:
        """Whether it holds room that it can give back: it always can."""
        return bool(self._open)

    @property
    def ended(self) -> bool:
        """Whether every text has been scored."""
        return not self._waiting and not self._open

    @property
    def readings(self) -> list[Reading]:
        """Histories that are being read."""
        return [history.trunk for history in self._open if not history.trunk.whole]

    def start(self, memory: Memory) -> bool:
        """Open what there is room for; False if there was no room for anything."""
        if self._waiting and all(h.trunk.whole and not h.waiting for h in self._open):
            history = self._waiting[-1]
            longest = max(len(text.tokens) for text in history.waiting)
            history.trunk.sequence = memory.open(history.trunk.tokens, longest)
            if history.trunk.sequence is None:
                return bool(self._open)
            history.trunk.n_held = memory.length(history.trunk.sequence)
            self._open.append(self._waiting.pop())
        n_in_work = sum(len(history.in_work) for history in self._open)
        for history in self._open:
            while n_in_work < MOST_TEXTS_AT_ONCE and _start_text(history, memory):
                n_in_work += 1
        return True

    def rows(self, room: int) -> list[tuple[ScoredText, list[Row]]]:
        """The next rows of the texts in work, at most `room`; each row wants a law."""
        chosen = []
        for text in (text for history in self._open for text in history.in_work):
            if room <= 0:
                break
            assert text.sequence is not None
            end = min(len(text.tokens), text.n_done + room)
            rows = [
                Row(text.tokens[i], text.start + i, text.sequence, True)
                for i in range(text.n_done, end)
            ]
            room -= len(rows)
            chosen.append((text, rows))
        return chosen

    def take(self, text: ScoredText, columns: TokenColumns, memory: Memory) -> bool:
        """Add what was found about the next tokens of a text; True if it is whole."""
        text.columns.append(columns)
        text.n_done += len(columns)
        if text.n_done < len(text.tokens):
            return False
        assert text.sequence is not None
        memory.drop(text.sequence)
        for history in list(self._open):
            if text in history.in_work:
                history.in_work.remove(text)
            if history.ended:
                self._close(history, memory)
        return True

    def _close(self, history: History, memory: Memory) -> None:
        assert history.trunk.sequence is not None
        memory.release(history.trunk.sequence)
        self._open.remove(history)

    def suspend(self, memory: Memory) -> None:
        """Give all room back; what is not finished starts again later."""
        for history in list(self._open):
            for text in history.in_work:
                assert text.sequence is not None
                memory.drop(text.sequence)
                text.sequence, text.n_done, text.columns = None, 0, []
            self._close(history, memory)
            again = Reading(history.trunk.tokens)
            self._waiting.append(History(again, history.waiting + history.in_work))

    def close(self, memory: Memory) -> None:
        """Give everything back: nothing more is asked."""
        self.suspend(memory)
        self._waiting.clear()


def _start_text(history: History, memory: Memory) -> bool:
    if not history.trunk.whole or not history.waiting:
        return False
    assert history.trunk.sequence is not None
    text = history.waiting[-1]
    text.sequence = memory.fork(history.trunk.sequence, len(text.tokens))
    if text.sequence is None:
        return False
    history.in_work.append(history.waiting.pop())
    return True


def _histories(items: Sequence[tuple[list[int], list[int]]]) -> list[History]:
    grouped: dict[tuple[int, ...], list[ScoredText]] = {}
    for index, (history, text) in enumerate(items):
        if text:
            scored = ScoredText(index, [history[-1], *text[:-1]], text, len(history) - 1)
            grouped.setdefault(tuple(history[:-1]), []).append(scored)
    return [
        History(Reading(list(tokens)), texts[::-1]) for tokens, texts in sorted(grouped.items())
    ]
