"""What the model sees, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loom.session.what_the_model_sees import ModelView, SeenPart, SeenToken
from loom.tree.visible import visible

_TEMPLATE = "template"


def lines(view: ModelView) -> Iterator[str]:
    """One token a line: its number, its id, where it comes from, whether it is special, its text.

    A part that no model has read yet is one line without number and id.
    """
    number = 0
    for part in view.parts:
        source = part.node_id or (_TEMPLATE if view.template else "")
        if part.tokens is None:
            yield f"{'-':>6} {'-':>7}  {source:<10}  unread   {shown(part.text)}"
        for token in part.tokens or ():
            kind = "special" if token.special else ""
            yield f"{number:>6} {token.id:>7}  {source:<10}  {kind:<7}  {shown(token.piece)}"
            number += 1


def summary(view: ModelView) -> str:
    """In one sentence: how many tokens, for which model, in which mode, and what is not known."""
    how = "plain text" if view.template is None else f"chat, template: {view.template}"
    n = len(view.token_ids)
    counted = f"{n:,} token{'' if n == 1 else 's'} for {view.model} ({how})"
    if not view.unread:
        return f"{counted}."
    parts = "1 part" if len(view.unread) == 1 else f"{len(view.unread)} parts"
    return (
        f"{counted}; {parts} not read yet: only the model itself can read its kind of vocabulary."
    )


def shown(piece: bytes) -> str:
    """A token on one line: newlines as arrows, parts of a character as their bytes."""
    return visible(piece.decode("utf-8", "backslashreplace")).replace("\n", "↵")


def view_object(view: ModelView) -> Mapping[str, object]:
    """The view for scripts; `n_tokens` and `sha256` are null while a part is unread."""
    return {
        "model": view.model,
        "mode": "plain" if view.template is None else "chat",
        "template": view.template,
        "grows": view.role,
        "n_tokens": None if view.unread else len(view.token_ids),
        "sha256": view.sha256,
        "parts": [_part_object(part) for part in view.parts],
    }


def _part_object(part: SeenPart) -> Mapping[str, object]:
    tokens = None if part.tokens is None else [_token_object(token) for token in part.tokens]
    text = part.text.decode("utf-8", "replace")
    return {"node": part.node_id, "author": part.author, "text": text, "tokens": tokens}


def _token_object(token: SeenToken) -> Mapping[str, object]:
    text = token.piece.decode("utf-8", "replace")
    return {"id": token.id, "text": text, "special": token.special}
