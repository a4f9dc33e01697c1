"""The evidence of a finding as rows of a panel: the interval, the words, the texts side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual.content import Content

from loom.app.comparing import Comparison, Stretch, compare
from loom.app.display import fit, shown_in_a_line
from loom.app.marks import MarkStyle
from loom.app.token_place import bar
from loom.records import PredictiveEvidence, TellingWord

_COLOURS: dict[MarkStyle, str] = {
    "joined": "$joined",
    "alike": "$alike",
    "undecided": "$undecided",
    "words": "$faint",
}
_TINTS: dict[MarkStyle, str] = {
    "joined": "$met",
    "alike": "$met-alike",
    "undecided": "$met-undecided",
    "words": "$line",
}
INDENT = 3
LONGEST_BAR, LONGEST_AXIS = 24, 72
_MOST_FOLDED = 9
"""Shared words in a row of which more are folded to how they begin and end."""

_EDGE_WORDS = 3
_MOST_TEXT = 2_000
"""Bytes before a place that are set side by side."""


def interval_rows(
    e: PredictiveEvidence, style: MarkStyle, under: float, width: int
) -> list[Content]:
    """The best guess and its bounds between chance (left) and certainty (right).

    ┊ is the same place read twice, ╎ the guess under which all of it lies for a join.
    """
    bounds = f"{_in_100(e.best_guess_low)} to {_in_100(e.best_guess_high)}"
    note = f"  best guess {_in_100(e.best_guess)} in 100 ({bounds})"
    n_cells = max(11, min(LONGEST_AXIS, width - 2 * INDENT - len(note)))
    at = {share: _cell(share, n_cells) for share in (e.best_guess_low, e.best_guess_high)}
    cells = [("─", "$line")] * n_cells
    for cell in range(at[e.best_guess_low], at[e.best_guess_high] + 1):
        cells[cell] = ("━", _COLOURS[style])
    for share, sign in ((e.same_place_twice, "┊"), (under, "╎")):
        cells[_cell(share, n_cells)] = (sign, "$ink")
    cells[_cell(e.best_guess, n_cells)] = ("●", f"bold {_COLOURS[style]}")
    pad = " " * INDENT
    drawn = Content.assemble(pad, *cells, (note, "$ink"))
    twice, below = _in_100(e.same_place_twice), _in_100(under)
    legend = f"{pad}50 is chance · ┊ same place twice {twice} · ╎ a join lies under {below}"
    scale = Content(pad + _scale(n_cells)).stylize("$faint")
    return [drawn, scale, Content(legend).stylize("$faint")]


def telling_rows(
    telling: Sequence[TellingWord], names: Sequence[str], style: MarkStyle, width: int
) -> list[Content]:
    """A row for each word, with how likely either side says it: bars to the left and right."""
    if not telling:
        return []
    n_word = min(max(cell_len(told.word) for told in telling), 16)
    n_bar = max(4, min(LONGEST_BAR, (width - 2 * INDENT - n_word - 16) // 2))
    heads = [f"branch {name}" for name in names]
    head = f"{heads[0]:>{INDENT + 6 + n_bar}}  {'says':^{n_word}}  {heads[1]}"
    rows = [Content(head).stylize("$faint")]
    colour = _COLOURS[style]
    for told in telling:
        word = fit(told.word, n_word)
        gap = n_word - cell_len(word)
        left = _mirrored(told.one, n_bar)
        rows.append(
            Content.assemble(
                (f"{_percent(told.one):>{INDENT + 5 + n_bar - len(left)}} ", "$faint"),
                (left, colour),
                (f"  {' ' * (gap // 2)}{word}{' ' * (gap - gap // 2)}  ", "$ink"),
                (bar(told.other, n_bar), colour),
                (f" {_percent(told.other)}", "$faint"),
            )
        )
    return rows


def aligned_rows(
    texts: Sequence[bytes], names: Sequence[str], style: MarkStyle
) -> list[tuple[str, Content]]:
    """Two texts as labelled rows, from top to bottom: what both say is folded, the rest is not."""
    shown = [shown_in_a_line(text[-_MOST_TEXT:]) for text in texts]
    found = compare(shown)
    rows: list[tuple[str, Content]] = []
    for stretch in found.stretches:
        rows += _stretch_rows(stretch, found, names, style)
    return rows


def _stretch_rows(
    stretch: Stretch, found: Comparison, names: Sequence[str], style: MarkStyle
) -> Iterator[tuple[str, Content]]:
    if stretch.shared:
        start, end = stretch.ranges[0]
        yield "both", Content(_folded(found.words[0][start:end])).stylize("$faint")
        return
    for number, (start, end) in enumerate(stretch.ranges):
        words, own = found.words[number], found.own[number]
        tint = f"$ink on {_TINTS[style]}"
        said = [(words[at], tint if at in own else "$ink") for at in range(start, end)]
        if said:
            first, colour = said[0]
            yield names[number], Content.assemble((first.lstrip(), colour), *said[1:])
        else:
            yield names[number], Content("says nothing here").stylize("$faint")


def _folded(words: Sequence[str]) -> str:
    if len(words) <= _MOST_FOLDED:
        return "".join(words).strip()
    first, last = "".join(words[:_EDGE_WORDS]), "".join(words[-_EDGE_WORDS:])
    return f"{first.strip()} … {len(words) - 2 * _EDGE_WORDS} words … {last.strip()}"


def _mirrored(share: float, width: int) -> str:
    """A bar that ends on the right, to half a cell."""
    n = max(0, min(2 * width, round(share * 2 * width)))
    return ("▐" if n % 2 else "") + "█" * (n // 2)


def _scale(n_cells: int) -> str:
    line = [" "] * (n_cells + 3)
    for number in range(50, 101, 10):
        at = _cell(number / 100, n_cells) - (0 if number == 50 else 1)
        for digit in str(number):
            line[at] = digit
            at += 1
    return "".join(line).rstrip()


def _cell(share: float, n_cells: int) -> int:
    return max(0, min(n_cells - 1, round((share - 0.5) * 2 * (n_cells - 1))))


def _in_100(share: float) -> str:
    return f"{100 * share:.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
