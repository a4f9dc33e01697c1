"""How deep and how wide to grow: what it comes to is told while the numbers are typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from loom.app import words
from loom.app.screens.drawn import Window
from loom.session.plans import Estimate, Plan, told

MANY_TOKENS = 20_000
"""A plan that may come to more is drawn as a warning."""

_FIELDS = (
    ("depth", "levels", "each from the one before", 64),
    ("width", "branches", "at each place", 999),
    ("tokens", "tokens", "of a branch, at most", 100_000),
    ("budget", "budget", "tokens in all; empty: no bound", 999_999_999),
)
_MOST_LEVELS_SHOWN = 5


class PlanScreen(Window[Plan | None]):
    """Answers with the plan as it was changed, or None."""

    CSS_PATH = "plan.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        Binding("up", "app.focus_previous", "field before"),
        Binding("down", "app.focus_next", "next field"),
    ]

    def __init__(self, plan: Plan, estimate: Callable[[Plan], Estimate]) -> None:
        super().__init__()
        self._plan = plan
        self._estimate = estimate

    def compose(self) -> ComposeResult:
        """A line for each number, and what they come to."""
        plan, settings = self._plan, self._plan.settings
        values = (plan.depth, settings.n_branches, settings.max_tokens, plan.budget)
        with Vertical(id="plan") as panel:
            panel.border_title = _title(len(plan.node_ids))
            panel.border_subtitle = "Enter grows · ↑↓ numbers · Esc goes back"
            for (name, label, note, most), value in zip(_FIELDS, values, strict=True):
                with Horizontal(classes="field"):
                    yield Label(label, classes="name")
                    yield Input(
                        "" if value is None else str(value),
                        restrict=r"[0-9]*",
                        max_length=len(str(most)),
                        compact=True,
                        id=name,
                    )
                    yield Label(note, classes="note")
            yield Static(id="shape")
            yield Static(id="estimate")

    def on_mount(self) -> None:
        """Begin at the first number."""
        self.query_one("#depth", Input).focus()

    @on(Input.Changed)
    def _tell(self) -> None:
        plan = self._asked()
        estimate = None if plan is None else self._estimate(plan)
        line = self.query_one("#estimate", Static)
        line.set_class(estimate is not None and estimate.n_tokens > MANY_TOKENS, "-many")
        if plan is None or estimate is None:
            self.query_one("#shape", Static).update("")
            line.update("Levels, branches and tokens are numbers from 1 on.")
            return
        self.query_one("#shape", Static).update(Content(_shape(plan)))
        speed = "" if estimate.seconds is not None else "; how long is known once some has grown"
        line.update(Content(f"{told(estimate).capitalize()}{speed}."))

    @on(Input.Submitted)
    def _take(self) -> None:
        plan = self._asked()
        if plan is not None:
            self.dismiss(plan)

    def _asked(self) -> Plan | None:
        """The plan as it is typed now, None while it is none."""
        depth, width, tokens, budget = (
            min(int(self.query_one(f"#{name}", Input).value or 0), most)
            for name, _, _, most in _FIELDS
        )
        if not (depth and width and tokens):
            return None
        settings = replace(self._plan.settings, n_branches=width, max_tokens=tokens)
        return replace(self._plan, settings=settings, depth=depth, budget=budget or None)


def _title(n_places: int) -> str:
    return "Grow from here" if n_places == 1 else f"Grow at {n_places:,} ends"


def _shape(plan: Plan) -> str:
    """How many branches each level may have."""
    n_places, width = len(plan.node_ids), plan.settings.n_branches
    shown = range(1, min(plan.depth, _MOST_LEVELS_SHOWN) + 1)
    levels = [words.shortened(n_places * width**level) for level in shown]
    return " → ".join(levels + ["…"] * (plan.depth > _MOST_LEVELS_SHOWN))
