"""mikupad's sessions: one text in pieces, every value of the object encoded once more.

Pieces in a row by the same hand are one node; what might have come instead is kept with it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from itertools import groupby

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, members
from loom.formats.importing.values import list_of, number_of, text_of
from loom.tree.node import HUMAN
from loom.tree.origin import OriginToken

_MARKS = ("memoryTokens", "authorNoteTokens", "worldInfo", "authorNoteDepth", "endpoint")
_STORES = ("Sessions", "Templates", "Names", "Themes")


def recognises(shape: Shape) -> bool:
    """A session has a prompt and mikupad's other fields; a dump has its stores."""
    found = shape.mapping()
    session = "prompt" in found and any(mark in found for mark in _MARKS)
    return session or (isinstance(found.get("Sessions"), list) and len(found) > 1) or _dump(found)


def _dump(found: Mapping[str, object]) -> bool:
    return bool(found) and set(found) <= set(_STORES) and "Sessions" in found


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the session that comes next, or every session of a dump."""
    session: dict[str, object] = {}
    for key in stream.members():
        if key == "Sessions" and stream.kind() == "[":
            for _ in stream.items():
                entry = members(kept(stream, planting))
                _session(planting, members(_decoded(entry.get("value"))), text_of(entry.get("key")))
        elif key in _STORES:
            planting.keep(key, kept(stream, planting))
        else:
            session[key] = kept(stream, planting)
    if session:
        _session(planting, session, "")


def _session(planting: Planting, found: Mapping[str, object], store_key: str) -> None:
    parent: int | None = None
    prompt = _decoded(found.get("prompt"))
    pieces = [{"content": prompt}] if isinstance(prompt, str) else list_of(prompt)
    for human, group in groupby(map(members, pieces), key=lambda p: p.get("type") == "user"):
        run = list(group)
        parent = planting.add(
            "".join(text_of(piece.get("content")) for piece in run),
            parent=parent,
            author=HUMAN if human else UNKNOWN,
            tokens=() if human else tuple(_tokens(run)),
        )
    name = text_of(_decoded(found.get("name")))
    planting.titles.append(name)
    prefix = f"{store_key}." if store_key else ""
    for key, value in found.items():
        if key != "prompt":
            planting.keep(prefix + key, value)


def _tokens(pieces: list[dict[str, object]]) -> Iterator[OriginToken]:
    for piece in pieces:
        known = [members(one) for one in list_of(piece.get("completion_probabilities"))]
        if len(known) <= 1:
            probs = list_of(known[0].get("probs")) if known else []
            chosen = _log(piece.get("prob"))
            yield OriginToken(text_of(piece.get("content")), chosen, _alternatives(probs))
            continue
        for one in known:
            text, probs = text_of(one.get("content")), list_of(one.get("probs"))
            alternatives = _alternatives(probs)
            yield OriginToken(text, dict(alternatives).get(text), alternatives)


def _alternatives(probs: list[object]) -> tuple[tuple[str, float], ...]:
    found = []
    for one in map(members, probs):
        logprob = number_of(one.get("logprob"))
        logprob = _log(one.get("prob")) if logprob is None else logprob
        if logprob is not None:
            found.append((text_of(one.get("tok_str") or one.get("token")), logprob))
    return tuple(found)


def _log(probability: object) -> float | None:
    value = number_of(probability)
    return math.log(value) if value is not None and value > 0 else None


def _decoded(value: object) -> object:
    """A value that may be encoded once more."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
