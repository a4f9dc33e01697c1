"""Small vocabularies that tests write themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gguf

_PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_OTHERS = [byte for byte in range(256) if byte not in _PRINTABLE]
_ALPHABET = {byte: chr(byte) for byte in _PRINTABLE} | {
    byte: chr(0x100 + index) for index, byte in enumerate(_OTHERS)
}


def byte_level(data: bytes) -> str:
    """Bytes as GPT-2's alphabet spells them."""
    return "".join(_ALPHABET[byte] for byte in data)


def write_vocabulary(
    path: Path,
    *,
    pre: str,
    merges: Sequence[tuple[bytes, bytes]] = ((b"t", b"h"),),
    without_bytes: bytes = b"",
    without_tokens: Sequence[bytes] = (),
    whole_words: Sequence[bytes] = (),
    control: Sequence[str] = ("<|end|>",),
    user_defined: Sequence[str] = (),
) -> Path:
    """A GGUF with a byte-level BPE and no weights.

    Ids are as unlike ranks as can be: tokens are numbered from the last merge to the first byte.
    """
    plain = [bytes([byte]) for byte in range(256) if byte not in without_bytes]
    plain += dict.fromkeys(left + right for left, right in merges)
    plain = [token for token in plain if token not in without_tokens] + [*whole_words]
    tokens = [*map(byte_level, plain), *control, *user_defined]
    types = [gguf.TokenType.NORMAL] * len(plain)
    types += [gguf.TokenType.CONTROL] * len(control)
    types += [gguf.TokenType.USER_DEFINED] * len(user_defined)
    tokens.reverse()
    types.reverse()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("toy")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([f"{byte_level(left)} {byte_level(right)}" for left, right in merges])
    writer.add_bos_token_id(tokens.index(control[0]))
    writer.add_eos_token_id(tokens.index(control[0]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
