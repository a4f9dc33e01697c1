r"""How text is cut before byte pairs are merged, as one regular expression for each rule.

A GGUF names the rule in `tokenizer.ggml.pre`; which cuts belong to a name is what llama.cpp does
(src/llama-vocab.cpp, src/unicode.cpp). Where it cuts in several passes, the pattern here is
derived to give the same pieces in one: a pass that sets characters apart ends the pieces before
them, so `\s+(?!\S)` ("all but the last space, unless the text ends here") must also count those
characters as an end. Every pattern matches every character, because tiktoken drops what no
pattern matches.

Not here: gemma4, granite-embed-multi-311m, sarvam-moe and whitespace, which merge characters, not
bytes; superbpe and exaone-moe, whose pieces may be as long as the text; afmoe and chameleon, whose
passes depend on one another; youtu, which nobody needed yet.
"""

from __future__ import annotations

import re

from loom.models import script_patterns as by_script

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
# Digits apart in a pass of their own, at which spaces end.
_MINICPM = _like_llama3(r"\p{N}{1,3}", spaces=r"\s+(?![^\s\p{N}])|\s+")
# Runs of newlines apart, and Qwen's rule between them.
_LAGUNA = (
    rf"\n+|{_SUFFIXES}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}| ?{_NOT_WORD}+\r*"
    rf"|[\s&&[^\n]]*\r|[\s&&[^\n]]+(?!\S)|[\s&&[^\n]]+"
)
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

_LETTERS = r"[\p{L}\p{M}]"
_GRANITE = (
    rf"[^\r\n\p{{L}}\p{{N}}]?[{_LETTERS}&&[^a-z]]*[{_LETTERS}&&[^A-Z]]+(?:{_SUFFIXES})?"
    rf"|[^\r\n\p{{L}}\p{{N}}]?[{_LETTERS}&&[^a-z]]+[{_LETTERS}&&[^A-Z]]*(?:{_SUFFIXES})?"
    rf"|\p{{N}}{{1,3}}| ?{_NOT_WORD}+[\r\n/]*|\s*[\r\n]+|{_SPACES}"
)

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
    _MINICPM: "minicpm5",
    _LAGUNA: "laguna",
    _GRANITE: "granite-embed-multi-97m",
    by_script.DEEPSEEK3: "deepseek-v3 hunyuan-dense hy_v4 joyai-llm",
    by_script.SPARK: "spark2_5",
    by_script.DEEPSEEK_CODER: "deepseek-coder",
    by_script.DEEPSEEK_LLM: "deepseek-llm",
    by_script.TINY_AYA: "tiny_aya cohere2moe",
    by_script.KIMI: "kimi-k2",
    by_script.BLOOM: "poro-chat bloom gpt3-finnish",
    by_script.VIKING: "viking",
}

PATTERNS = {name: pattern for pattern, names in _NAMES.items() for name in names.split()}
"""The pattern of each rule that has one, by its name in `tokenizer.ggml.pre`."""

_WHOLE = (
    "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano "
    "glm4 glm5 tekken minicpm5 granite-embed-multi-97m"
)
WHOLE_WORDS_FIRST = frozenset(_WHOLE.split())
"""Rules by which a piece that is itself a token stays whole, however its bytes would merge."""

LONE_SPACE = re.compile(r"(?<=\S) (?=\S)")
"""No pattern reaches over it, except those of `CUTS`."""

CUTS = dict.fromkeys(("deepseek-llm", "deepseek-coder"), re.compile(r"(?=\n)")) | dict.fromkeys(
    ("poro-chat", "bloom", "gpt3-finnish", "viking"), re.compile(by_script.BLOOM_WORD)
)
"""In front of what a text may be cut without changing its tokens, by the name of the rule."""
