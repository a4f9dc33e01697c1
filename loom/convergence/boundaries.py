"""Where in a text futures are compared: sentence ends, new lines, or else every sixteen tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

STRIDE = 16
"""Tokens after which there is a boundary where no sentence ends."""

# A full stop, with what closes behind it, before white space or the end: not the one in 3.5.
_STOP = rb"(?:[.!?]|\xe2\x80\xa6|\xe3\x80\x82|\xef\xbc[\x81\x9f])+"
_CLOSING = rb"(?:[\"')\]*_]|\xe2\x80[\x99\x9d]|\xc2\xbb)*"
_ENDS = re.compile(_STOP + _CLOSING + rb"(?=\s|$)|(?<=\xe3\x80\x82)|\n+")


def boundaries(pieces: Sequence[bytes], stride: int = STRIDE) -> list[int]:
    """The boundaries of a text of these tokens, each as the number of tokens in front of it.

    A stride of 1 makes every token one. Where a sentence ends in the middle of a token, the token
    is a boundary if only white space follows in it. The end of the text is one only if a sentence
    ends there: elsewhere it was cut off.
    """
    ends = list(accumulate(map(len, pieces)))
    text = b"".join(pieces)
    sentence_ends = {found.end() for found in _ENDS.finditer(text) if found.end()}
    found, last, before = [], 0, 0
    for number, end in enumerate(ends, 1):
        inside = [at for at in range(before + 1, end + 1) if at in sentence_ends]
        closes = bool(inside) and not text[inside[-1] : end].strip()
        if closes or number - last >= stride:
            found.append(number)
            last = number
        before = end
    return found
