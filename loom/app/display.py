"""What a person sees of any bytes on the screen, so that nothing in them is ever interpreted.

Every pane draws node text through this file, which adds bytes and cells to `tree.visible`. Rich
markup needs no escaping: the panes draw `Text` and `Segment`, which know no markup.
"""

from __future__ import annotations

import codecs

from rich.cells import cell_len, split_graphemes

from loom.tree.visible import in_a_line, visible

BOOKMARK = "★"
"""In place of the mark that says who wrote a text; the colour still does."""


def shown(raw: bytes) -> str:
    """The bytes as a person sees them; only newlines keep their meaning."""
    text = raw.decode("utf-8", "replace")
    # Most texts hold nothing that would have to be made visible, which is soon seen.
    return text if text.isascii() and text.isprintable() else visible(text)


def shown_in_a_line(raw: bytes) -> str:
    """The same without newlines: each run of them is one pilcrow."""
    return in_a_line(shown(raw))


def shown_words(words: str) -> str:
    """A title, a name or a sentence that may quote anything, on one line."""
    return shown_in_a_line(words.encode("utf-8", "surrogateescape"))


def shown_range(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where bytes [start, end) stand in `shown(raw)`; a character cut in two counts whole."""
    return _columns(raw[:start], final=False), _columns(raw[:end], final=True)


def byte_shown_at(raw: bytes, column: int) -> int:
    """The first byte of the character that stands at a column of `shown(raw)`."""
    low, high = 0, len(raw)
    while low < high:
        middle = (low + high) // 2
        if shown_range(raw, 0, middle + 1)[1] > column:
            high = middle
        else:
            low = middle + 1
    return low


def shown_range_in_a_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where bytes [start, end) stand in `shown_in_a_line(raw)`."""
    first, last = shown_range(raw, start, end)
    text = shown(raw)
    return len(in_a_line(text[:first])), len(in_a_line(text[:last]))


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


def fit_end(text: str, width: int) -> str:
    """The end of the text in `width` cells, behind an ellipsis if anything had to go."""
    if cell_len(text) <= width:
        return text
    start, used = len(text), 1
    tail = text[-width * 4 :] if width > 0 else ""
    for begin, _, n_cells in reversed(split_graphemes(tail)[0]):
        if used + n_cells > width:
            break
        start, used = len(text) - len(tail) + begin, used + n_cells
    return "…" + text[start:] if width > 0 else ""


def n_characters(text: str, n_cells: int) -> int:
    """How many characters of a text stand before the one in a column; all if it is shorter."""
    used = 0
    for start, _, wide in split_graphemes(text)[0]:
        if used + wide > n_cells:
            return start
        used += wide
    return len(text)


def _columns(prefix: bytes, *, final: bool) -> int:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return len(visible(decoder.decode(prefix, final)))
