"""One picture of a recording: the way to where it grows, and the branches that grow there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wcwidth import wcswidth, wcwidth

from loom.tree.graph import Tree
from loom.tree.visible import visible

WIDTH = 96
HEIGHT = 30
_SOFT, _TYPED, _STRONG, _PLAIN = "\x1b[2m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_N_CHARACTERS = 1600
"""More of a text than that does not fit on the screen."""

_LINES_ABOVE = 9


class Painter:
    """Paints frames of a tree while its texts grow."""

    def __init__(self, tree: Tree, title: str) -> None:
        self._tree = tree
        self._title = title

    def frame(self, texts: Mapping[str, bytes], here: str, model: str) -> list[str]:
        """The rows of the screen while `here` is the node that grew last."""
        node = self._tree.node(here)
        siblings = [one for one in self._tree.sibling_ids(here) if one in texts]
        alone = node.written or node.parent_id is None
        top = here if alone else node.parent_id
        head = f" {_cut(self._title, WIDTH // 2)}"
        rows = [f"{_STRONG}{head}{_PLAIN}{_SOFT}  {_cut(model, WIDTH // 3)}{_PLAIN}", ""]
        rows += self._road(texts, top, HEIGHT - 4 if alone else _LINES_ABOVE)
        if not alone:
            rows += self._branches(texts, siblings, here, HEIGHT - len(rows) - 1)
        rows += [""] * (HEIGHT - 1 - len(rows))
        return [*rows[: HEIGHT - 1], self._foot(texts)]

    def _road(self, texts: Mapping[str, bytes], end: str | None, n_rows: int) -> list[str]:
        """The last lines of the text up to a node, each node in the colour of who wrote it."""
        rows: list[str] = []
        path = [] if end is None else self._tree.path(end)
        for node in path[-12:]:
            colour = _TYPED if node.written else ""
            text = _text(texts.get(node.id, b""))
            rows += [f" {colour}{line}{_PLAIN}" for line in wrapped(text, WIDTH - 2)]
        return rows[-n_rows:]

    def _branches(
        self, texts: Mapping[str, bytes], siblings: Sequence[str], here: str, n_rows: int
    ) -> list[str]:
        n = len(siblings)
        label = f"── {n} branch{'' if n == 1 else 'es'} "
        rows = [f"{_SOFT}{label}{'─' * (WIDTH - len(label))}{_PLAIN}"]
        # Where not all fit, those around the one that grew last are in sight.
        n_shown = min(n, n_rows - 1)
        first = min(max(0, siblings.index(here) - n_shown + 1), n - n_shown)
        each = max(1, (n_rows - 1) // max(1, n_shown))
        for i in range(first, first + n_shown):
            lines = wrapped(_text(texts[siblings[i]]).strip(), WIDTH - 6)[-each:] or [""]
            mark = f"{_SOFT}{i + 1:>3}{_PLAIN}"
            rows += [f"{mark if k == 0 else '   '} {line}" for k, line in enumerate(lines)]
        return rows

    def _foot(self, texts: Mapping[str, bytes]) -> str:
        n = len(texts)
        return f"{_SOFT} {n:,} node{'' if n == 1 else 's'}{_PLAIN}"


def changes(before: Sequence[str], after: Sequence[str]) -> str:
    """What a terminal has to be told to go from one frame to the next."""
    rows = ((i, row) for i, row in enumerate(after) if i >= len(before) or before[i] != row)
    return "".join(f"\x1b[{i + 1};1H\x1b[2K{row}" for i, row in rows)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most so many cells; words longer than a line are broken."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _words(paragraph, width):
            if line and wcswidth(line) + wcswidth(word) > width:
                lines.append(line)
                line = word.lstrip()
            else:
                line += word
        lines.append(line)
    return lines


def _words(paragraph: str, width: int) -> Iterable[str]:
    for i, word in enumerate(paragraph.split(" ")):
        spaced = word if i == 0 else f" {word}"
        while wcswidth(spaced) > width:
            cut = _cut(spaced, width)
            yield cut
            spaced = spaced[len(cut) :]
        yield spaced


def _cut(text: str, width: int) -> str:
    """The beginning of a text that fits in so many cells, one character at least."""
    n_cells = 0
    for i, character in enumerate(text):
        n_cells += max(0, wcwidth(character))
        if n_cells > width:
            return text[: max(1, i)]
    return text


def _text(written: bytes) -> str:
    tail = written[-4 * _N_CHARACTERS :].decode("utf-8", "replace")[-_N_CHARACTERS:]
    return visible(tail)
