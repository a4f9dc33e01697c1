"""How likely each token of a passage was, and what else could have stood there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp

from loom.formats.material import Material
from loom.formats.writeup.passages import Passage
from loom.records import TokenColumns
from loom.tree.node import Node

N_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class TokenLaw:
    """A token at a byte of its passage: its probability in [0, 1], and the likeliest tokens."""

    at: int
    probability: float
    alternatives: tuple[tuple[str, float], ...]


def laws_of(passage: Passage, material: Material) -> dict[int, TokenLaw]:
    """What the model's own law said of each token of a passage, by the byte where it begins."""
    found: dict[int, TokenLaw] = {}
    start = 0
    for node in passage.nodes:
        tokens = None if node.written else material.tokens_of(node.id)
        if tokens is not None:
            found.update((law.at, law) for law in _of_node(node, tokens, start, material))
        start += len(node.text)
    return found


def _of_node(node: Node, tokens: TokenColumns, start: int, given: Material) -> Iterator[TokenLaw]:
    stats = tokens.stats
    if stats is None:
        return
    at = start
    for row, piece in enumerate(tokens.pieces):
        if piece:
            top_ids = stats.top_ids[row, :N_ALTERNATIVES].tolist()
            top_logprobs = stats.top_logprobs[row, :N_ALTERNATIVES].tolist()
            pairs = zip(top_ids, top_logprobs, strict=True)
            yield TokenLaw(
                at,
                exp(float(stats.logprob[row])),
                tuple((_spelt(given, node.token_model, i), exp(lp)) for i, lp in pairs),
            )
        at += len(piece)


def _spelt(given: Material, model: str, token_id: int) -> str:
    piece = given.piece_of(model, token_id)
    if piece is None:
        return f"token {token_id}"
    return piece.decode("utf-8", "replace") or "(end of text)"
