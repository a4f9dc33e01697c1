"""The nouns that rooms share: frozen dataclasses without behaviour."""

from loom.records.growth import Cover, Ending, Priority, RunMode, Until
from loom.records.join import (
    Evidence,
    FloorSource,
    FutureVerdict,
    Join,
    JoinKind,
    Judged,
    JudgeSettings,
    LexicalEvidence,
    Measure,
    Place,
    PredictiveEvidence,
    SemanticEvidence,
    Span,
    TellingWord,
    Verdict,
)
from loom.records.judging import FloorFound, JudgedRound, JudgingCost
from loom.records.opening import CacheType, FlashAttention, Opening
from loom.records.provenance import ModelInfo, Provenance
from loom.records.road import RoadTold, WayTold
from loom.records.sampling import Sampling
from loom.records.step_costs import StepCosts
from loom.records.tokens import TokenColumns, TokenStats

__all__ = [
    "CacheType",
    "Cover",
    "Ending",
    "Evidence",
    "FlashAttention",
    "FloorFound",
    "FloorSource",
    "FutureVerdict",
    "Join",
    "JoinKind",
    "JudgeSettings",
    "Judged",
    "JudgedRound",
    "JudgingCost",
    "LexicalEvidence",
    "Measure",
    "ModelInfo",
    "Opening",
    "Place",
    "PredictiveEvidence",
    "Priority",
    "Provenance",
    "RoadTold",
    "RunMode",
    "Sampling",
    "SemanticEvidence",
    "Span",
    "StepCosts",
    "TellingWord",
    "TokenColumns",
    "TokenStats",
    "Until",
    "Verdict",
    "WayTold",
]
