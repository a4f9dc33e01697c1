"""Two to four branches side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from loom.app import keymap
from loom.app.comparing import compare
from loom.app.screens.drawn import DrawnOnce
from loom.app.widgets.compare_page import ComparePage
from loom.app.widgets.foot import Foot
from loom.app.widgets.rule import Rule

_LEAST_COLUMN = 32
_MOST = 4

Read = Callable[[str], str]


class CompareScreen(DrawnOnce[None]):
    """`read` tells the text of a branch, which goes on as it was last walked."""

    CSS_PATH = "compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("compare")

    def __init__(self, ids: Sequence[str], first: int, read: Read) -> None:
        """`ids` are the branches, from number 1; `first` is the number of the chosen one."""
        super().__init__()
        self._ids = ids
        self._read = read
        self._chosen = [first]

    def compose(self) -> ComposeResult:
        """The columns, and what one can do."""
        yield Rule(id="compare-top")
        yield ComparePage()
        yield Foot()

    def on_mount(self) -> None:
        """Begin with as many as have room: the chosen one, and those that say something else."""
        self.query_one(Foot).state = "compare"
        self.query_one(ComparePage).focus()
        seen = {self._read(self._ids[self._chosen[0] - 1])}
        for number, node_id in enumerate(self._ids, 1):
            text = self._read(node_id)
            if len(self._chosen) < self._room and text not in seen:
                self._chosen.append(number)
                seen.add(text)
        self._show()

    @property
    def _room(self) -> int:
        return max(2, min(_MOST, self.app.size.width // _LEAST_COLUMN))

    def _show(self) -> None:
        numbers = sorted(self._chosen)
        comparison = compare([self._read(self._ids[number - 1]) for number in numbers])
        self.query_one(ComparePage).show(comparison, numbers)
        rule = self.query_one("#compare-top", Rule)
        names = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
        rule.label = f"branches {names} of {len(self._ids)}"
        many = "1 word is" if comparison.n_alike == 1 else f"{comparison.n_alike} words are"
        rule.note = f"{many} the same in all"

    def action_branch(self, digit: str) -> None:
        """Take a branch in, or leave it out; the one that was taken in first makes room."""
        number = int(digit) or 10
        if number > len(self._ids):
            return
        if number not in self._chosen:
            self._chosen.append(number)
            self._chosen = self._chosen[-self._room :]
        elif len(self._chosen) > 2:
            self._chosen.remove(number)
        else:
            self.notify("Two are the fewest that can be compared: take another in first.")
        self._show()

    def action_fold(self) -> None:
        """Shared words whole, or folded again."""
        self.query_one(ComparePage).turn_folds()

    def action_back(self) -> None:
        """Back to the branches."""
        self.dismiss(None)
