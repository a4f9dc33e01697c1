"""The nouns that rooms share: frozen dataclasses without behaviour."""

from loom.records.growth import Cover, Ending, Priority, RunMode, Until
from loom.records.join import Evidence, Join, JoinKind, LexicalEvidence, Span, Verdict
from loom.records.provenance import ModelInfo, Provenance
from loom.records.sampling import Sampling
from loom.records.tokens import TokenColumns, TokenStats

__all__ = [
    "Cover",
    "Ending",
    "Evidence",
    "Join",
    "JoinKind",
    "LexicalEvidence",
    "ModelInfo",
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
