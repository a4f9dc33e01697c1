"""Places right behind shared words: where other tools would say that branches meet."""

from __future__ import annotations

from collections.abc import Sequence

from loom.convergence.boundaries import STRIDE
from loom.convergence.comparing import SpotPair
from loom.convergence.spots import Spot, comparable
from loom.records import Join, Span

MOST_SUSPECTED = 6


def suspected_pairs(words: Sequence[Join], spots: Sequence[Spot]) -> list[SpotPair]:
    """For each meeting in shared words, strongest first, the boundaries behind two of its places.

    Common phrases and echoes of the prompt are nobody's join.
    """
    by_node: dict[str, list[tuple[int, Spot]]] = {}
    for spot in spots:
        for place in spot.places:
            by_node.setdefault(place.node, []).append((place.n_tokens, spot))
    found: list[SpotPair] = []
    for join in words:
        lexical = join.evidence.lexical
        if join.kind != "shared_words" or lexical is None or lexical.common:
            continue
        behind = [s for span in join.spans if (s := _behind(by_node, span)) is not None]
        pair = next(
            ((a, b) for i, a in enumerate(behind) for b in behind[:i] if comparable(a, b)), None
        )
        if pair is not None and pair not in found:
            found.append(pair)
        if len(found) == MOST_SUSPECTED:
            break
    return found


def _behind(by_node: dict[str, list[tuple[int, Spot]]], span: Span) -> Spot | None:
    """The first boundary at or behind the end of a run, or at its last token."""
    for n_tokens, spot in by_node.get(span.node, ()):
        if span.end_token - 1 <= n_tokens < span.end_token + STRIDE:
            return spot
    return None
