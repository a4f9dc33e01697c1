r"""Any text as TeX that pdfLaTeX and LuaLaTeX both typeset, and that gives neither an order.

What a font may lack goes through \loomchar, which asks the font and else draws a box with the
character's number.
"""

from __future__ import annotations

import re

from loom.tree.visible import visible

LONGEST_WORD = 28
_WORDS = re.compile(r"(\s+)")
_PARAGRAPHS = re.compile(r"[ \t]*\n\s*\n")


class Tex(str):
    """Text that is TeX already."""

    __slots__ = ()


_NAMED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    # Two of them in a row would become another character.
    "-": r"-{}",
    ",": r",{}",
    "!": r"!{}",
    "?": r"?{}",
    "\u00a0": r"~",
    "·": r"\textperiodcentered{}",
    "°": r"\textdegree{}",
    "±": r"\textpm{}",
    "×": r"\texttimes{}",
    "÷": r"\textdiv{}",
    "©": r"\textcopyright{}",
    "®": r"\textregistered{}",
    "™": r"\texttrademark{}",
    "≈": r"\ensuremath{\approx}",
    "¶": r"\P{}",
    "…": r"\ldots{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "•": r"\textbullet{}",
    "€": r"\texteuro{}",
    "→": r"\ensuremath{\rightarrow}",
    "←": r"\ensuremath{\leftarrow}",
}
_KNOWN_TO_BOTH = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğİıĹĺĽľŁłŃńŇňŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž¡¿£§«»"
)


def tex(value: object) -> str:
    """A value as TeX; text of the type `Tex` stays as it is."""
    if isinstance(value, Tex):
        return value
    return "".join(map(_word, _WORDS.split(visible(str(value)))))


def _word(word: str) -> str:
    """A word; one that no column may hold can be broken anywhere, without a hyphen."""
    between = r"\loombreak{}" if len(word) > LONGEST_WORD else ""
    return between.join(map(_one, word))


def paragraphs(text: str) -> Tex:
    """A text with its lines and paragraphs."""
    parts = (_lines(part) for part in _PARAGRAPHS.split(text))
    return Tex(r"\par{}".join(parts))


def _lines(paragraph: str) -> str:
    return r"\loomline{}".join(tex(line) for line in paragraph.split("\n"))


def _one(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if character == "\n":
        return " "
    if " " <= character <= "~" or character in _KNOWN_TO_BOTH:
        return character
    return rf"\loomchar{{{ord(character):X}}}"
