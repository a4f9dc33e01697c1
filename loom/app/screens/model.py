"""Which model to grow with from now on: one that is on this machine, or a path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from loom.app.display import fit, shown_words
from loom.app.gauge_words import room_lines
from loom.app.screens.drawn import Window
from loom.app.words import count
from loom.engine.events import Gauge
from loom.errors import LoomError
from loom.session.model_listing import ModelRow, found_rows, how_to_use_gpu

_MOST_NAME_CELLS = 26
_FITS = {"yes": "", "no": "too large", "?": "", "": ""}


class ModelScreen(Window[str | None]):
    """Answers with what to open the model by, or None.

    Letters narrow the list down, arrows walk in it; Enter takes the line under the cursor, or what
    was typed if no line fits it.
    """

    CSS_PATH = "model.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        Binding("down", "walk(1)", "next", priority=True),
        Binding("up", "walk(-1)", "previous", priority=True),
    ]

    @dataclass
    class Searched(Message):
        """The machine has been looked through."""

        rows: Sequence[ModelRow]
        problem: str = ""

    def __init__(
        self,
        model: str,
        find: Callable[[], Sequence[ModelRow]] = found_rows,
        gauge: Gauge | None = None,
        gpu_unused: str | None = None,
        title: str = "Grow with another model",
    ) -> None:
        super().__init__()
        self._title = title
        self._gpu_unused = gpu_unused
        self._note = ""
        self._gauge = gauge
        self._model = model
        self._find = find
        self._rows: Sequence[ModelRow] = ()
        self._shown: list[ModelRow] = []

    def compose(self) -> ComposeResult:
        """A line to type in over the models there are."""
        with Vertical(id="model") as panel:
            panel.set_class(self._gpu_unused is not None, "-rebuild")
            panel.border_title = self._title
            panel.border_subtitle = "↑↓ choose · Enter takes it · Esc goes back"
            now = [f"Now: {shown_words(self._model) or 'none'}"]
            now += room_lines(self._gauge) if self._gauge is not None else ()
            yield Static(Content("\n".join(now)), id="now")
            yield Input(placeholder="a part of its name, or the path of a GGUF file", compact=True)
            yield OptionList()
            yield Static("Looking for models…", id="note", markup=False)
            if self._gpu_unused is not None:
                gpu = shown_words(self._gpu_unused)
                hint = f"{gpu} unused: {how_to_use_gpu(self._gpu_unused)}"
                yield Static(hint, id="rebuild", markup=False)

    def on_mount(self) -> None:
        """Begin to look; a large disk must not hold up the keys."""
        self.query_one(OptionList).can_focus = False
        self._search()

    @work(thread=True, exclusive=True, group="models", exit_on_error=False)
    def _search(self) -> None:
        try:
            found = self.Searched(self._find())
        except LoomError as error:
            found = self.Searched((), str(error))
        self.post_message(found)

    @on(Searched)
    def _show_found(self, event: Searched) -> None:
        self._rows = event.rows
        n_worlds = sum(1 for row in event.rows if row.about)
        here = count(len(event.rows) - n_worlds, "model")
        here += f" and {count(n_worlds, 'world')}" if n_worlds else ""
        note = f"{here} here. `loom models pull` fetches others."
        self._note = shown_words(event.problem) or note
        self._narrow_down()

    @on(Input.Changed)
    def _narrow_down(self) -> None:
        wanted = self.query_one(Input).value.casefold().split()
        self._shown = [row for row in self._rows if all(word in _words(row) for word in wanted)]
        options = self.query_one(OptionList)
        options.clear_options()
        for row, line in zip(self._shown, _lines(self._shown), strict=True):
            options.add_option(Option(line, disabled=row.problem is not None))
        sound = [i for i, row in enumerate(self._shown) if row.problem is None]
        now = [i for i in sound if self._model in (self._shown[i].reference, self._shown[i].path)]
        options.highlighted = next(iter((*now, *sound)), None)
        options.display = bool(self._shown)
        none_fits = bool(self._rows and wanted and not self._shown)
        note = "No model here fits that; Enter takes it as a path." if none_fits else self._note
        self.query_one("#note", Static).update(note)

    def action_walk(self, by: int) -> None:
        """Move in the list while typing."""
        options = self.query_one(OptionList)
        move = options.action_cursor_down if by > 0 else options.action_cursor_up
        move()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        highlighted = self.query_one(OptionList).highlighted
        typed = event.value.strip()
        if highlighted is not None:
            self.dismiss(self._shown[highlighted].reference)
        else:
            self.dismiss(typed or None)

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index].reference)


def _words(row: ModelRow) -> str:
    """What the letters that are typed are looked for in."""
    told = (row.name, row.architecture, row.quantisation, row.parameters, row.source, row.path)
    return " ".join((*told, row.about)).casefold()


def _lines(rows: Sequence[ModelRow]) -> list[Content]:
    """A line for each model, in columns as wide as they need be."""
    cells = [_cells(row) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row, line in zip(rows, cells, strict=True):
        padded = [text + " " * (w - cell_len(text)) for text, w in zip(line, widths, strict=True)]
        name, facts, fits, made_for = padded
        if row.problem is None:
            told = [(f"  {facts}", "$faint"), (f"  {fits}", "$warning"), (f"  {made_for}", "$ink")]
        else:
            why = row.problem.replace(row.path, "It")
            told = [(f"  {shown_words(why)}", "$faint")]
        lines.append(Content.assemble((name, "$ink" if row.problem is None else "$faint"), *told))
    return lines


def _cells(row: ModelRow) -> tuple[str, str, str, str]:
    name = fit(shown_words(row.name), _MOST_NAME_CELLS)
    if row.problem is not None:
        return name, "", "", ""
    if row.about:
        return name, "a world, exact, no weights", "", row.made_for
    facts = f"{row.architecture:<6} {row.parameters:>5} {row.quantisation:<6} {row.size:>9}"
    return name, facts, _FITS[row.fits], row.made_for
