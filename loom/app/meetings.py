"""Joins by node: which words of a node are met again elsewhere, and the places in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loom.app.marks import Look, look_of
from loom.records import Join, Span


@dataclass(frozen=True, slots=True)
class Place:
    """One branch of one join: a place to stand."""

    join: Join
    node_id: str


class Meetings:
    """The joins of a session, looked up by node; built anew when the session's joins change."""

    def __init__(self, joins: tuple[Join, ...] = ()) -> None:
        self.joins = joins
        self.places = [Place(join, node_id) for join in joins for node_id in join.nodes]
        self._told = tuple(filter(is_told, joins))
        self._spans: defaultdict[str, list[tuple[Span, Join]]] = defaultdict(list)
        self._looks: dict[str, list[Look]] = {}
        for join in joins:
            for span in join.spans:
                self._spans[span.node].append((span, join))

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._spans

    def spans(self, node_id: str) -> list[tuple[Span, Join]]:
        """The runs that stand in a node, each with its join."""
        return self._spans.get(node_id, [])

    def tinted(self, node_id: str, place: Place | None) -> Iterator[tuple[Span, str]]:
        """The runs of a node to tint, each with the component class behind it.

        The weaker a finding the earlier it comes, and what was asked for comes last. Once anything
        was judged, mere words are tinted only when they are asked for; common phrases and the
        prompt said again always.
        """
        asked = None if place is None else place.join.id
        spans = reversed(self.spans(node_id))
        for span, join in sorted(spans, key=lambda pair: pair[1].id == asked):
            if join.id == asked or (worth_tinting(join) and self._is_shown(join)):
                yield span, look_of(join).met_class(asked=join.id == asked)

    def of(self, node_id: str) -> list[Join]:
        """The joins whose words stand in a node, strongest first."""
        return list({join.id: join for _, join in self.spans(node_id)}.values())

    def looks(self, node_id: str) -> list[Look]:
        """How the findings of a node look, each mark once, strongest first."""
        if node_id not in self._spans:
            return []
        # Asked for at every frame of what streams.
        if node_id not in self._looks:
            found = (join for join in self.of(node_id) if join.denied or worth_tinting(join))
            self._looks[node_id] = list({look.mark: look for look in map(look_of, found)}.values())
        return self._looks[node_id]

    def _is_shown(self, join: Join) -> bool:
        return is_told(join) or not self._told

    def same_place(self, place: Place) -> Place | None:
        """The place as these joins have it, None where the branches no longer meet there."""
        same = (p for p in self.places if _key(p) == _key(place))
        return next(same, None)

    def same_finding(self, join: Join) -> Join | None:
        """The finding as these joins have it: of that name, or else of the same two places."""
        same = next((one for one in self.joins if one.id == join.id), None)
        if same is not None or join.evidence.predictive is None:
            return same
        ends = _ends(join)
        return next((one for one in self.joins if len(ends & _ends(one)) > 1), None)

    def walked(self, asked: str | None) -> Sequence[Join]:
        """The findings that are walked from one to the next.

        Once anything was judged, mere words are left out, unless the one asked for is such.
        """
        is_of_these = asked is None or any(join.id == asked for join in self._told)
        return self._told if self._told and is_of_these else self.joins


def words_range(text: bytes, span: Span) -> tuple[int, int]:
    """The bytes of a run without the white space in front of its first word."""
    run = text[span.start_byte : span.end_byte]
    return span.end_byte - len(run.lstrip()), span.end_byte


def _ends(join: Join) -> set[tuple[str, int]]:
    return {(span.node, span.end_byte) for span in join.spans}


def _key(place: Place) -> tuple[str, str]:
    return place.join.id, place.node_id


def is_told(join: Join) -> bool:
    """Whether it was judged, and nobody denies it."""
    return join.verdict != "not_judged" and not join.denied


def worth_tinting(join: Join) -> bool:
    """Whether its words are tinted unasked: not a common phrase, not the prompt said again."""
    return join.is_telling and not join.denied
