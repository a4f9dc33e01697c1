"""When a branch has come to the end that was asked for, judged by the bytes it wrote."""

from __future__ import annotations

import re
from typing import Literal

from loom.records import Ending

Verdict = Literal["go on", "stop after", "until after", "until before"]
"""What to do with a token that was drawn: go on, or end the branch after it or before it."""

SENTENCE_END = re.compile(rb"""(?:[.!?]|\xe2\x80\xa6)(?:["')\]*_]|\xe2\x80[\x99\x9d]|\xc2\xbb)*$""")
SENTENCE_END_AND_SPACE = re.compile(
    rb"""(?:[.!?]|\xe2\x80\xa6)(?:["')\]*_]|\xe2\x80[\x99\x9d]|\xc2\xbb)*\s"""
)
NEXT_SPEAKER = re.compile(rb"\n\s*[^\s:][^:\n]{0,30}:$")

TAIL_BYTES = 64


class StopWatch:
    """Follows one branch and says when it ends; `feed` takes each drawn token's bytes in order.

    A sentence ends at [.!?…] with what closes quotes and brackets, once white space follows: a
    token that begins with that space is left out, for the branch ended before it. A paragraph
    ends with a line break after some text, a turn where a new line names a speaker ("Anna:") or,
    in a chat, where the model ends its text.
    """

    def __init__(self, ending: Ending) -> None:
        self._ending = ending
        self._stops = tuple(stop.encode() for stop in ending.stop)
        self._n_kept = max([TAIL_BYTES, *map(len, self._stops)])
        self._tail = b""
        self._n_fed = 0

    def feed(self, piece: bytes) -> Verdict:
        """Take the bytes of the next token."""
        before, after = self._tail, self._tail + piece
        self._n_fed += 1
        self._tail = after[-self._n_kept :]
        if self._n_fed <= self._ending.min_tokens:
            return "go on"
        if any(after.find(stop, max(0, len(before) - len(stop) + 1)) >= 0 for stop in self._stops):
            return "stop after"
        return self._at_end(before, piece, after)

    def _at_end(self, before: bytes, piece: bytes, after: bytes) -> Verdict:
        match self._ending.until:
            case "sentence":
                if piece[:1].isspace() and SENTENCE_END.search(before):
                    return "until before"
                # The space may stand inside the token, behind the end of the sentence. One before
                # the token ended a sentence when nothing could end yet.
                ends = SENTENCE_END_AND_SPACE.finditer(after, max(0, len(before) - 8))
                ended = any(end.end() > len(before) for end in ends)
                return "until after" if ended else "go on"
            case "paragraph":
                return "until after" if b"\n" in piece and after.strip() else "go on"
            case "turn":
                return "until after" if NEXT_SPEAKER.search(after) else "go on"
            case None:
                return "go on"
