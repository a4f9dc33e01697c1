"""The text of a passage cut where something begins or ends: marks of joins, tokens."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from loom.formats.writeup.marks import Mark, Marks
from loom.formats.writeup.passages import Passage

_BETWEEN = b" \t\r\n.,;:!?"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some characters of a passage with the marks that hold for all of them.

    `begins` are those of `marks` that begin here. `at` is the byte in the passage.
    """

    text: str
    at: int
    marks: tuple[Mark, ...] = ()
    begins: tuple[Mark, ...] = ()


def stretches(passage: Passage, marks: Marks, cuts: frozenset[int] = frozenset()) -> list[Stretch]:
    """The passage in order, cut at every mark and at the bytes of `cuts`, never in a character."""
    whole = passage.content
    spans = _spans(passage, marks, whole)
    edges = {0, len(whole), *(_whole_character(whole, cut) for cut in cuts)}
    edges |= {edge for begin, end, _ in spans for edge in (begin, end)}
    return [
        Stretch(
            text=whole[begin:end].decode("utf-8", "replace"),
            at=begin,
            marks=tuple(mark for first, last, mark in spans if first <= begin and end <= last),
            begins=tuple(mark for first, _, mark in spans if first == begin),
        )
        for begin, end in pairwise(sorted(edges))
    ]


def _spans(passage: Passage, marks: Marks, whole: bytes) -> list[tuple[int, int, Mark]]:
    starts = accumulate((len(node.text) for node in passage.nodes), initial=0)
    found: list[tuple[int, int, Mark]] = []
    for node, start in zip(passage.nodes, starts, strict=False):
        for span, mark in marks.at(node.id):
            begin = _whole_character(whole, start + span.start_byte)
            end = _whole_character(whole, start + span.end_byte)
            ends = ((last, known.index) for _, last, known in found)
            goes_on = next((i for i, at in enumerate(ends) if at == (begin, mark.index)), None)
            if goes_on is not None:
                found[goes_on] = (found[goes_on][0], end, mark)
            elif begin < end:
                found.append((begin, end, mark))
    return [(*_words(whole, begin, end), mark) for begin, end, mark in found]


def _words(whole: bytes, begin: int, end: int) -> tuple[int, int]:
    """The same run from its first word to its last: it mostly begins with an end of a sentence."""
    run = whole[begin:end]
    kept = run.lstrip(_BETWEEN)
    return (end - len(kept), begin + len(run.rstrip())) if kept else (begin, end)


def _whole_character(whole: bytes, at: int) -> int:
    """The first byte from here that begins a character."""
    at = min(at, len(whole))
    while at < len(whole) and whole[at] & 0xC0 == 0x80:
        at += 1
    return at
