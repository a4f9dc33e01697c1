"""A prompt as the tokens a model gets, told from the vocabulary in its file, without weights.

`encoding` reads what people write, in which names of special tokens are text. Here the template's
own words are read as well, in which those names are the tokens, and every token is spelled out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from loom.models.encoding import VocabularyEncoding, encoding_for
from loom.models.gguf_file import GgufMetadata, Vocabulary, read_vocabulary

_UNKNOWN, _CONTROL, _USER_DEFINED = 2, 3, 4
_SPECIAL = (_UNKNOWN, _CONTROL, _USER_DEFINED)
_LOOKS_LIKE_MARKUP = re.compile(r"<[^<>\s]+>|\[[^\[\]\s]+\]")
_MEANT_AS_MARKUP = re.compile(r"<\|[^<>\s]+\|>")

# Rules of cutting whose vocabularies begin with the beginning token though the file does not say
# so (llama-vocab.cpp, `add_bos`).
_BEGINS_WITH_BOS = frozenset(
    {"llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"}
    | {"jina-v5-nano", "tekken", "chameleon"}
)


class MarkupEncoding:
    """A byte-level BPE vocabulary with its special tokens, which are (name, id), longest first.

    `bos_id` is what the model's prompts begin with, None if they begin with nothing; `blank_id`
    stands for an empty text, where there is anything that can.
    """

    def __init__(
        self,
        plain: VocabularyEncoding,
        special: tuple[tuple[str, int], ...],
        bos_id: int | None,
        blank_id: int | None = None,
    ) -> None:
        self.plain = plain
        self.bos_id = bos_id
        self.blank_id = blank_id
        self._special = special
        self._names = {token_id: name.encode() for name, token_id in special}
        self._ranks = {token_id: rank for rank, token_id in enumerate(plain.token_ids)}

    def encode(self, text: str, *, special: bool) -> list[int]:
        """Token ids; with `special` the names of special tokens are those tokens."""
        if not special:
            return self.plain.encode(text)
        fragments: list[str | int] = [text]
        for name, token_id in self._special:
            if name in text:
                fragments = [p for f in fragments for p in _cut(f, name, token_id)]
        return [
            token_id
            for fragment in fragments
            for token_id in (
                [fragment] if isinstance(fragment, int) else self.plain.encode(fragment)
            )
        ]

    @property
    def names(self) -> Mapping[int, bytes]:
        """The names of the special tokens, by id."""
        return self._names

    def pieces(self, token_ids: Sequence[int]) -> list[bytes]:
        """The bytes that each token stands for; of a special token its name."""
        return [
            self._names[token_id]
            if token_id in self._names
            else self.plain.tiktoken.decode_single_token_bytes(self._ranks[token_id])
            for token_id in token_ids
        ]


def markup_encoding_for(metadata: GgufMetadata) -> MarkupEncoding | None:
    """The encoding of a model's vocabulary; None where tiktoken cannot express it."""
    plain = encoding_for(metadata)
    if plain is None:
        return None
    names = _named(read_vocabulary(metadata), _SPECIAL)
    blank_id = metadata.eos_id if metadata.bos_id is None else metadata.bos_id
    return MarkupEncoding(plain, names, _bos_of(metadata), blank_id)


def names_that_always_count(metadata: GgufMetadata, template: str = "") -> tuple[str, ...]:
    """Names of markup that this model takes for tokens in any text, typed or not.

    llama.cpp finds tokens that a file calls user-defined even where special tokens are to stay
    text. Many of those are only frequent words; markup are the ones that the template (or the
    model's own) writes, and those that look like nothing else.
    """
    written = template + (metadata.chat_template or "")
    vocabulary = read_vocabulary(metadata)
    return tuple(
        name
        for name, _ in _named(vocabulary, (_USER_DEFINED,))
        if _MEANT_AS_MARKUP.fullmatch(name)
        or (_LOOKS_LIKE_MARKUP.fullmatch(name) and name in written)
    )


def _bos_of(metadata: GgufMetadata) -> int | None:
    adds = metadata.adds_bos
    if adds is None:
        adds = metadata.tokenizer_pre in _BEGINS_WITH_BOS
    return metadata.bos_id if adds else None


def _named(vocabulary: Vocabulary, kinds: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    """Tokens of these kinds with their ids, the longest name first."""
    found = [
        (token.decode("utf-8", "replace"), token_id)
        for token_id, (token, kind) in enumerate(
            zip(vocabulary.tokens, vocabulary.token_types, strict=False)
        )
        if kind in kinds and token
    ]
    return tuple(sorted(found, key=lambda name: len(name[0].encode()), reverse=True))


def _cut(fragment: str | int, name: str, token_id: int) -> list[str | int]:
    """A fragment with a token wherever its name stands."""
    if isinstance(fragment, int):
        return [fragment]
    pieces: list[str | int] = []
    for place, text in enumerate(fragment.split(name)):
        if place:
            pieces.append(token_id)
        if text:
            pieces.append(text)
    return pieces
