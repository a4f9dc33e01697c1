"""A byte-level vocabulary of any size, made up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, product

import gguf

_SPECIAL = ("<s>", "</s>")


def add_vocabulary(writer: gguf.GGUFWriter, n_vocab: int) -> None:
    """Bytes, syllables, made-up words, and the two special tokens last."""
    merges = list(islice(_merges(), n_vocab - 256 - len(_SPECIAL)))
    tokens = [*_byte_tokens(), *(left + right for left, right in merges), *_SPECIAL]
    types = [gguf.TokenType.NORMAL] * (n_vocab - len(_SPECIAL))
    types += [gguf.TokenType.CONTROL] * len(_SPECIAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    # llama.cpp wants a list of merges even where there is nothing to merge.
    writer.add_token_merges([f"{left} {right}" for left, right in merges] or ["k a"])
    writer.add_bos_token_id(n_vocab - 2)
    writer.add_eos_token_id(n_vocab - 1)
    writer.add_add_bos_token(True)


def _merges() -> Iterator[tuple[str, str]]:
    """Pairs to merge, so made that each product is always put together in the same way.

    Syllables are a consonant and a vowel, words two syllables, and then words get a space before
    or a consonant after. No pair of one kind overlaps another of it, which keeps all tokens in
    reach whatever their order.
    """
    consonants, vowels = "bcdfghjklmnpqrstvwxyz", "aeiou"
    syllables = [consonant + vowel for consonant, vowel in product(consonants, vowels)]
    words = [first + second for first, second in product(syllables, syllables)]
    return chain(
        product(consonants, vowels),
        product(syllables, syllables),
        product("Ġ", words),
        product(words, consonants),
    )


def _byte_tokens() -> list[str]:
    """The 256 bytes in GPT-2's alphabet, where unprintable ones move up to U+0100."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]
