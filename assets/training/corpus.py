"""Rows of tokens from a world, each with the world's exact law of the next token.

The targets are laws, not the tokens that happened to come: a world that is known can say at every
position what all the answers are, so the model need not see each of them to learn its odds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import Queue

import numpy as np
import numpy.typing as npt

from loom.worlds.belief import Filter
from loom.worlds.grammar import Place, StoryMachine
from loom.worlds.quill import QUILL, draw_document
from loom.worlds.sibling import sibling
from loom.worlds.town import Town
from loom.worlds.vocabulary import Vocabulary, story_vocabulary

TOWNS = {"base": lambda: QUILL, "chat": sibling}
N_BATCHES_AHEAD = 16

Numbered = tuple[int, tuple[int, int]]
"""The number of a batch, and its shape (rows, length)."""


@dataclass(frozen=True)
class Batch:
    """Inputs of shape (n_rows, length), and the exact law after each of them.

    Entry i says that at the flat position `positions[i]` the token `ids[i]` comes next with
    probability `chances[i]`. `entropy_bits` is the mean entropy of these laws.
    """

    inputs: npt.NDArray[np.int32]
    positions: npt.NDArray[np.int32]
    ids: npt.NDArray[np.int32]
    chances: npt.NDArray[np.float32]
    entropy_bits: float


class Rows:
    """Batches cut from an endless supply of fresh documents.

    A row begins where a document begins and holds as many as fit, each behind the end-of-text
    token; what its right edge cuts off is dropped. So position 0 always is end-of-text, as it is
    when the finished model is asked to begin, and what stands behind another document is learned.
    """

    def __init__(self, town: Town, vocabulary: Vocabulary) -> None:
        """Draw documents of `town`."""
        self._town = town
        self._vocabulary = vocabulary
        self._filter: Filter[Place] = Filter(StoryMachine(town, vocabulary), len(vocabulary))

    def batch(self, n_rows: int, length: int, rng: random.Random) -> Batch:
        """So many rows of so many tokens, drawn with `rng`."""
        inputs = np.empty((n_rows, length), np.int32)
        positions: list[int] = []
        ids: list[int] = []
        chances: list[float] = []
        for row in range(n_rows):
            tokens = self._row(length, rng)
            inputs[row] = tokens
            belief = self._filter.start()
            for column, token in enumerate(tokens):
                if column:
                    _, belief = self._filter.advance(belief, token)
                law = self._filter.said(belief)
                positions += [row * length + column] * len(law)
                ids += law.keys()
                chances += law.values()
        p = np.array(chances, np.float32)
        entropy = float(-(p * np.log2(p)).sum()) / inputs.size
        return Batch(inputs, np.array(positions, np.int32), np.array(ids, np.int32), p, entropy)

    def _row(self, length: int, rng: random.Random) -> list[int]:
        row: list[int] = []
        while len(row) < length:
            row.append(self._vocabulary.end_of_text)
            row.extend(self._vocabulary.encode(draw_document(self._town, rng).text))
        return row[:length]


def produce(kind: str, seed: int, share: Sequence[Numbered], out: Queue[Batch]) -> None:
    """Put the batch of each number and shape (rows, length) into a queue, in order.

    Each batch has a seed of its own, whoever makes it and after whatever.
    """
    rows = Rows(TOWNS[kind](), story_vocabulary())
    for number, (n_rows, length) in share:
        out.put(rows.batch(n_rows, length, random.Random(f"{seed} {number}")))


def batches(
    kind: str, seed: int, shapes: Sequence[tuple[int, int]], n_done: int = 0, n_producers: int = 1
) -> Iterator[Batch]:
    """One batch of each shape but the first `n_done`, made in other processes meanwhile.

    They take turns, so the batches and their order do not depend on how many there are.
    """
    context = get_context("spawn")
    queues: list[Queue[Batch]] = [context.Queue(N_BATCHES_AHEAD) for _ in range(n_producers)]
    numbered = list(enumerate(shapes))[n_done:]
    processes = [
        context.Process(
            target=produce, args=(kind, seed, numbered[turn::n_producers], queue), daemon=True
        )
        for turn, queue in enumerate(queues)
    ]
    for process in processes:
        process.start()
    for turn in range(len(numbered)):
        yield queues[turn % n_producers].get()
    for process in processes:
        process.join()
