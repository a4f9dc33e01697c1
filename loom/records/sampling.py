"""How the next token is drawn from the model's law: llama.cpp's sampler chain as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Step = Literal[
    "penalties",
    "dry",
    "top_n_sigma",
    "top_k",
    "typical",
    "top_p",
    "min_p",
    "xtc",
    "temperature",
]
"""A step that changes the law or leaves tokens out."""

Link = Literal["grammar", "logit_bias", "greedy", "dice", "mirostat", "adaptive_p"] | Step
"""Anything in a chain: what comes before the steps, the steps, and what takes a token at last."""

ORDER: tuple[Step, ...] = (
    "penalties",
    "dry",
    "top_n_sigma",
    "top_k",
    "typical",
    "top_p",
    "min_p",
    "xtc",
    "temperature",
)
"""llama.cpp's own order of the steps."""

REWEIGHING: tuple[Step, ...] = ("penalties", "dry")
"""Steps that greedy drawing keeps: they say which token is the likeliest."""


@dataclass(frozen=True, slots=True)
class DynamicTemperature:
    """A temperature between T - `spread` and T + `spread` that rises with the law's entropy."""

    spread: float
    exponent: float = 1.0


@dataclass(frozen=True, slots=True)
class Xtc:
    """Now and then leave out all but the least likely token of those above a threshold."""

    probability: float
    threshold: float = 0.1


@dataclass(frozen=True, slots=True)
class Penalties:
    """Lower the logits of the last `last_n` tokens: by a factor, once, and once a time seen."""

    repeat: float = 1.0
    presence: float = 0.0
    frequency: float = 0.0
    last_n: int = 64


@dataclass(frozen=True, slots=True)
class Dry:
    """Lower the logit of what would repeat more than `allowed_length` of the `last_n` tokens.

    The penalty is `multiplier` * `base` ^ (tokens repeated - `allowed_length`); a repetition
    does not reach past a text of `breakers`.
    """

    multiplier: float = 0.8
    base: float = 1.75
    allowed_length: int = 2
    last_n: int = 64
    breakers: tuple[str, ...] = ("\n", ":", '"', "*")


@dataclass(frozen=True, slots=True)
class Mirostat:
    """Keep the surprise of a token near `tau` bits, learning at rate `eta`; takes the token."""

    version: Literal[1, 2] = 2
    tau: float = 5.0
    eta: float = 0.1


@dataclass(frozen=True, slots=True)
class AdaptiveP:
    """Take tokens near a probability of `target`, on the average over 1/(1 - `decay`) tokens."""

    target: float
    decay: float = 0.9


@dataclass(frozen=True, slots=True)
class LogitBias:
    """Added to the logit of a token (its id, or the text that it spells); None never draws it."""

    token: int | str
    bias: float | None


@dataclass(frozen=True, slots=True)
class Sampling:
    """llama.cpp's sampler chain; None: no such step.

    The defaults are the preset *tidy*: temperature 1, and no token less likely than a twentieth
    of the likeliest. Temperature 0 is greedy. `grammar` is GBNF with a rule `root`; with
    `ban_end` the model cannot end its text. `order` names the steps in the order in which they
    are applied; a step that it does not name is not applied.
    """

    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = 0.05
    temperature: float = 1.0
    dynamic_temperature: DynamicTemperature | None = None
    typical: float | None = None
    top_n_sigma: float | None = None
    xtc: Xtc | None = None
    mirostat: Mirostat | None = None
    adaptive_p: AdaptiveP | None = None
    penalties: Penalties | None = None
    dry: Dry | None = None
    biases: tuple[LogitBias, ...] = ()
    ban_end: bool = False
    grammar: str | None = None
    order: tuple[Step, ...] = ORDER

    @property
    def greedy(self) -> bool:
        """Whether every branch must come out the same."""
        return self.temperature <= 0

    @property
    def steps(self) -> tuple[Link, ...]:
        """The chain: what is applied, in that order, and at last what takes the token.

        Greedy drawing keeps only what says which token is the likeliest, mirostat only that and
        the temperature: it cuts the law itself.
        """
        chain: list[Link] = []
        if self.grammar is not None:
            chain.append("grammar")
        if self.biases or self.ban_end:
            chain.append("logit_bias")
        acting = self._acting()
        return (*chain, *(step for step in self.order if step in acting), self._last())

    def _acting(self) -> set[Step]:
        asked: dict[Step, object] = {
            "penalties": self.penalties,
            "dry": self.dry,
            "top_n_sigma": self.top_n_sigma,
            "top_k": self.top_k,
            "typical": self.typical,
            "top_p": self.top_p,
            "min_p": self.min_p,
            "xtc": self.xtc,
            "temperature": self.temperature != 1 or self.dynamic_temperature,
        }
        acting = {step for step, value in asked.items() if value}
        if self.greedy:
            return acting.intersection(REWEIGHING)
        if self.mirostat:
            return acting.intersection((*REWEIGHING, "temperature"))
        return acting

    def _last(self) -> Link:
        if self.greedy:
            return "greedy"
        if self.mirostat:
            return "mirostat"
        return "adaptive_p" if self.adaptive_p else "dice"


PRESETS = {
    "as is": Sampling(min_p=None),
    "tidy": Sampling(),
    "greedy": Sampling(min_p=None, temperature=0.0),
}
"""Named samplings, as a person reads them."""
