"""What came of verifying a session: what is wrong, what differs, what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from loom.records import RunMode

Seals = Literal["whole", "broken", "none"]
"""Content hashes: derived again and the same, not the same, or not in this file."""

NOISE_FACTOR = 5.0
LEAST_NOISE = 2e-6
"""In nats: what is stored is rounded to so much, also where a model has no noise of its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, as one sentence; the event and the node, where it is about one."""

    what: str
    seq: int | None = None
    node_id: str | None = None


@dataclass(frozen=True, slots=True)
class Rescored:
    """A branch's stored log-probabilities against those of its tokens under the model now, in nats.

    `noise` is how far this machine's own scores of it lie apart: alone, in a batch, grown again.
    """

    node_id: str
    model: str
    n_tokens: int
    greatest: float
    mean: float
    noise: float


@dataclass(frozen=True, slots=True)
class Resampled:
    """A branch grown again with the same dice: the first token that differs, None if none does.

    `must_match` says that it was grown in exact mode by this build on this processor; then
    `same_bits` counts as well.
    """

    node_id: str
    mode: RunMode
    n_tokens: int
    first_difference: int | None
    same_bits: bool
    must_match: bool

    @property
    def is_wrong(self) -> bool:
        """Whether it differs where nothing can."""
        return self.must_match and (self.first_difference is not None or not self.same_bits)


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A model that the session names, and the one that was found under that name.

    `sha256` is of the whole file, None for what has none or where it was never recorded.
    """

    name: str
    fingerprint: str
    found_fingerprint: str
    sha256: str | None
    found_sha256: str | None

    @property
    def is_same(self) -> bool:
        """Whether it is the model that the session was grown with."""
        hashes = {self.sha256, self.found_sha256} - {None}
        return self.fingerprint == self.found_fingerprint and len(hashes) < 2


@dataclass(frozen=True, slots=True)
class Verification:
    """All that was found; `unchecked` are sentences about what could not be."""

    path: Path
    n_events: int
    n_nodes: int
    seals: Seals
    findings: tuple[Finding, ...]
    models: tuple[CheckedModel, ...]
    rescored: tuple[Rescored, ...]
    resampled: tuple[Resampled, ...]
    unchecked: tuple[str, ...]

    def noise(self, model: str) -> float:
        """The greatest noise of a model's own over all branches that it was asked about."""
        return max([LEAST_NOISE, *(one.noise for one in self.rescored if one.model == model)])

    def tolerance(self, model: str) -> float:
        """How far a stored log-probability may be from the model's, in nats."""
        return NOISE_FACTOR * self.noise(model)

    def is_within(self, one: Rescored) -> bool:
        """Whether a branch's stored log-probabilities can be this model's."""
        return one.greatest <= self.tolerance(one.model)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong; what only could not be checked is not."""
        return (
            not self.findings
            and all(model.is_same for model in self.models)
            and all(self.is_within(one) for one in self.rescored)
            and not any(one.is_wrong for one in self.resampled)
        )
