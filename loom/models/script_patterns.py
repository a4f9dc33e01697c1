r"""Rules of cutting that set the letters of some scripts apart, each as one regular expression.

In llama.cpp they are passes: one for digits, one for a script, and then those for everything else,
each within the pieces of the passes before it. In one expression that means that no later part may
reach over a character of the script, and that `\s+(?!\S)` must count it as an end.
"""

from __future__ import annotations

_ASCII_MARKS = r"!-/:-@\[-`{-~"

# Chinese characters and kana; among the latter are two marks, two symbols and two accents.
_KANA = r"\x{4E00}-\x{9FA5}\x{3040}-\x{309F}\x{30A0}-\x{30FF}"


def _deepseek3(numbers: str, *, marks_end: str, newlines: str) -> str:
    """Digits apart, then Chinese and kana, then words with a mark before them."""
    kana_words = rf"[[{_KANA}]&&[\p{{L}}\p{{M}}]]"
    word = rf"[[\p{{L}}\p{{M}}]&&[^{_KANA}]]"
    before = rf"[^\r\n\p{{L}}\p{{N}}\p{{P}}\p{{S}}{_KANA}]"
    # What is none of all this (controls, unassigned) goes before a word or makes a piece.
    strange = rf"[^\s\p{{L}}\p{{M}}\p{{N}}\p{{P}}\p{{S}}{_KANA}]"
    strange_kana = rf"[[{_KANA}]&&[^\p{{L}}\p{{M}}\p{{P}}\p{{S}}]]"
    return (
        rf"{numbers}|{strange_kana}?{kana_words}+|[[{_KANA}]&&[\p{{P}}\p{{S}}]]+"
        rf"|{strange_kana}+(?={strange_kana}{kana_words})|{strange_kana}+"
        rf"|[{_ASCII_MARKS}][A-Za-z]+|{before}?{word}+"
        rf"| ?[[\p{{P}}\p{{S}}]&&[^{_KANA}]]+{marks_end}|{newlines}"
        rf"|\s+(?![^\s\p{{N}}{_KANA}])|\s+|{strange}+(?={strange}{word})|{strange}+"
    )


DEEPSEEK3 = _deepseek3(r"\p{N}{1,3}", marks_end=r"[\r\n]*", newlines=r"\s*[\r\n]+")
SPARK = _deepseek3(r"\p{N}", marks_end="", newlines=r"[\r\n]")

# Most of the first plane, from Samaritan to the last common Chinese character, and Hangul.
_EAST = r"[[\x{0800}-\x{9FA5}\x{AC00}-\x{D7FF}]&&[^\s]]"


def _eastern(kinds: tuple[str, ...], marks: str, numbers: str, *, gaps_end_apart: bool) -> str:
    """Each newline apart, words and marks with the space before them, then the east, then digits.

    A word is of letters of one of the `kinds`. What no pass matches stays in one piece with the
    spaces in and around it, except that spaces at its end may be set apart.
    """
    letters = "".join(kinds)
    either = rf"[{letters}{marks}]"
    east_rest = rf"[{_EAST}&&[^{letters}{marks}\p{{N}}]]"
    rest = rf"[^\s{letters}{marks}\p{{N}}{_EAST}]"
    space = r"[\s&&[^\r\n]]"
    gap = rf"[{rest}{space}]"
    if gaps_end_apart:
        gaps = rf"{gap}+(?=[{east_rest}\p{{N}}])|{gap}*{rest}|{space}+(?={space}{either})|{space}+"
    else:
        gaps = rf"{gap}+(?={space}{either})|{gap}+"
    return "|".join(
        (
            r"[\r\n]",
            *(rf"{space}?[{kind}&&[^{_EAST}]]+" for kind in (*kinds, marks)),
            rf"[{letters}&&{_EAST}]+",
            rf"[{marks}&&{_EAST}]+",
            numbers,
            rf"{east_rest}+",
            gaps,
        )
    )


DEEPSEEK_CODER = _eastern((r"\p{L}",), r"\p{P}", r"\p{N}", gaps_end_apart=False)

# Letters that know case, of the blocks that had any in 2023; and one letter that looks as if.
_CASED = (
    r"[[[\p{Lu}\p{Ll}\p{Lt}]&&[\x{B5}-\x{0556}\x{10A0}-\x{10C5}\x{13A0}-\x{13FD}\x{1C90}-\x{2CFF}"
    r"\x{A640}-\x{A78F}\x{AB70}-\x{ABBF}\x{FB00}-\x{FF20}\x{10400}-\x{104FF}\x{10C80}-\x{10CFF}"
    r"\x{118A0}-\x{118DF}\x{1E900}-\x{1E943}]]\x{0295}]"
)
# These stand in the ranges of marks too, whose pass sets them apart from other letters.
_PLAIN = r"[A-Za-z\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}]"
_WIDE_MARKS = r"\x{2018}-\x{201F}\x{3001}\x{3002}\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF20}"
_WIDE_MARKS += r"\x{FF3B}-\x{FF40}\x{FF5B}-\x{FF5E}"
DEEPSEEK_LLM = _eastern(
    (_PLAIN, _CASED),
    rf"[{_ASCII_MARKS}{_WIDE_MARKS}]",
    rf"[\p{{N}}&&[^{_EAST}]]+|[\p{{N}}&&{_EAST}]+",
    gaps_end_apart=True,
)

_SUFFIX = r"(?:'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL]))?"
_SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
# Digits by threes from the end; looked at once a run, so that long runs take no longer.
_FROM_THE_END = r"(?<!\p{N})\p{N}{1,2}(?=(?:\p{N}{3})+(?!\p{N}))|\p{N}{1,3}"

TINY_AYA = (
    rf"[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+{_SUFFIX}|{_FROM_THE_END}"
    rf"| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_SPACES}"
)

_HAN = (
    r"\x{4E00}-\x{9FFF}\x{3400}-\x{4DBF}\x{20000}-\x{2A6DF}\x{2A700}-\x{2EBEF}"
    r"\x{F900}-\x{FAFF}\x{2F800}-\x{2FA1F}"
)
KIMI = (
    rf"[{_HAN}]+|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}&&[^{_HAN}]]+{_SUFFIX}|\p{{N}}{{1,3}}"
    rf"| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{_SPACES}"
)

_STOPS = r"(\s|.,!?…。，、।۔،)"
BLOOM_WORD = rf" [^{_STOPS}]"
"""Where a word begins with its space."""

BLOOM = rf"[{_STOPS}]+(?={BLOOM_WORD})| ?[^{_STOPS}]+|[{_STOPS}]+"
VIKING = rf"[{_STOPS}]+(?={BLOOM_WORD})|\p{{N}}| ?[^{_STOPS}\p{{N}}]+|[{_STOPS}]+"
