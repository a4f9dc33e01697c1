r"""How text is cut before byte pairs are merged, as one regular expression for each rule.

A GGUF names the rule in `tokenizer.ggml.pre`; which cuts belong to a name is what llama.cpp does
(src/llama-vocab.cpp, src/unicode.cpp). Where it cuts in several passes, the pattern here is
derived to give the same pieces in one: a pass that sets characters apart ends the pieces before
them, so `\s+(?!\S)` ("all but the last space, unless the text ends here") must also count those
characters as an end. Every pattern matches every character, because tiktoken drops what no
pattern matches. Rules that are not here cannot be said in one pattern, or nobody needed them yet.
"""

from __future__ import annotations

_SUFFIXES = r"'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])"
_SPACES = r"\s+(?!\S)|\s+"
_NOT_WORD = r"[^\s\p{L}\p{N}]"

_GPT2 = rf"'s|'t|'re|'ve|'m|'ll|'d| ?\p{{L}}+| ?\p{{N}}+| ?{_NOT_WORD}+|{_SPACES}"

# Two passes: every digit alone, then GPT-2's rule.
_LONE_DIGITS = rf"\p{{N}}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{{L}}+| ?{_NOT_WORD}+|\s+(?![^\s\p{{N}}])|\s+"


def _like_llama3(numbers: str, *, suffixes: str = rf"{_SUFFIXES}|", spaces: str = _SPACES) -> str:
    """The family that keeps a mark before a word and the line ends after marks."""
    return (
        rf"{suffixes}[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{numbers}| ?{_NOT_WORD}+[\r\n]*"
        rf"|\s*[\r\n]+|{spaces}"
    )


_LLAMA3 = _like_llama3(r"\p{N}{1,3}")
_QWEN2 = _like_llama3(r"\p{N}")
_UFAKZEKA = _like_llama3(r"\p{N}", suffixes="")
_JAIS2 = _like_llama3(
    r"\p{N}{1,3}",
    spaces="|".join(rf"\s{{{n}}}(?!\S)" for n in (512, 256, 128, 64, 32, 16, 8, 4))
    + r"|\s{1,2}(?!\S)|\s",
)
_QWEN35 = (
    rf"{_SUFFIXES}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}"
    rf"| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|{_SPACES}"
)
_SEED_CODER = (
    rf"{_SUFFIXES}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}\r\n]+"
    rf"|\s*[\r\n]+|{_SPACES}"
)

# llama.cpp tells upper from lower case only in ASCII: to it, any other letter is both.
_UPPER, _LOWER = r"[\p{L}&&[^a-z]]", r"[\p{L}&&[^A-Z]]"


def _by_case(suffixes: str, numbers: str) -> str:
    """The family that also cuts where lower case turns into upper case."""
    before = r"[^\r\n\p{L}\p{N}]?"
    return (
        rf"{before}{_UPPER}*{_LOWER}+{suffixes}|{before}{_UPPER}+{_LOWER}*{suffixes}|{numbers}"
        rf"| ?{_NOT_WORD}+[\r\n/]*|\s*[\r\n]+|{_SPACES}"
    )


_TEKKEN = _by_case("", r"\p{N}")
_GPT4O = _by_case(f"(?:{_SUFFIXES})?", r"\p{N}{1,3}")

# Several passes: runs of marks apart, GPT-2's rule, digits apart and by threes.
_MARKS = r"\p{P}$+<=>^~|"
_OTHER_DIGITS = r"(?:(?![0-9]{3})\p{N})+"
_DEFAULT = (
    rf"[{_MARKS}]+| ?\p{{L}}+|[0-9]{{3}}|{_OTHER_DIGITS}| ?[^\s\p{{L}}\p{{N}}{_MARKS}]+"
    rf"|\s+(?![^\s{_MARKS}])|\s+"
)
_FALCON = (
    rf"[{_MARKS}`]+| ?\p{{L}}+|[0-9]{{3}}| ?{_OTHER_DIGITS}"
    rf"| ?[^\s\p{{L}}\p{{N}}{_MARKS}`]+|\s+(?![^\s{_MARKS}`])|\s+"
)

_NAMES = {
    _GPT2: "gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert "
    "jina-v1-en jina-v2-code roberta-bpe exaone4 mpt olmo jais trillion granite-docling",
    _LONE_DIGITS: "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2",
    _LLAMA3: "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano "
    "dbrx smaug-bpe chatglm-bpe glm4 glm5",
    _QWEN2: "qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2 "
    "bailingmoe bailingmoe2 llada-moe",
    _QWEN35: "qwen35",
    _JAIS2: "jais-2",
    _SEED_CODER: "seed-coder",
    _UFAKZEKA: "ufakzeka",
    _TEKKEN: "tekken",
    _GPT4O: "gpt-4o llama4 kanana2 talkie minimax-m2",
    _DEFAULT: "default",
    _FALCON: "falcon",
}

PATTERNS = {name: pattern for pattern, names in _NAMES.items() for name in names.split()}
"""The pattern of each rule that has one, by its name in `tokenizer.ggml.pre`."""

_WHOLE = (
    "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano "
    "glm4 glm5 tekken"
)
WHOLE_WORDS_FIRST = frozenset(_WHOLE.split())
"""Rules by which a piece that is itself a token stays whole, however its bytes would merge."""
