"""What a person sets before growing, and what the engine tells about itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Literal

from loom.engine.events import Gauge
from loom.records import Cover, Ending, ModelInfo, RunMode, Sampling
from loom.records.sampling import PRESETS
from loom.session.turns import Speaker
from loom.tree.events import GrowthRequested, Mode


@dataclass(frozen=True, slots=True)
class GrowSettings:
    """How many branches, how long at most (tokens), drawn how; `seed` None takes a fresh one.

    With `cover` every likely next token begins a branch, and `n_branches` is how many at most.
    In a chat `speaker` says who speaks in what is grown. `model` is what grows it, by name or
    path; None: the session's own.
    """

    n_branches: int = 5
    max_tokens: int = 64
    sampling: Sampling = PRESETS["tidy"]
    seed: int | None = None
    ending: Ending = field(default_factory=Ending)
    cover: Cover | None = None
    mode: RunMode = "fast"
    speaker: Speaker = "next"
    model: str | None = None

    @classmethod
    def for_mode(cls, mode: Mode) -> GrowSettings:
        """The defaults: five branches of 64 tokens in plain text, three whole turns in a chat."""
        return cls(n_branches=3, max_tokens=512) if mode == "chat" else cls()

    @classmethod
    def like(cls, request: GrowthRequested) -> GrowSettings:
        """Those of an earlier request, with other dice."""
        return cls(
            n_branches=request.n_branches,
            max_tokens=request.max_tokens,
            sampling=request.sampling,
            ending=request.ending,
            cover=request.cover,
            mode=request.mode,
        )

    @property
    def alike(self) -> bool:
        """Whether all of several branches would be the same."""
        return self.sampling.greedy and self.n_branches > 1 and self.cover is None

    def as_usual_in(self, mode: Mode) -> GrowSettings:
        """These, but as many branches of as many tokens as are usual in a mode."""
        usual = self.for_mode(mode)
        return replace(self, n_branches=usual.n_branches, max_tokens=usual.max_tokens)

    def continuing(self) -> GrowSettings:
        """One branch more of the same kind, with other dice."""
        return replace(self, n_branches=1, cover=None, seed=None)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The engine at this moment.

    `n_cells_used` of `n_cells` are held in the KV cache; `n_evaluated` tokens were computed and
    `n_reused` taken from it since loading; `gauge` has all that it last said of itself.
    `tokens_per_s` is over the last second of growing, `load_s` how long opening took. `others`
    are the names of models that are loaded besides.
    """

    state: Literal["unloaded", "loading", "ready", "failed"] = "unloaded"
    name: str = ""
    model: ModelInfo | None = None
    n_cells_used: int = 0
    n_cells: int = 0
    n_evaluated: int = 0
    n_reused: int = 0
    tokens_per_s: float = 0.0
    gauge: Gauge | None = None
    load_s: float = 0.0
    others: tuple[str, ...] = ()


def fresh_seed() -> int:
    """A seed nobody chose, small enough to type again."""
    return secrets.randbelow(2**31)
