"""What stands in a paragraph, a heading or a cell, as runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from loom.app.markdown.runs import Cursor, Run, Style

if TYPE_CHECKING:
    from markdown_it.token import Token

_OPENED: dict[str, Style] = {
    "em_open": "emphasis",
    "strong_open": "strong",
    "s_open": "struck",
    "link_open": "link",
}


def runs_of(
    tokens: Sequence[Token], cursor: Cursor, styles: tuple[Style, ...] = ()
) -> Iterator[Run]:
    """Emphasis, code, links and images; a line that is broken in the source stays broken."""
    open_styles, addresses = list(styles), list[str]()
    for token in tokens:
        if (style := _OPENED.get(token.type)) is not None:
            open_styles.append(style)
            addresses.append(str(token.attrs.get("href", "")))
        elif token.type.endswith("_close"):
            open_styles.pop()
            yield from _address(addresses.pop(), cursor)
        else:
            yield from _leaf(token, cursor, tuple(open_styles))


def _leaf(token: Token, cursor: Cursor, styles: tuple[Style, ...]) -> Iterator[Run]:
    match token.type:
        case "softbreak" | "hardbreak":
            yield Run("\n")
        case "code_inline":
            yield Run(token.content, cursor.find(token.content), (*styles, "code"))
        case "image":
            start = cursor.find(token.content)
            yield Run("image: ", None, ("furniture",))
            yield Run(token.content, start, (*styles, "link"))
            yield from _address(str(token.attrs.get("src", "")), cursor)
        case _:
            if token.content:
                yield Run(token.content, cursor.find(token.content), styles)


def _address(address: str, cursor: Cursor) -> Iterator[Run]:
    """Where a link leads, behind it, unless that is what it says."""
    if address and cursor.source[: cursor.at].endswith(address):
        return
    if address:
        cursor.find(address)
        yield Run(f" ({address})", None, ("furniture",))
