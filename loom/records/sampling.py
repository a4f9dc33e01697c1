"""How the next token is drawn from the model's law."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sampling:
    """llama.cpp's sampler chain as data, applied in the order of the fields; None: no such step.

    The defaults are the preset *tidy*: temperature 1, and no token less likely than a twentieth
    of the likeliest. Temperature 0 is greedy.
    """

    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = 0.05
    temperature: float = 1.0

    @property
    def greedy(self) -> bool:
        """Whether every branch must come out the same."""
        return self.temperature <= 0


PRESETS = {
    "as is": Sampling(min_p=None),
    "tidy": Sampling(),
    "greedy": Sampling(min_p=None, temperature=0.0),
}
"""Named samplings, as a person reads them."""
