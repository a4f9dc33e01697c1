"""What another program said of a node that came from there, and loom has no field for.

A node keeps it as the text of one JSON object, because a tree may hold a hundred thousand of them
and hardly anybody asks: `program` names the format, `keys` is all that was not understood, as it
stood there, and `tokens` lists the tokens if they were known: [text, logprob (natural, null
where it was not given), and [text, logprob] of those that might have come instead].
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OriginToken:
    """One token by another program's account; logprobs are natural, None where not given."""

    text: str
    logprob: float | None = None
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a node came from."""

    program: str = ""
    keys: Mapping[str, object] = field(default_factory=dict)
    tokens: tuple[OriginToken, ...] = ()


_SPELLING = json.JSONEncoder(separators=(",", ":"))


def spelled(program: str, keys: Mapping[str, object], tokens: Sequence[OriginToken] = ()) -> str:
    """The text of an origin; empty if there is nothing to say."""
    if not keys and not tokens:
        return ""
    found: dict[str, object] = {"program": program, "keys": keys}
    if tokens:
        found["tokens"] = [
            [token.text, token.logprob, token.alternatives]
            if token.alternatives
            else [token.text, token.logprob]
            for token in tokens
        ]
    return _SPELLING.encode(found)


def origin_of(text: str) -> Origin:
    """The origin that a node keeps; an empty one where it keeps none."""
    if not text:
        return Origin()
    found = json.loads(text)
    tokens = tuple(map(_token, found.get("tokens", ())))
    return Origin(found["program"], found["keys"], tokens)


def _token(row: Sequence[object]) -> OriginToken:
    text, logprob, *rest = row
    alternatives = rest[0] if rest else ()
    assert isinstance(alternatives, Sequence)
    return OriginToken(
        str(text), _number(logprob), tuple((str(a), float(b)) for a, b in alternatives)
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not math.isnan(value) else None
