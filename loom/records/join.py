"""Places where branches meet again, as the convergence room finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["joined", "apart", "undecided", "not_judged"]
JoinKind = Literal[
    "full",
    "paraphrase",
    "same_road",
    "hidden",
    "look_alike",
    "echo",
    "same_gist",
    "shared_words",
    "prompt_echo",
]

FutureVerdict = Literal["joined", "apart", "undecided"]
Measure = Literal["embedding model", "mean of hidden states", "shared words"]
FloorSource = Literal["another document in front", "a neutral text in front", "known"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place between tokens: the path up to and with the first `n_tokens` of a node."""

    node: str
    n_tokens: int


@dataclass(frozen=True, slots=True)
class Span:
    """One occurrence of a run inside one node; both ranges are half-open and count from its start.

    A run that crosses from a node into its child has a span in each.
    """

    node: str
    start_token: int
    end_token: int
    start_byte: int
    end_byte: int


@dataclass(frozen=True, slots=True)
class LexicalEvidence:
    """Shared words: the run, its expected number of chance matches, and where it stands.

    `n_tokens` is the run's length, `n_branches` of `n_compared` branches hold it,
    `expected_by_chance` is E of A1 (multiplied by the number of branch pairs), and `common` says
    that more than half of the branches hold it, and more than two.
    """

    text: str
    n_tokens: int
    n_branches: int
    n_compared: int
    expected_by_chance: float
    common: bool


@dataclass(frozen=True, slots=True)
class SemanticEvidence:
    """Same gist: how alike two stretches are, and how alike unrelated ones get to be.

    `similarity` and `threshold` are cosines, or F1 of words where `measure` says so; `q_value` is
    the share of false discoveries at which this pair is still found (Benjamini-Hochberg).
    """

    similarity: float
    threshold: float
    q_value: float
    measure: Measure


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word, and how likely the next tokens of either place say it, each in [0, 1]."""

    word: str
    one: float
    other: float


@dataclass(frozen=True, slots=True)
class PredictiveEvidence:
    """Same future: how well one can tell from what follows which of two places it follows.

    `nodes` are the two branches compared (of a join of many, the two that are easiest to tell
    apart), `model` the fingerprint of the model that judged. `n_futures` futures of at most
    `horizon` tokens were looked at, at temperature 1 with nothing cut. A best guess is the chance
    that a perfect reader of one future names its branch, (1 + TV) / 2, in [1/2, 1]; `low` and
    `high` bound it with the confidence of the settings at any number of futures.
    `same_place_twice` is the same for one place read twice (`floor_source` says how), and
    `excess` is (TV - floor) / (1 - floor). `both_end` says that both are about to end.
    `telling` are the words on which the futures differ most.
    """

    nodes: tuple[str, str]
    model: str
    verdict: FutureVerdict
    n_futures: int
    horizon: int
    best_guess: float
    best_guess_low: float
    best_guess_high: float
    same_place_twice: float
    floor_source: FloorSource
    excess: float
    excess_low: float
    excess_high: float
    both_end: bool = False
    telling: tuple[TellingWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What each level found; None where a level was not judged."""

    lexical: LexicalEvidence | None = None
    semantic: SemanticEvidence | None = None
    predictive: PredictiveEvidence | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """One meeting of branches, all its occurrences together.

    `nodes` are the branches (the node in which each occurrence ends), `weight` their share of the
    compared branches in [0, 1], `sentence` the reason in one sentence. `mark` is what a screen
    shows: A, B... for joins, a, b... for what looks alike and is none, each keeping its letter
    while others are found; ? for what is undecided and ≈ for words whose future was not compared.
    `denied` says that to a person it is no join, whatever the model says.
    """

    id: str
    verdict: Verdict
    kind: JoinKind
    nodes: tuple[str, ...]
    spans: tuple[Span, ...]
    weight: float
    sentence: str
    evidence: Evidence
    mark: str = "≈"
    denied: bool = False

    @property
    def is_telling(self) -> bool:
        """Whether it is worth a mark: no common phrase, and not the prompt said again."""
        lexical = self.evidence.lexical
        return self.kind != "prompt_echo" and not (lexical is not None and lexical.common)


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """How futures are judged (A5).

    Two places are joined when the whole interval of the excess lies at or below `joined_below`,
    apart when all of it lies above, at this `confidence` whenever one stops looking. Each pair
    gets `n_futures` futures of at most `horizon` tokens, half from each side, and `most_futures`
    at most. `n_probes` texts of `probe_length` tokens make a fingerprint of a place.
    """

    horizon: int = 16
    n_futures: int = 32
    most_futures: int = 128
    joined_below: float = 0.20
    confidence: float = 0.95
    n_probes: int = 8
    probe_length: int = 5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """Two places whose futures were compared, and what was found under which settings.

    `gist` is how alike what was said of late is, where that was compared too.
    """

    one: Place
    other: Place
    evidence: PredictiveEvidence
    settings: JudgeSettings
    gist: SemanticEvidence | None = None
