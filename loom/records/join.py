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
class Evidence:
    """What each level found; None where a level was not judged."""

    lexical: LexicalEvidence | None = None
    semantic: None = None
    predictive: None = None


@dataclass(frozen=True, slots=True)
class Join:
    """One meeting of branches, all its occurrences together.

    `nodes` are the branches (the node in which each occurrence ends), `weight` their share of the
    compared branches in [0, 1], `sentence` the reason in one sentence.
    """

    id: str
    verdict: Verdict
    kind: JoinKind
    nodes: tuple[str, ...]
    spans: tuple[Span, ...]
    weight: float
    sentence: str
    evidence: Evidence
