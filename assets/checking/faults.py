"""What a model says that its world cannot: the first time in each document, with what was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assets.checking.bars import SEED
from assets.checking.drawing import continuations
from assets.checking.known import LONGEST, Known
from loom.engine.backend import Backend
from loom.records import Sampling
from loom.worlds.posterior import law_of_beat

N_TOKENS_BEFORE = 16
N_EXPECTED = 3


def first_faults(model: Backend, world: Known, n_documents: int) -> Iterator[str]:
    """A line for each document that holds an impossible token, then how often each beat had one."""
    ends = (world.end,)
    drawn = continuations(model, [world.end], n_documents, LONGEST, Sampling(), SEED, ends)
    beats: Counter[str] = Counter()
    for number, tokens in enumerate(drawn):
        found = _first(world, tokens)
        if found is not None:
            beat, told = found
            beats[beat] += 1
            yield f"{number:4} {beat:>14}: {told}"
    counted = ", ".join(f"{beat} {n}" for beat, n in beats.most_common())
    yield f"{beats.total()} of {n_documents} documents: {counted or 'none'}"


def _first(world: Known, tokens: list[int]) -> tuple[str, str] | None:
    """The beat of the first impossible token, and it behind what came before; None if none is."""
    belief = world.filter.start()
    for position, token in enumerate(tokens):
        said, after = world.filter.advance(belief, token)
        if said == 0:
            law = sorted(world.filter.said(belief).items(), key=lambda item: -item[1])
            meant = " ".join(repr(world.vocabulary.decode([t])) for t, _ in law[:N_EXPECTED])
            before = world.vocabulary.decode(tokens[max(0, position - N_TOKENS_BEFORE) : position])
            wrong = world.vocabulary.decode([token])
            beat = next(iter(law_of_beat(belief)))
            return beat, f"{before!r} {wrong!r}, where it could be {meant}"
        belief = after
    return None
