"""How the tokens of a model are spelled, as its file tells without being loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from loom.engine.request import LoadSpec
from loom.session.model_source import Spelling, found_again
from loom.session.token_laws import Spellings

_SPACE = "▁".encode()
_BYTE = re.compile(rb"<0x([0-9A-F]{2})>")
_CONTROL = 3
"""llama.cpp's number for tokens that are no text."""


def _nobody(token_id: int) -> None:  # noqa: ARG001
    return None


UNKNOWN = Spellings(_nobody)


def read_spellings(spec: LoadSpec | None, fingerprint: str) -> Spellings:
    """Those of the model of that fingerprint, where the spec says or wherever it is by its name.

    ModelFileError if its file is not sound.
    """
    if spec is None:
        return UNKNOWN
    source = found_again(fingerprint, (spec.path, spec.name))
    if source is None:
        return UNKNOWN
    spelling = source.spelling()
    if spelling is not None:
        return Spellings(_of_spelling(spelling), frozenset(spelling.names))
    from loom.models.gguf_file import read_metadata, read_vocabulary

    metadata = read_metadata(Path(source.place))
    if metadata.tokenizer_model == "gpt2":
        return UNKNOWN
    vocabulary = read_vocabulary(metadata)
    special = [at for at, kind in enumerate(vocabulary.token_types) if kind == _CONTROL]
    return Spellings(_of_pieces(vocabulary.tokens, frozenset(special)), frozenset(special))


def _of_spelling(spelling: Spelling) -> Callable[[int], bytes | None]:
    def spell(token_id: int) -> bytes | None:
        with suppress(LookupError):
            return spelling.pieces((token_id,))[0]
        return None

    return spell


def _of_pieces(tokens: Sequence[bytes], special: frozenset[int]) -> Callable[[int], bytes | None]:
    """SentencePiece writes ▁ for a space, and a byte that is no character as <0x0A>."""

    def spell(token_id: int) -> bytes | None:
        if not 0 <= token_id < len(tokens):
            return None
        token = tokens[token_id]
        if token_id in special:
            return token
        if (byte := _BYTE.fullmatch(token)) is not None:
            return bytes.fromhex(byte[1].decode())
        return token.replace(_SPACE, b" ")

    return spell
