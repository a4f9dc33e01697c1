"""The first line: which session, which model, and what Space will grow."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from loom.app.display import fit, shown_words
from loom.records.sampling_words import sampling_words
from loom.session import GrowSettings, ModelStatus
from loom.tree.events import Mode

_MODES: dict[Mode, str] = {"plain": "plain text", "chat": "chat"}

_AIR = 4
"""Cells left free: one at either edge, two between title and model."""

_SHORTEST_TITLE = 8


class Header(Widget):
    """Title on the left; model (device) · mode · T and cut-off · N × tokens on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"header--title", "header--model", "header--failed"}
    ALLOW_SELECT = False

    title: reactive[str] = reactive("")
    mode: reactive[Mode] = reactive("plain")
    template: reactive[str | None] = reactive[str | None](None)
    model_name: reactive[str] = reactive("")
    status: reactive[ModelStatus] = reactive(ModelStatus)
    settings: reactive[GrowSettings] = reactive(GrowSettings)
    second: reactive[str] = reactive("")
    read_only: reactive[bool] = reactive(False)

    def render(self) -> Text:
        """The long wording where it fits, else the short one."""
        width, name = self.size.width, shown_words(self.title)
        model, facts = self._words(long=True)
        if cell_len(name + model + facts) + _AIR > width:
            model, facts = self._words(long=False)
        title = fit(name, max(_SHORTEST_TITLE, width - cell_len(model + facts) - _AIR))
        model = fit(model, width - cell_len(title + facts) - _AIR)
        gap = width - cell_len(title + model + facts) - 2
        style = "header--failed" if self.status.state == "failed" else "header--model"
        text = Text(" ", no_wrap=True, overflow="crop", end="")
        text.append(title, self._style("header--title")).append(" " * gap)
        return text.append(model, self._style(style)).append(facts).append(" ")

    def _words(self, *, long: bool) -> tuple[str, str]:
        """The model, and the facts that follow it."""
        settings = self.settings
        n, tokens = settings.n_branches, settings.max_tokens
        size = f"{n} × {tokens} tokens" if long else f"{n}×{tokens}"
        mode = _MODES[self.mode]
        if self.mode == "chat" and self.template is not None:
            mode = f"{mode} ({self.template})"
        # How it would grow says nothing where nothing can.
        how = ("read-only",) if self.read_only else (sampling_words(settings.sampling), size)
        facts = (mode, *how)
        return self._models(long=long), "".join(f" · {fact}" for fact in facts)

    def _models(self, *, long: bool) -> str:
        """The session's own, and the one beside it; the status tells of the one at work."""
        at_work = self._at_work(long=long)
        if not self.second:
            return at_work
        if self.status.name == self.second:
            return f"{self._own} + {at_work}"
        return f"{at_work} + {shown_words(self.second)}"

    @property
    def _own(self) -> str:
        return shown_words(PurePath(self.model_name).stem or "no model")

    def _at_work(self, *, long: bool) -> str:
        status = self.status
        name = shown_words(status.name) or self._own
        match status.state:
            case "loading":
                return f"opening {name}…"
            case "failed":
                return f"{name} is not running"
            case "unloaded":
                return name
        if status.model is None:
            return name
        if status.model.gpu_unused is None:
            return f"{name} ({status.model.device})"
        return f"{name} (CPU build, GPU unused)" if long else f"{name} (GPU unused)"

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(name, partial=True))
