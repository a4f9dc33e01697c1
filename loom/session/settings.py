"""What a person sets before growing, and what the engine tells about itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from loom.records import ModelInfo, Sampling
from loom.records.sampling import PRESETS
from loom.tree.events import Mode


@dataclass(frozen=True, slots=True)
class GrowSettings:
    """How many branches, how long at most (tokens), drawn how; `seed` None takes a fresh one."""

    n_branches: int = 5
    max_tokens: int = 64
    sampling: Sampling = PRESETS["tidy"]
    seed: int | None = None

    @classmethod
    def for_mode(cls, mode: Mode) -> GrowSettings:
        """The defaults: five branches of 64 tokens in plain text, three whole turns in a chat."""
        return cls(n_branches=3, max_tokens=512) if mode == "chat" else cls()


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The engine at this moment.

    `n_cells_used` of `n_cells` are held in the KV cache; `n_evaluated` tokens were computed and
    `n_reused` taken from it since loading; `tokens_per_s` is over the last second of growing.
    """

    state: Literal["unloaded", "loading", "ready", "failed"] = "unloaded"
    name: str = ""
    model: ModelInfo | None = None
    n_cells_used: int = 0
    n_cells: int = 0
    n_evaluated: int = 0
    n_reused: int = 0
    tokens_per_s: float = 0.0


def fresh_seed() -> int:
    """A seed nobody chose, small enough to type again."""
    return secrets.randbelow(2**31)
