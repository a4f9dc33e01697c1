"""What an exporter is given: the chosen part of a tree, what is known of it, and how to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from loom.formats.choice import Excerpt
from loom.records import Join, TokenColumns

Flavour = Literal["github", "obsidian"]
Arrangement = Literal["nested", "chapters"]
TokensOf = Callable[[str], TokenColumns | None]
"""The tokens of a node with what the model's law said of them, None where nobody knows."""

PieceOf = Callable[[str, int], bytes | None]
"""The bytes that a token stands for in the model of a fingerprint, None where nobody knows."""


def no_tokens(node_id: str) -> TokenColumns | None:  # noqa: ARG001
    """Of no node anything is known but its text."""
    return None


def no_piece(model: str, token_id: int) -> bytes | None:  # noqa: ARG001
    """Of no token it is known what it stands for."""
    return None


@dataclass(frozen=True, slots=True)
class Wording:
    """How a person wants a write-up.

    `n_branches` is how many branches a figure shows at most, None for all of them. `tokens`
    shades each token by how likely it was, with its alternatives. `paths` keeps the folders in
    the names of models. `fonts` are files that a figure takes characters from before its own.
    """

    flavour: Flavour = "github"
    arrangement: Arrangement = "nested"
    appendix: bool = True
    n_branches: int | None = 12
    tokens: bool = True
    paths: bool = False
    fonts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """A tree to be exported: the excerpt, the joins in it, its tokens, and the wording.

    `verified` is what a check of the session against its models said, in one sentence.
    """

    excerpt: Excerpt
    joins: tuple[Join, ...] = ()
    tokens_of: TokensOf = no_tokens
    piece_of: PieceOf = no_piece
    wording: Wording = field(default_factory=Wording)
    verified: str | None = None
