"""The reading pane, written or rendered."""

from __future__ import annotations

from typing import ClassVar, get_args

from rich.text import Text

from loom.app.manuscript import Line, Manuscript
from loom.app.markdown import Run
from loom.app.markdown import Style as Look
from loom.app.marks import Look as Mark
from loom.app.rendered import RenderedManuscript
from loom.app.widgets.reading import Reading


class RenderedReading(Reading):
    """Rendered, it shows what Markdown says; marks and shades belong to the text as it is written.

    | component | styles |
    |---|---|
    | `reading--md-STYLE` | what is one of `markdown.Style` |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"reading--md-{style}" for style in get_args(Look)}

    is_rendered = False
    _eye: int | None = None
    """The character near which the text is rendered; None: the last."""

    # Rendered

    def turn_rendered(self) -> None:
        """Show the Markdown in the text, or the text as it is written."""
        self.is_rendered = not self.is_rendered
        self._eye = None
        self._lay_out_again()
        self._render_here()

    def _new_page(self, width: int) -> Manuscript:
        return RenderedManuscript(width, self._eye) if self.is_rendered else Manuscript(width)

    def _lay_out_again(self) -> None:
        """What was at the top stays there; who had not scrolled away sees the end."""
        is_left_alone = self.top == self._scrolled_to
        lines = self._page.lines
        offset = lines[min(self.top, len(lines) - 1)].start if lines else 0
        nodes, self._page = self._page.nodes, self._new_page(self._page.width)
        self._show(nodes)
        self._rail.clear()
        self.set_n_lines(max(len(self._page.lines), self.height))
        if is_left_alone:
            self._bring_into_view()
        else:
            self.put_at_top(self._page.line_at(offset))
        self.refresh()

    def fit(self) -> None:
        """Lay out for the new width; where the person had scrolled away, stay there."""
        super().fit()
        self._render_here()

    def stand_at(self, node_id: str) -> None:
        """The person is at this node now: its text comes into view."""
        super().stand_at(node_id)
        self._render_here()

    def watch_scroll_y(self, old: float, new: float) -> None:
        """What was far away may be near now."""
        super().watch_scroll_y(old, new)
        if self._page_far_in_view:
            self.call_next(self._render_here)

    @property
    def _page_far_in_view(self) -> bool:
        page = self._page
        return isinstance(page, RenderedManuscript) and page.is_far(
            self.top, self.top + self.height
        )

    def _render_here(self) -> None:
        """Render around what is on the screen."""
        if self._page_far_in_view:
            lines = self._page.lines
            self._eye = lines[min(self.top + self.height // 2, len(lines) - 1)].start
            self._lay_out_again()

    def _look_on(self, line: Line) -> Mark | None:
        return None if self.is_rendered else super()._look_on(line)

    def _draw_words(self, line: int) -> Text:
        page = self._page
        runs = page.runs(line) if isinstance(page, RenderedManuscript) else None
        return super()._draw_words(line) if runs is None else self._draw_runs(runs)

    def _draw_runs(self, runs: tuple[Run, ...]) -> Text:
        """The runs of a line, each in the style of who wrote it and of what it is."""
        words = Text(no_wrap=True, end="")
        for run in runs:
            before = len(words)
            words.append(run.text)
            if run.start is not None:
                written = Line(run.start, run.start + len(run.text))
                for number, start, end in self._page.pieces(written):
                    for style in self._styles_of(number):
                        words.stylize(style, before + start - run.start, before + end - run.start)
            for look in run.styles:
                words.stylize(self.style_of(f"reading--md-{look}"), before)
            if run.start is not None and self._cut is not None:
                kept = max(0, self._offset_of_cut(self._cut) - run.start)
                words.stylize(self.style_of("reading--cut"), before + kept)
        words.truncate(self._page.width)
        return words
