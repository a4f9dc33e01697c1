"""The nouns that rooms share: frozen dataclasses without behaviour."""

from loom.records.growth import Cover, Ending, Priority, RunMode, Until
from loom.records.join import Evidence, Join, JoinKind, LexicalEvidence, Span, Verdict
from loom.records.opening import CacheType, FlashAttention, Opening
from loom.records.provenance import ModelInfo, Provenance
from loom.records.sampling import Sampling
from loom.records.tokens import TokenColumns, TokenStats

__all__ = [
    "CacheType",
    "Cover",
    "Ending",
    "Evidence",
    "FlashAttention",
    "Join",
    "JoinKind",
    "LexicalEvidence",
    "ModelInfo",
    "Opening",
    "Priority",
    "Provenance",
    "RunMode",
    "Sampling",
    "Span",
    "TokenColumns",
    "TokenStats",
    "Until",
    "Verdict",
]
