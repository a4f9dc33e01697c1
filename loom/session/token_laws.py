"""What a model's law said at each token of a tree: as it was recorded, or scored when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loom.engine.statistics import LOG2_E
from loom.records import TokenColumns


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible next token: its bytes (None: nobody here can spell it) and its probability.

    A `special` one, such as the end of the text, spells its name and stands for no text.
    """

    token_id: int
    piece: bytes | None
    probability: float
    special: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """A model's law at one place, at T = 1 with nothing cut.

    `choices` are the likeliest tokens in falling order, `unseen` is the probability outside them;
    `taken` is the token that stands there, None where none does yet.
    """

    model: str
    fingerprint: str
    choices: tuple[Choice, ...]
    unseen: float
    entropy_bits: float
    taken: Choice | None = None

    @property
    def n_live(self) -> float:
        """So many equally likely choices would be as uncertain: 2 to the entropy."""
        return float(2**self.entropy_bits)

    @property
    def surprisal_bits(self) -> float | None:
        """How surprising the token that was taken is."""
        if self.taken is None:
            return None
        return float(-np.log2(max(self.taken.probability, 1e-300)))


@dataclass(frozen=True, slots=True)
class Spellings:
    """The bytes of a model's tokens by id, None where nobody can tell; `special` are no text."""

    spell: Callable[[int], bytes | None]
    special: frozenset[int] = frozenset()

    def choice(self, token_id: int, logprob: float) -> Choice:
        """A token as a choice; `logprob` is natural."""
        piece = self.spell(token_id)
        return Choice(token_id, piece, float(np.exp(logprob)), token_id in self.special)


@dataclass(frozen=True, slots=True, eq=False)
class NodeLaws:
    """The tokens of one node with the law at each; `scored` where the model did not write them."""

    model: str
    fingerprint: str
    columns: TokenColumns
    spellings: Spellings
    scored: bool = False

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def surprisal_bits(self) -> npt.NDArray[np.float32]:
        """Of every token, shape (n,)."""
        assert self.columns.stats is not None
        return np.asarray(-self.columns.stats.logprob * LOG2_E, np.float32)

    @property
    def entropy_bits(self) -> npt.NDArray[np.float32]:
        """Of the law at every token, shape (n,)."""
        assert self.columns.stats is not None
        return self.columns.stats.entropy_bits

    @property
    def logprob(self) -> npt.NDArray[np.float32]:
        """The natural logarithm of every token's probability, shape (n,)."""
        assert self.columns.stats is not None
        return self.columns.stats.logprob

    def law(self, index: int, *, taken: bool = True) -> Law:
        """The law at token `index`; without `taken` as if nothing stood there."""
        stats = self.columns.stats
        assert stats is not None
        pairs = zip(stats.top_ids[index].tolist(), stats.top_logprobs[index].tolist(), strict=True)
        choices = tuple(self.spellings.choice(*pair) for pair in pairs)
        chosen = None
        if taken:
            token_id = int(self.columns.ids[index])
            logprob = float(stats.logprob[index])
            known = self.spellings.choice(token_id, logprob)
            piece = known.piece if known.special else self.columns.pieces[index]
            chosen = Choice(token_id, piece, known.probability, known.special)
        return Law(
            self.model,
            self.fingerprint,
            choices,
            float(stats.residual_mass[index]),
            float(stats.entropy_bits[index]),
            chosen,
        )

    def offsets(self) -> npt.NDArray[np.int64]:
        """Where each token begins in the node's bytes, and where the last ends, shape (n + 1,)."""
        return np.cumsum([0, *map(len, self.columns.pieces)])
