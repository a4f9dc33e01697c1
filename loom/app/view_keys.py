"""The keys that open the views, and those that count only inside one."""

from __future__ import annotations

from loom.app.keys import Group, Key, State

LOOKING_KEYS: tuple[Key, ...] = (
    Key("tokens", ("t",), "t", "tokens", "What else could stand here", "Look", rank=6),
    Key(
        "tally", ("equals_sign",), "=", "tally", "Count branches by how they begin", "Look", rank=8
    ),
    Key("shade", ("a",), "a", "shade", "Shade the text by surprisal, by entropy, or not", "Look"),
    Key("borders", ("vertical_line",), "|", "borders", "Show where each text begins", "Look"),
    Key("jump", ("apostrophe",), "'", "jump", "To a fork on the screen, by its letter", "Look"),
)
"""Walking: what is looked at, and how."""

_Row = tuple[str, str, str, str, str, str, int | None]
"""id, Textual's names, as shown, label, help, action, and rank in the footer."""


def _of(state: State, group: Group, *rows: _Row) -> list[Key]:
    """The keys of one view."""
    return [
        Key(f"{state}.{name}", tuple(keys.split()), shown, label, told, group, state, rank, action)
        for name, keys, shown, label, told, action, rank in rows
    ]


VIEW_KEYS: tuple[Key, ...] = (
    *_of(
        "tokens",
        "In the tokens",
        ("before", "left h", "← h", "token", "The token before", "token(-1)", 0),
        ("after", "right l", "→ l", "token", "The token after", "token(1)", 0),
        ("likelier", "up k", "↑ k", "choice", "A likelier token", "choice(-1)", 1),
        ("rarer", "down j", "↓ j", "choice", "A less likely token", "choice(1)", 1),
        ("take", "enter", "Enter", "grow from it", "Grow from the chosen token", "take", 2),
        ("back", "pageup", "PgUp", "text", "To the beginning of the text", "text(-1)", 3),
        ("on", "pagedown", "PgDn", "text", "To the next text", "text(1)", 3),
        ("leave", "escape t", "Esc t", "back", "Back to the branches", "leave", 4),
    ),
    *_of(
        "tally",
        "In the tally",
        ("by", "equals_sign tab", "=", "by", "By word, by sentence, by whole text", "by", 0),
        ("up", "up k", "↑ k", "row", "The row above", "row(-1)", 1),
        ("down", "down j", "↓ j", "row", "The row below", "row(1)", 1),
        ("go", "enter", "Enter", "go", "To the first branch that begins so", "go", 2),
        ("back", "escape q", "Esc q", "back", "Back to the branches", "back", 3),
    ),
)
"""Keys of the views, each in the state of that name."""
