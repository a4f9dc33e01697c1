"""How branches share a pane: a list, or cards side by side where each has room."""

from __future__ import annotations

from dataclasses import dataclass, replace

GAP = 2
_CARD = 40
"""Cells that a card needs before there are two in a row: 38 of text and air."""

_MOST_LINES = {"list": 3, "cards": 8}
NUMBER, FACTS = 6, 13
"""Cells of a row in a list that are no text: number on the left, facts on the right."""

INDENT = 4
"""Cells before the words of a card, so that they stand right of its number."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How n branches share a pane: columns, lines of text in each, cells in a line."""

    n_columns: int
    n_lines: int
    width: int

    @property
    def is_list(self) -> bool:
        """One branch a row, without a heading."""
        return self.n_columns == 1

    @property
    def height(self) -> int:
        """Rows of one branch."""
        return self.n_lines + (0 if self.is_list else 1)

    @property
    def text_width(self) -> int:
        """Cells of text in a line."""
        return self.width - (NUMBER + FACTS if self.is_list else INDENT + 1)

    def n_rows(self, n_branches: int) -> int:
        """Rows of all branches."""
        return -(-n_branches // self.n_columns) * self.height

    def no_taller_than(self, n_lines: int) -> Grid:
        """The same grid where no text has more lines than this."""
        return replace(self, n_lines=max(1, min(self.n_lines, n_lines)))

    @classmethod
    def of(cls, n_branches: int, width: int, most_rows: int) -> Grid:
        """As many columns as have room for a card, then as many lines as there are rows for."""
        n_columns = max(1, min((width + GAP) // (_CARD + GAP), n_branches, 4))
        n_across = -(-max(1, n_branches) // n_columns)
        kind = "list" if n_columns == 1 else "cards"
        n_lines = most_rows // n_across - (0 if n_columns == 1 else 1)
        n_lines = max(1 if n_columns == 1 else 2, min(_MOST_LINES[kind], n_lines))
        return cls(n_columns, n_lines, (width - GAP * (n_columns - 1)) // n_columns)
