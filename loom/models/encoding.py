"""A model's own tokenizer without the model: byte-level BPE vocabularies as tiktoken encodings.

Counting tokens while a person types must not wait for weights. tiktoken merges, in each piece of
the text, the pair whose product has the lowest rank; the merges of a GGUF are in order of rank, so
their products are the ranks. Ranks are not token ids, which may stand in any order: both are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tiktoken

from loom.models.gguf_file import GgufMetadata, Vocabulary, read_vocabulary
from loom.models.pretokenizers import CUTS, LONE_SPACE, PATTERNS, WHOLE_WORDS_FIRST

_NORMAL, _USER_DEFINED = 1, 4

# llama.cpp treats these as control tokens whatever a file says (llama-vocab.cpp, "control-looking
# token"), so that their names in a text stay text.
_CONTROL_NAMES = """
    <|eot_id|> <|im_end|> <|end|> <|return|> <|call|> <|flush|> <|calls|> <end_of_turn>
    <|endoftext|> </s> <|eom_id|> <EOT> _<EOT> [EOT] [EOS] <|end_of_text|> <end_of_utterance> <eos>
    <turn|> <|tool_response> <｜end▁of▁sentence｜> [e~[ <|fim_prefix|> <fim-prefix> <fim_prefix>
    <｜fim▁begin｜> <PRE> ▁<PRE> <|code_prefix|> <|prefix|> <|fim_suffix|> <fim-suffix> <fim_suffix>
    <｜fim▁hole｜> <SUF> ▁<SUF> <|code_suffix|> <|suffix|> <|fim_middle|> <fim-middle> <fim_middle>
    <｜fim▁end｜> <MID> ▁<MID> <|code_middle|> <|middle|> <|fim_pad|> <fim-pad> <fim_pad> <PAD>
    [PAD] <|fim_repo|> <|repo_name|> <fim-repo> <REPO> <reponame> <|file_sep|>
    """
_ALWAYS_CONTROL = frozenset(_CONTROL_NAMES.split())

# tiktoken's regular expressions give up, loudly, on a run of about a million spaces.
_MAX_PART_CHARS = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class VocabularyEncoding:
    """A vocabulary that counts and encodes as llama.cpp does with the same file.

    `tiktoken` speaks in ranks; `token_ids[rank]` is the id in the file, or None for a byte that
    the vocabulary lacks and llama.cpp leaves out. `verbatim` are the user-defined tokens, longest
    first, which are found in a text before anything else is. A text may be cut in front of `cut`
    without changing its tokens.
    """

    tiktoken: tiktoken.Encoding
    token_ids: tuple[int | None, ...]
    verbatim: tuple[tuple[str, int], ...]
    cut: re.Pattern[str]

    def encode(self, text: str) -> list[int]:
        """Token ids as in the GGUF; names of special tokens stay text, nothing is added.

        The same as llama.cpp's, except within more than 50,000 characters without a place to cut,
        which is a lone space or, for a few vocabularies, a newline.
        """
        ids: list[int] = []
        for fragment in self._fragments(text):
            if isinstance(fragment, int):
                ids.append(fragment)
            else:
                ids.extend(self._ids(fragment))
        return ids

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has."""
        return len(self.encode(text))

    def _ids(self, text: str) -> Iterator[int]:
        for part in self._parts(text):
            for rank in self.tiktoken.encode_ordinary(part):
                token_id = self.token_ids[rank]
                if token_id is not None:
                    yield token_id

    def _parts(self, text: str) -> Iterator[str]:
        """A long text in parts that are encoded one by one."""
        start = 0
        while len(text) - start > _MAX_PART_CHARS:
            limit = start + _MAX_PART_CHARS
            place = self.cut.search(text, start + _MAX_PART_CHARS // 2, limit)
            end = place.start() if place else limit
            yield text[start:end]
            start = end
        yield text[start:]

    def _fragments(self, text: str) -> list[str | int]:
        """The text with its user-defined tokens replaced by their ids."""
        fragments: list[str | int] = [text]
        for name, token_id in self.verbatim:
            if name in text:
                fragments = [
                    piece
                    for fragment in fragments
                    for piece in _with_token(fragment, name, token_id)
                ]
        return fragments


def encoding_for(metadata: GgufMetadata) -> VocabularyEncoding | None:
    """The encoding of a model's vocabulary; None where tiktoken cannot express it.

    That is so for vocabularies that are not byte-level BPE, for rules of cutting that are not one
    regular expression, and for merges whose product is not a token. Reading a vocabulary of
    128,000 takes about a second.
    """
    # llama.cpp takes a file that names no rule to mean "default".
    rule = metadata.tokenizer_pre or "default"
    if metadata.tokenizer_model != "gpt2" or rule not in PATTERNS:
        return None
    vocabulary = read_vocabulary(metadata)
    token_ids = {token: index for index, token in enumerate(vocabulary.tokens)}
    ranked = _ranked_tokens(vocabulary)
    if any(token not in token_ids for token in list(ranked)[len(_BYTE_CHARS) :]):
        return None
    if rule in WHOLE_WORDS_FIRST:
        ranked |= _whole_words(vocabulary)
    return VocabularyEncoding(
        tiktoken=tiktoken.Encoding(
            name=metadata.name,
            pat_str=PATTERNS[rule],
            mergeable_ranks={_bytes_of(token): rank for rank, token in enumerate(ranked)},
            special_tokens={},
        ),
        token_ids=tuple(token_ids.get(token) for token in ranked),
        verbatim=_verbatim_tokens(vocabulary),
        cut=CUTS.get(rule, LONE_SPACE),
    )


def _ranked_tokens(vocabulary: Vocabulary) -> dict[bytes, None]:
    """The single bytes, and then the products of merges, each where it first comes about."""
    ranked = {chr(char).encode(): None for char in _BYTE_CHARS}
    for merge in vocabulary.merges:
        cut = merge.find(b" ", 1)
        ranked.setdefault(merge[:cut] + merge[cut + 1 :])
    return ranked


def _whole_words(vocabulary: Vocabulary) -> dict[bytes, None]:
    """Ordinary tokens, whether or not merges lead to them."""
    return {
        token: None
        for token, kind in zip(vocabulary.tokens, vocabulary.token_types, strict=False)
        if kind == _NORMAL and _is_byte_level(token)
    }


def _verbatim_tokens(vocabulary: Vocabulary) -> tuple[tuple[str, int], ...]:
    names = [
        (token.decode("utf-8", "replace"), index)
        for index, (token, kind) in enumerate(
            zip(vocabulary.tokens, vocabulary.token_types, strict=False)
        )
        if kind == _USER_DEFINED and token
    ]
    names.sort(key=lambda name: len(name[0].encode()), reverse=True)
    return tuple(name for name in names if name[0] not in _ALWAYS_CONTROL)


def _with_token(fragment: str | int, name: str, token_id: int) -> Iterator[str | int]:
    """A fragment, cut wherever the token's name stands."""
    if isinstance(fragment, int):
        yield fragment
        return
    first, *rest = fragment.split(name)
    if first:
        yield first
    for text in rest:
        yield token_id
        if text:
            yield text


def _byte_chars() -> dict[int, int]:
    """GPT-2's alphabet: the character that stands for each byte, as {code point: byte}.

    Printable bytes of Latin-1 stand for themselves, the others for U+0100 and up, in order.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(256) if byte not in printable]
    stand_ins = {0x100 + index: byte for index, byte in enumerate(others)}
    return {byte: byte for byte in sorted(printable)} | stand_ins


_BYTE_CHARS = _byte_chars()


def _is_byte_level(token: bytes) -> bool:
    return all(ord(char) in _BYTE_CHARS for char in token.decode("utf-8", "replace"))


def _bytes_of(token: bytes) -> bytes:
    """The bytes that a token of GPT-2's alphabet stands for."""
    return token.decode().translate(_BYTE_CHARS).encode("latin-1")
