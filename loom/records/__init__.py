"""The nouns that rooms share: frozen dataclasses without behaviour."""

from loom.records.join import Evidence, Join, JoinKind, LexicalEvidence, Span, Verdict
from loom.records.provenance import ModelInfo, Provenance
from loom.records.sampling import Sampling
from loom.records.tokens import TokenColumns, TokenStats

__all__ = [
    "Evidence",
    "Join",
    "JoinKind",
    "LexicalEvidence",
    "ModelInfo",
    "Provenance",
    "Sampling",
    "Span",
    "TokenColumns",
    "TokenStats",
    "Verdict",
]
