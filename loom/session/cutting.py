"""Where a text can be cut: after words, after sentences, after a number of characters."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Literal

from loom.tree.node import Node

CutUnit = Literal["word", "sentence"]

_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+")
_SENTENCE = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”’]*|(?<=\S)(?=\s*\n)")
_PATTERNS = {"word": _WORD, "sentence": _SENTENCE}


def cuts(node: Node, unit: CutUnit) -> tuple[int, ...]:
    """The bytes of a node's text after which it can be cut in two, in rising order.

    Where a token holds the end of a word and only white space after it, the cut is behind the
    token, so that its statistics stay true.
    """
    # One character a byte where the bytes are no UTF-8, so that nothing is lost in counting.
    text = node.text.decode("utf-8", "surrogateescape")
    ends = list(accumulate(node.piece_sizes))
    found = {_behind_token(node, one, ends) for one in _ends(text, unit)}
    return tuple(sorted(one for one in found if 0 < one < len(node.text)))


def next_cut(node: Node, cut: int | None, unit: CutUnit, by: Literal[-1, 1]) -> int | None:
    """The cut after (`by` 1) or before this one; None is the end of the text.

    Before the first there is none: the first is kept.
    """
    places = cuts(node, unit)
    here = len(node.text) if cut is None else cut
    if by > 0:
        return next((one for one in places if one > here), None)
    return next((one for one in reversed(places) if one < here), cut)


def byte_of_character(text: bytes, n_characters: int) -> int:
    """The byte before which so many characters stand, counted as they are shown.

    Bytes that are no UTF-8 count as the U+FFFD they are shown as. Past the end it is the length.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    n_shown = 0
    for at in range(len(text) if n_characters > 0 else 0):
        n_shown += len(decoder.decode(text[at : at + 1]))
        if n_shown > n_characters:
            # A byte that breaks a character off is shown together with what it broke off.
            return at
        if n_shown == n_characters:
            return at + 1 - len(decoder.getstate()[0])
    return len(text) if n_characters > 0 else 0


def _ends(text: str, unit: CutUnit) -> Iterator[int]:
    before, n_bytes = 0, 0
    for match in _PATTERNS[unit].finditer(text):
        n_bytes += len(text[before : match.end()].encode("utf-8", "surrogateescape"))
        before = match.end()
        yield n_bytes


def _behind_token(node: Node, cut: int, ends: list[int]) -> int:
    end = next((one for one in ends if one >= cut), cut)
    return end if node.text[cut:end].isspace() else cut
