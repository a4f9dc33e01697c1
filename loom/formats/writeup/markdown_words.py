"""What the two flavours of Markdown write differently, and how text is kept from being markup."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loom.formats.material import Flavour
from loom.tree.visible import visible

_ANYWHERE = re.compile(r"([\\`*_\[\]<~|&$])")
_ANYWHERE_IN_OBSIDIAN = re.compile(r"([\\`*_\[\]<~|&$=%^#])")
_AT_LINE_START = re.compile(r"^(\s*)([#>+=-]|\d+(?=[.)]))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One flavour: what stands around marked words, how places are named and linked."""

    flavour: Flavour

    def escape(self, text: str) -> str:
        """The text with nothing in it that Markdown or a terminal would take as a command."""
        if self.flavour == "obsidian":
            marked = _ANYWHERE_IN_OBSIDIAN.sub(r"\\\1", visible(text))
        else:
            marked = _ANYWHERE.sub(r"\\\1", visible(text))
        return _AT_LINE_START.sub(_escape_start, marked)

    def marked(self, words: str) -> str:
        """Words of a join."""
        begin, end = ("==", "==") if self.flavour == "obsidian" else ("<ins>", "</ins>")
        kept = words.strip()
        # With a space inside, the marks of Obsidian would not be marks.
        return words.replace(kept, f"{begin}{kept}{end}", 1) if kept else words

    def anchor(self, number: str) -> str:
        """What makes a heading of that number a place to link to."""
        return "" if self.flavour == "obsidian" else f'<a id="{_place(number)}"></a>'

    def link(self, number: str) -> str:
        """A link to the chapter of that number."""
        if self.flavour == "obsidian":
            return f"[[#{number}]]"
        return f"[{number}](#{_place(number)})"

    def block(self, number: str) -> str:
        """The name of a paragraph, so that other notes can quote it; only Obsidian has them."""
        return f" ^{_place(number)}" if self.flavour == "obsidian" and number else ""

    def folded(self, heading: str, lines: list[str]) -> list[str]:
        """Lines that are folded away at first."""
        if self.flavour == "obsidian":
            return [f"> [!info]- {heading}", *(f"> {line}".rstrip() for line in lines)]
        return [f"<details><summary>{heading}</summary>", "", *lines, "", "</details>"]


def _place(number: str) -> str:
    # A block of Obsidian may be named by letters, digits and dashes alone.
    return "b-" + number.replace(":", "-b-").replace(".", "-")


def _escape_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    # A backslash before a digit is shown; the dot after the number is what makes it a list.
    return f"{space}{mark}\\" if mark[0].isdigit() else f"{space}\\{mark}"
