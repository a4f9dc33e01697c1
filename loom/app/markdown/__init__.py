"""Markdown as lines of styled text, each of which knows where in its source it was written."""

from loom.app.markdown.blocks import laid_out
from loom.app.markdown.runs import Run, SourceLine, Style

__all__ = ["Run", "SourceLine", "Style", "laid_out"]
