"""When each piece of a tree came, with the long waits taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

from loom.formats.material import Material
from loom.formats.writeup.passages import beginning
from loom.tree.node import Node

LONGEST_WAIT_S = 1.5
"""Nobody watches a person think for longer than that."""

TYPED_PER_S = 45.0
"""Characters a second at which a text that a person wrote is typed out; its time was not kept."""

WRITTEN_PER_S = 20.0
"""Tokens a second of a branch whose times were not kept."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that a node became longer by, `at_s` seconds from the beginning."""

    at_s: float
    node_id: str
    piece: bytes


def timeline(material: Material) -> list[Arrival]:
    """All arrivals in order, from 0 s on, no wait longer than `LONGEST_WAIT_S`."""
    tree = material.excerpt.tree
    found: list[Arrival] = []
    for node_id in material.excerpt.children:
        node = tree.node(node_id)
        arrivals = _typed(node) if node.written else _generated(node, material)
        found += _within(arrivals, node, material.excerpt.n_characters)
    return _without_waits(sorted(found, key=attrgetter("at_s")))


def _within(arrivals: Iterable[Arrival], node: Node, n_characters: int | None) -> Iterator[Arrival]:
    if n_characters is None:
        yield from arrivals
        return
    room = len(beginning(node.text, n_characters))
    for arrival in arrivals:
        if room > 0:
            yield replace(arrival, piece=arrival.piece[:room])
        room -= len(arrival.piece)


def _typed(node: Node) -> Iterator[Arrival]:
    """A written text is there at one moment; it is shown as if typed just before."""
    words = node.text.split(b" ")
    begin_s = node.created_at - len(node.text) / TYPED_PER_S
    n = 0
    for i, word in enumerate(words):
        piece = word if i == 0 else b" " + word
        n += len(piece)
        yield Arrival(begin_s + n / TYPED_PER_S, node.id, piece)


def _generated(node: Node, material: Material) -> Iterator[Arrival]:
    request = material.excerpt.tree.requests.get(node.request_id or "")
    tokens = material.tokens_of(node.id)
    if tokens is None or request is None:
        yield from _evenly(node)
        return
    for piece, elapsed_s in zip(tokens.pieces, tokens.elapsed_s.tolist(), strict=True):
        yield Arrival(request.at + elapsed_s, node.id, piece)


def _evenly(node: Node) -> Iterator[Arrival]:
    at = 0
    for i, size in enumerate(node.piece_sizes or (len(node.text),)):
        yield Arrival(node.created_at + i / WRITTEN_PER_S, node.id, node.text[at : at + size])
        at += size


def _without_waits(arrivals: list[Arrival]) -> list[Arrival]:
    found: list[Arrival] = []
    now_s, before_s = 0.0, arrivals[0].at_s if arrivals else 0.0
    for arrival in arrivals:
        now_s += min(arrival.at_s - before_s, LONGEST_WAIT_S)
        before_s = arrival.at_s
        found.append(Arrival(now_s, arrival.node_id, arrival.piece))
    return found
