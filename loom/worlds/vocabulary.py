"""The tokens of a world: byte-level BPE, in the form in which GPT-2 tokenizers are written down.

The tokens are the 256 bytes, one for each merge, then the special ones. Text is first split as
llama.cpp does it for the pre-tokenizer "gpt-2"; tokens never cross these pieces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import pairwise

END_OF_TEXT, TURN_BEGINS, TURN_ENDS = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL_TOKENS = (END_OF_TEXT, TURN_BEGINS, TURN_ENDS)
N_KNOWN_PIECES = 50_000

# [^\W\d_] is \p{L} for Python's re.
_PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
_SPECIAL = re.compile("|".join(re.escape(token) for token in SPECIAL_TOKENS))
_ENDS_SENTENCE = re.compile(rb"[.!?][\"')]*$")


def byte_alphabet() -> list[str]:
    """GPT-2's printable stand-in for each of the 256 bytes."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


_ALPHABET = byte_alphabet()
_BYTE_OF = {letter: byte for byte, letter in enumerate(_ALPHABET)}


class Vocabulary:
    """Tokens by number, in the order in which a GGUF file lists them."""

    def __init__(self, merges: Sequence[tuple[str, str]]) -> None:
        """Number the bytes, the merges in order, and the special tokens."""
        self.merges = tuple(merges)
        self.tokens = (*_ALPHABET, *(a + b for a, b in merges), *SPECIAL_TOKENS)
        self._ids = {token: index for index, token in enumerate(self.tokens)}
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._pieces = tuple(
            b"" if token in SPECIAL_TOKENS else bytes(_BYTE_OF[letter] for letter in token)
            for token in self.tokens
        )
        self._pauses = frozenset(
            index for index, piece in enumerate(self._pieces) if _ENDS_SENTENCE.search(piece)
        )
        self._known: dict[str, tuple[int, ...]] = {}
        self.end_of_text = self._ids[END_OF_TEXT]
        self.turn_ends = self._ids[TURN_ENDS]

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, text: str, *, special: bool = True) -> list[int]:
        """The token ids of a text; special tokens that are spelled out in it are read as such."""
        if not special:
            return list(self._plain(text))
        ids: list[int] = []
        position = 0
        for found in _SPECIAL.finditer(text):
            ids.extend(self._plain(text[position : found.start()]))
            ids.append(self._ids[found.group()])
            position = found.end()
        ids.extend(self._plain(text[position:]))
        return ids

    def encode_bytes(self, text: bytes, *, special: bool = True) -> list[int]:
        """The token ids of bytes that need not be UTF-8: what is not becomes single bytes."""
        ids: list[int] = []
        # Half of a surrogate pair stands for one byte that could not be decoded.
        for part in re.split("([\udc80-\udcff])", text.decode("utf-8", "surrogateescape")):
            if len(part) == 1 and "\udc80" <= part <= "\udcff":
                ids.append(ord(part) - 0xDC00)
            else:
                ids.extend(self.encode(part, special=special))
        return ids

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; none for the special ones."""
        return self._pieces[token]

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of some tokens, with the special ones spelled out."""
        spelled = (self._pieces[token] or self.tokens[token].encode() for token in tokens)
        return b"".join(spelled).decode("utf-8", "replace")

    def ends_sentence(self, token: int) -> bool:
        """Whether a token closes a sentence: a full stop or its like, perhaps with a quote."""
        return token in self._pauses

    def _plain(self, text: str) -> Iterator[int]:
        for piece in pieces_of(text):
            yield from self._encode_piece(piece)

    def _encode_piece(self, piece: str) -> tuple[int, ...]:
        known = self._known.get(piece)
        if known is None:
            parts = [_ALPHABET[byte] for byte in piece.encode()]
            while len(parts) > 1:
                best = min(pairwise(parts), key=lambda pair: self._ranks.get(pair, len(self)))
                if best not in self._ranks:
                    break
                parts = merge_pair(parts, best)
            known = tuple(self._ids[part] for part in parts)
            if len(self._known) < N_KNOWN_PIECES:
                self._known[piece] = known
        return known


def pieces_of(text: str) -> list[str]:
    """A text split where no token may cross."""
    return _PIECE.findall(text)


def merge_pair(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """`parts` with each occurrence of `pair` joined, from left to right."""
    joined: list[str] = []
    for part in parts:
        # An element that was itself just joined can not be the left half of the same pair,
        # because a + b is longer than a.
        if joined and (joined[-1], part) == pair:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def learn_merges(texts: Iterable[str], n_merges: int) -> list[tuple[str, str]]:
    """At most `n_merges` merges of the most frequent neighbours; ties go to the smaller pair."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(piece for plain in _SPECIAL.split(text) for piece in pieces_of(plain))
    words = [([_ALPHABET[byte] for byte in piece.encode()], n) for piece, n in counts.items()]
    merges: list[tuple[str, str]] = []
    while len(merges) < n_merges:
        pairs: Counter[tuple[str, str]] = Counter()
        for parts, n in words:
            for pair in pairwise(parts):
                pairs[pair] += n
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = [(merge_pair(parts, best) if best[0] in parts else parts, n) for parts, n in words]
    return merges


def story_vocabulary() -> Vocabulary:
    """The vocabulary that the story world shares with its two models."""
    lines = files("loom.worlds").joinpath("story_merges.txt").read_text("utf-8").splitlines()
    merges = [tuple(line.split(" ")) for line in lines if line]
    return Vocabulary([(left, right) for left, right in merges])


def byte_vocabulary() -> Vocabulary:
    """No merges: every token is a byte, or special."""
    return Vocabulary([])
