"""The keys that open the views, and those that count only inside one."""

from __future__ import annotations

from loom.app.keys import Group, Key, State

LOOKING_KEYS: tuple[Key, ...] = (
    Key("tokens", ("t",), "t", "tokens", "What else could stand here", "Look", rank=6),
    Key(
        "tally", ("equals_sign",), "=", "tally", "Count branches by how they begin", "Look", rank=8
    ),
    Key("shade", ("a",), "a", "shade", "Shade the text by surprisal, by entropy, or not", "Look"),
    Key(
        "markdown",
        ("asterisk",),
        "*",
        "Markdown",
        "Render the Markdown in the text, or not",
        "Look",
    ),
    Key("borders", ("vertical_line",), "|", "borders", "Show where each text begins", "Look"),
    Key("jump", ("apostrophe",), "'", "jump", "To a fork on the screen, by its letter", "Look"),
    Key(
        "multiverse",
        ("W",),
        "W",
        "multiverse",
        "What could come next, by probability",
        "Look",
    ),
    Key("map", ("O",), "O", "map", "The whole tree as a map", "Look"),
    Key("search", ("slash",), "/", "search", "Search the texts of the tree", "Look"),
    Key(
        "filter",
        ("ampersand",),
        "&",
        "filter",
        "Filter the outline: tag:, by:, model:",
        "Look",
    ),
    Key("compare", ("C",), "C", "compare", "Compare branches side by side", "Look"),
)
"""Walking: what is looked at, and how."""

SAMPLER_KEYS: tuple[Key, ...] = (
    Key("sampler", ("comma",), ",", "sampler", "Temperature, cut-offs and presets", "Grow"),
    Key(
        "hotter",
        ("right_parenthesis",),
        ")",
        "temperature",
        "A higher temperature",
        "Grow",
        action="change_temperature(1)",
    ),
    Key(
        "cooler",
        ("left_parenthesis",),
        "(",
        "temperature",
        "A lower temperature",
        "Grow",
        action="change_temperature(-1)",
    ),
)
"""How tokens are drawn."""

SECOND_KEYS: tuple[Key, ...] = (
    Key("second_model", ("A",), "A", "second model", "A second model beside, or none", "Loom"),
    Key("grow_with_both", ("quotation_mark",), '"', "both", "Grow here with both models", "Loom"),
)
"""Two models in one tree."""

_MEET: Group = "Where branches meet"

CROSSING_KEYS: tuple[Key, ...] = (
    Key("cross", ("n",), "n", "across", "Across to the next way in", _MEET, action="cross(1)"),
    Key("cross_back", ("N",), "N", "across", "To the way in before", _MEET, action="cross(-1)"),
    Key("one_road", ("s",), "s", "one road", "Fold a join into one road, or unfold it", _MEET),
    Key("one_road_each", ("S",), "S", "one road", "Fold every join, or unfold all", _MEET),
)
"""Walking: from branch to branch where they meet."""

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
    *_of(
        "map",
        "In the map",
        ("parent", "left h", "← h", "walk", "To the parent", "walk('parent')", 0),
        ("child", "right l", "→ l", "walk", "To the child", "walk('child')", 0),
        ("previous", "up k", "↑ k", "walk", "To the sibling before", "walk('previous')", 0),
        ("next", "down j", "↓ j", "walk", "To the sibling after", "walk('next')", 0),
        ("root", "g home", "g Home", "beginning", "To the beginning", "walk('root')", None),
        ("leaf", "G end", "G End", "end", "To the end of this road", "walk('leaf')", None),
        ("next_join", "m", "m", "meet", "To the next meeting of branches", "walk_joins(1)", 2),
        ("previous_join", "M", "M", "meet", "To the meeting before", "walk_joins(-1)", None),
        ("cross", "n", "n", "across", "Across to the next way in", "cross(1)", 2),
        ("cross_back", "N", "N", "across", "To the way in before", "cross(-1)", None),
        ("one_road", "s", "s", "one road", "Fold a join into one road, or unfold", "one_road", 3),
        ("one_road_each", "S", "S", "one road", "Fold every join", "one_road_each", None),
        ("nearer", "plus", "+", "zoom", "Nearer", "zoom(-1)", 1),
        ("farther", "minus", "-", "zoom", "Farther, down to the whole tree", "zoom(1)", 2),
        ("up", "pageup", "PgUp", "scroll", "Scroll up", "scroll_map(0, -1)", 3),
        ("down", "pagedown", "PgDn", "scroll", "Scroll down", "scroll_map(0, 1)", 3),
        ("left", "less_than_sign", "<", "scroll", "Scroll left", "scroll_map(-1, 0)", 3),
        ("right", "greater_than_sign", ">", "scroll", "Scroll right", "scroll_map(1, 0)", 3),
        ("go", "enter", "Enter", "go there", "Stand there", "go", 2),
        ("back", "escape q O", "Esc O", "back", "Back to where you were", "back", 4),
    ),
    *_of(
        "evidence",
        "In the evidence",
        (
            "look",
            "space",
            "Space",
            "32 more looks",
            "Look 32 more times",
            "look",
            0,
        ),
        ("deny", "x", "x", "not a join", "Say that it is no join, or take that back", "deny", 1),
        ("on", "pagedown", "PgDn", "scroll", "Further down", "scroll_grounds(1)", 3),
        ("up", "pageup", "PgUp", "scroll", "Further up", "scroll_grounds(-1)", 3),
        ("back", "escape q", "Esc q", "back", "Back to the branches", "back", 2),
    ),
    *(
        Key(
            "compare.branch",
            (*"123456789", "0"),
            "1-9 0",
            "take in, leave out",
            "Take a branch in, or leave it out",
            "Comparing",
            "compare",
            rank=0,
            action="branch('{key}')",
        ),
    ),
    *_of(
        "compare",
        "Comparing",
        ("fold", "f", "f", "fold", "What all say: whole, or folded", "fold", 1),
        ("back", "escape q C", "Esc C", "back", "Back to the branches", "back", 2),
    ),
    *_of(
        "multiverse",
        "In the multiverse",
        ("before", "left h", "← h", "walk", "The token before", "step(-1, 0)", 0),
        ("after", "right l", "→ l", "walk", "The likeliest token after", "step(1, 0)", 0),
        ("up", "up k", "↑ k", "walk", "The block above", "step(0, -1)", 0),
        ("down", "down j", "↓ j", "walk", "The block below", "step(0, 1)", 0),
        (
            "nearer",
            "enter plus",
            "+ Enter",
            "zoom",
            "Look on from this block",
            "zoom(1)",
            1,
        ),
        (
            "farther",
            "backspace minus",
            "- Bksp",
            "back a token",
            "Look from a token before",
            "zoom(-1)",
            2,
        ),
        ("all", "g home", "g Home", "whole", "Look from the text itself", "all", None),
        ("grow", "space", "Space", "grow", "Grow from the chosen way", "grow", 1),
        ("back", "escape q W", "Esc W", "back", "Back to the branches", "back", 4),
    ),
)
"""Keys of the views, each in the state of that name."""
