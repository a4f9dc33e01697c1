"""Text as data: what a person may be shown of any text, so that nothing in it is interpreted.

Control characters become pictures (␛), and marks that would turn a line around or break it
become their number.
"""

from __future__ import annotations

import re

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
# Controls of the second block, marks that turn the direction of a line, separators of lines.
_NUMBERED = (
    *range(0x80, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
)
_SHOWN = {
    **_PICTURES,
    **{code: f"\\u{code:04x}" for code in _NUMBERED},
    **dict.fromkeys(range(55296, 57344), "�"),
    ord("\t"): "    ",
    ord("\n"): "\n",
}
_BREAKS = re.compile(r"\s*\n\s*")
PILCROW = " ¶ "


def visible(text: str) -> str:
    """The text with a picture for each control character; only newlines keep their meaning."""
    return text.translate(_SHOWN)


def in_a_line(text: str) -> str:
    """Any text with one pilcrow for each run of newlines."""
    return _BREAKS.sub(PILCROW, text)


def visible_line(text: str) -> str:
    """What is visible, on one line."""
    return in_a_line(visible(text))
