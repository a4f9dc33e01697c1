"""Columns of numbers as one zlib stream that costs little time: only what shrinks is compressed.

The ids of tokens are small whole numbers, half of whose bytes are nothing, and shrink to half by
the frequency of their bytes alone. Logarithms of probabilities shrink by a sixth at best, and
looking for it takes longer than everything else that is done to write a node. A zlib stream is made
of blocks, each of which may be stored as it is, so that the two share one and every zlib reads it.
"""

from __future__ import annotations

import zlib

_RAW = -zlib.MAX_WBITS
_HEADER = b"\x78\x01"
"""zlib's own two bytes: deflate with a window of 32 kB, compressed lightly."""


def deflated(before: bytes, shrinking: bytes, after: bytes) -> bytes:
    """The three parts, one after the other, as a zlib stream; only `shrinking` is compressed."""
    sum_of_all = zlib.adler32(after, zlib.adler32(shrinking, zlib.adler32(before)))
    return b"".join(
        (
            _HEADER,
            _blocks(before, 0, zlib.Z_FULL_FLUSH),
            _blocks(shrinking, 1, zlib.Z_FULL_FLUSH),
            _blocks(after, 0, zlib.Z_FINISH),
            sum_of_all.to_bytes(4, "big"),
        )
    )


def _blocks(part: bytes, level: int, flush: int) -> bytes:
    # Every part ends on a whole byte and looks at nothing before itself, so they can be joined.
    deflate = zlib.compressobj(level, zlib.DEFLATED, _RAW, strategy=zlib.Z_HUFFMAN_ONLY)
    return deflate.compress(part) + deflate.flush(flush)
