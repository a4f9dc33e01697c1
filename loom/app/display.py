"""Text as data: what a person sees of any bytes, so that nothing in them is ever interpreted.

Every pane draws node text through this file. Control characters become pictures (␛), marks that
would turn the line around or break it become their number, broken UTF-8 becomes U+FFFD. Rich
markup needs no escaping: the panes draw `Text` and `Segment`, which know no markup.
"""

from __future__ import annotations

import codecs
import re

from rich.cells import cell_len, split_graphemes

_TAB = "    "
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
_NUMBERED = [
    *range(0x80, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
]
_SHOWN = {
    **_PICTURES,
    **{code: f"\\u{code:04x}" for code in _NUMBERED},
    ord("\t"): _TAB,
    ord("\n"): "\n",
}
_BREAKS = re.compile(r"\s*\n\s*")
_PILCROW = " ¶ "


def shown(raw: bytes) -> str:
    """The bytes as a person sees them; only newlines keep their meaning."""
    return raw.decode("utf-8", "replace").translate(_SHOWN)


def shown_in_a_line(raw: bytes) -> str:
    """The same without newlines: each run of them is one pilcrow."""
    return _BREAKS.sub(_PILCROW, shown(raw))


def shown_words(words: str) -> str:
    """A title, a name or a sentence that may quote anything, on one line."""
    return shown_in_a_line(words.encode("utf-8", "surrogateescape"))


def shown_range(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where bytes [start, end) stand in `shown(raw)`; a character cut in two counts whole."""
    return _columns(raw[:start], final=False), _columns(raw[:end], final=True)


def shown_range_in_a_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where bytes [start, end) stand in `shown_in_a_line(raw)`."""
    first, last = shown_range(raw, start, end)
    text = shown(raw)
    return len(_BREAKS.sub(_PILCROW, text[:first])), len(_BREAKS.sub(_PILCROW, text[:last]))


def fit(text: str, width: int) -> str:
    """The text cut to `width` cells, with an ellipsis if anything had to go."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    end, used = 0, 0
    for _, grapheme_end, n_cells in split_graphemes(text[: width * 4])[0]:
        if used + n_cells > width - 1:
            break
        end, used = grapheme_end, used + n_cells
    return text[:end] + "…"


def _columns(prefix: bytes, *, final: bool) -> int:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return len(decoder.decode(prefix, final).translate(_SHOWN))
