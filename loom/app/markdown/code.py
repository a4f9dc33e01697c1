"""Code in colours."""

from __future__ import annotations

from collections.abc import Iterator

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String
from pygments.util import ClassNotFound

from loom.app.markdown.runs import Run, Style

_STYLES: tuple[tuple[object, Style], ...] = (
    (Comment, "comment"),
    (String, "string"),
    (Number, "number"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (Name.Function, "name"),
    (Name.Class, "name"),
    (Name.Decorator, "name"),
    (Name.Tag, "name"),
)

_MOST_COLOURED = 20_000
"""Characters."""


def coloured(code: str, language: str) -> Iterator[Run]:
    """Code as runs without places; of one colour where its language is not known."""
    if not language or len(code) > _MOST_COLOURED:
        yield Run(code, None, ("code",))
        return
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        yield Run(code, None, ("code",))
        return
    for kind, text in lexer.get_tokens(code):
        style = next((style for parent, style in _STYLES if kind in parent), None)  # type: ignore[operator]
        yield Run(text, None, ("code",) if style is None else ("code", style))
