"""A model's vocabulary: texts as token ids, token ids as bytes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import llama_cpp as lib


class Vocabulary:
    """The vocabulary of a loaded model; it lives as long as the model."""

    def __init__(self, vocab: lib.llama_vocab_p) -> None:
        self._vocab = vocab
        self.n_tokens: int = lib.llama_vocab_n_tokens(vocab)
        self._pieces: dict[int, bytes] = {}
        adds_bos = lib.llama_vocab_get_add_bos(vocab)
        self.bos_id: int | None = lib.llama_vocab_bos(vocab) if adds_bos else None
        self.blank_id = self._first_of(lib.llama_vocab_bos, lib.llama_vocab_eos)

    def _first_of(self, *named: Callable[[lib.llama_vocab_p], int]) -> int | None:
        """The first of these special tokens that the vocabulary has."""
        return next((one for find in named if (one := find(self._vocab)) >= 0), None)

    @property
    def handle(self) -> lib.llama_vocab_p:
        """What llama.cpp's own functions take."""
        return self._vocab

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:
        """The token ids of a text; a vocabulary's own leading space is added only at the start."""
        ids = self._tokenise(text, special)
        if at_start or not ids:
            return ids
        # SentencePiece vocabularies put a space before whatever they read. In the middle of a
        # text that space would be a lie, so it is read behind a newline, which is then dropped.
        newline = self._tokenise(b"\n", special)
        behind = self._tokenise(b"\n" + text, special)
        if len(newline) > 1 and behind[: len(newline)] == newline:
            return behind[len(newline) :]
        return ids

    def _tokenise(self, text: bytes, special: bool) -> list[int]:
        room = len(text) + 8
        while True:
            buffer = (lib.llama_token * room)()
            n = lib.llama_tokenize(self._vocab, text, len(text), buffer, room, False, special)
            if n >= 0:
                return list(buffer[:n])
            room = -n

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for; none for tokens that end a text."""
        if token_id not in self._pieces:
            ends = self.ends_text(token_id)
            self._pieces[token_id] = b"" if ends else self._read_piece(token_id)
        return self._pieces[token_id]

    def _read_piece(self, token_id: int) -> bytes:
        buffer = ctypes.create_string_buffer(64)
        n = lib.llama_token_to_piece(self._vocab, token_id, buffer, len(buffer), 0, True)
        if n < 0:
            buffer = ctypes.create_string_buffer(-n)
            n = lib.llama_token_to_piece(self._vocab, token_id, buffer, len(buffer), 0, True)
        return buffer.raw[:n]

    def ends_text(self, token_id: int) -> bool:
        """Whether a token ends the text or the turn."""
        return bool(lib.llama_vocab_is_eog(self._vocab, token_id))
