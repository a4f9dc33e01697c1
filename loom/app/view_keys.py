"""The keys that open the views, and those that count only inside one."""

from __future__ import annotations

from loom.app.keys import Key, rows

LOOKING_KEYS: tuple[Key, ...] = (
    *rows(
        "walking",
        "Look",
        ("tokens", "t", "t", "tokens", "What else could stand here", "", 6),
        ("tally", "equals_sign", "=", "tally", "Count branches by how they begin", "", 8),
        ("shade", "a", "a", "shade", "Shade the text by surprisal or entropy", "", None),
        (
            "markdown",
            "asterisk",
            "*",
            "Markdown",
            "Render the Markdown in the text, or not",
            "",
            None,
        ),
        ("borders", "vertical_line", "|", "borders", "Show where each text begins", "", None),
        (
            "select_text",
            "R shift+right",
            "R ⇧→",
            "select",
            "Select in the text by keys",
            "",
            None,
        ),
        ("jump", "apostrophe", "'", "jump", "To a fork on the screen, by its letter", "", None),
        ("multiverse", "W", "W", "multiverse", "What could come next, by probability", "", None),
        ("map", "O", "O", "map", "The whole tree as a map", "", None),
        ("search", "slash", "/", "search", "Search the texts of the tree", "", None),
        ("filter", "ampersand", "&", "filter", "Filter the outline: tag:, by:, model:", "", None),
        ("compare", "C", "C", "compare", "Compare branches side by side", "", None),
    ),
)
"""Walking: what is looked at, and how."""

SELECTING_KEYS: tuple[Key, ...] = (
    *rows(
        "selecting",
        "Selecting",
        (
            "select.before",
            "left h shift+left",
            "← h",
            "character",
            "The character before",
            "walk_end('character', -1)",
            0,
        ),
        (
            "select.after",
            "right l shift+right",
            "→ l",
            "character",
            "The character after",
            "walk_end('character', 1)",
            0,
        ),
        ("select.up", "up k shift+up", "↑ k", "line", "A line back", "walk_end('line', -1)", 1),
        (
            "select.down",
            "down j shift+down",
            "↓ j",
            "line",
            "A line down",
            "walk_end('line', 1)",
            1,
        ),
        ("select.back", "b", "b", "word", "To the beginning of a word", "walk_end('word', -1)", 2),
        ("select.on", "w", "w", "word", "To the end of a word", "walk_end('word', 1)", 2),
        ("select.turn", "o", "o", "other end", "Walk with the other end", "turn", 5),
        ("select.copy", "y", "y", "copy", "Copy what is selected", "copy", 3),
        ("select.split", "z", "z", "split", "Split where it begins", "split", 4),
        ("select.leave", "escape R", "Esc R", "back", "Select nothing; walk again", "leave", 6),
    ),
)
"""Selecting in the text: one end stays, the other walks."""

SAMPLER_KEYS: tuple[Key, ...] = (
    *rows(
        "walking",
        "Grow",
        ("sampler", "comma", ",", "sampler", "Temperature, cut-offs and presets", "", None),
        (
            "hotter",
            "right_parenthesis",
            ")",
            "temperature",
            "A higher temperature",
            "change_temperature(1)",
            None,
        ),
        (
            "cooler",
            "left_parenthesis",
            "(",
            "temperature",
            "A lower temperature",
            "change_temperature(-1)",
            None,
        ),
    ),
)
"""How tokens are drawn."""

SECOND_KEYS: tuple[Key, ...] = (
    *rows(
        "walking",
        "Loom",
        ("second_model", "A", "A", "second model", "A second model beside, or none", "", None),
        ("grow_with_both", "quotation_mark", '"', "both", "Grow here with both models", "", None),
    ),
)
"""Two models in one tree."""

CROSSING_KEYS: tuple[Key, ...] = (
    *rows(
        "walking",
        "Where branches meet",
        ("cross", "n", "n", "across", "Across to the next way in", "cross(1)", None),
        ("cross_back", "N", "N", "across", "To the way in before", "cross(-1)", None),
        ("one_road", "s", "s", "one road", "Fold a join into one road, or unfold it", "", None),
        ("one_road_each", "S", "S", "one road", "Fold every join, or unfold all", "", None),
    ),
)
"""Walking: from branch to branch where they meet."""

VIEW_KEYS: tuple[Key, ...] = (
    *rows(
        "tokens",
        "In the tokens",
        ("tokens.before", "left h", "← h", "token", "The token before", "token(-1)", 0),
        ("tokens.after", "right l", "→ l", "token", "The token after", "token(1)", 0),
        ("tokens.likelier", "up k", "↑ k", "choice", "A likelier token", "choice(-1)", 1),
        ("tokens.rarer", "down j", "↓ j", "choice", "A less likely token", "choice(1)", 1),
        ("tokens.take", "enter", "Enter", "grow from it", "Grow from the chosen token", "take", 2),
        ("tokens.back", "pageup", "PgUp", "text", "To the beginning of the text", "text(-1)", 3),
        ("tokens.on", "pagedown", "PgDn", "text", "To the next text", "text(1)", 3),
        ("tokens.leave", "escape t", "Esc t", "back", "Back to the branches", "leave", 4),
    ),
    *rows(
        "tally",
        "In the tally",
        ("tally.by", "equals_sign tab", "=", "by", "By word, by sentence, by whole text", "by", 0),
        ("tally.up", "up k", "↑ k", "row", "The row above", "row(-1)", 1),
        ("tally.down", "down j", "↓ j", "row", "The row below", "row(1)", 1),
        ("tally.go", "enter", "Enter", "go", "To the first branch that begins so", "go", 2),
        ("tally.back", "escape q", "Esc q", "back", "Back to the branches", "back", 3),
    ),
    *rows(
        "map",
        "In the map",
        ("map.parent", "left h", "← h", "walk", "To the parent", "walk('parent')", 0),
        ("map.child", "right l", "→ l", "walk", "To the child", "walk('child')", 0),
        ("map.previous", "up k", "↑ k", "walk", "To the sibling before", "walk('previous')", 0),
        ("map.next", "down j", "↓ j", "walk", "To the sibling after", "walk('next')", 0),
        ("map.root", "g home", "g Home", "beginning", "To the beginning", "walk('root')", None),
        ("map.leaf", "G end", "G End", "end", "To the end of this road", "walk('leaf')", None),
        ("map.next_join", "m", "m", "meet", "To the next meeting of branches", "walk_joins(1)", 2),
        ("map.previous_join", "M", "M", "meet", "To the meeting before", "walk_joins(-1)", None),
        ("map.cross", "n", "n", "across", "Across to the next way in", "cross(1)", 2),
        ("map.cross_back", "N", "N", "across", "To the way in before", "cross(-1)", None),
        (
            "map.one_road",
            "s",
            "s",
            "one road",
            "Fold a join into one road, or unfold",
            "one_road",
            3,
        ),
        ("map.one_road_each", "S", "S", "one road", "Fold every join", "one_road_each", None),
        ("map.nearer", "plus", "+", "zoom", "Nearer", "zoom(-1)", 1),
        ("map.farther", "minus", "-", "zoom", "Farther, down to the whole tree", "zoom(1)", 2),
        ("map.up", "pageup", "PgUp", "scroll", "Scroll up", "scroll_map(0, -1)", 3),
        ("map.down", "pagedown", "PgDn", "scroll", "Scroll down", "scroll_map(0, 1)", 3),
        ("map.left", "less_than_sign", "<", "scroll", "Scroll left", "scroll_map(-1, 0)", 3),
        ("map.right", "greater_than_sign", ">", "scroll", "Scroll right", "scroll_map(1, 0)", 3),
        ("map.go", "enter", "Enter", "go there", "Stand there", "go", 2),
        ("map.back", "escape q O", "Esc O", "back", "Back to where you were", "back", 4),
    ),
    *rows(
        "evidence",
        "In the evidence",
        ("evidence.look", "space", "Space", "32 more looks", "Look 32 more times", "look", 0),
        (
            "evidence.deny",
            "x",
            "x",
            "not a join",
            "Say that it is no join, or take that back",
            "deny",
            1,
        ),
        ("evidence.on", "pagedown", "PgDn", "scroll", "Further down", "scroll_grounds(1)", 3),
        ("evidence.up", "pageup", "PgUp", "scroll", "Further up", "scroll_grounds(-1)", 3),
        ("evidence.back", "escape q", "Esc q", "back", "Back to the branches", "back", 2),
    ),
    *rows(
        "compare",
        "Comparing",
        (
            "compare.branch",
            "1 2 3 4 5 6 7 8 9 0",
            "1-9 0",
            "take in, leave out",
            "Take a branch in, or leave it out",
            "branch('{key}')",
            0,
        ),
        ("compare.fold", "f", "f", "fold", "What all say: whole, or folded", "fold", 1),
        ("compare.back", "escape q C", "Esc C", "back", "Back to the branches", "back", 2),
    ),
    *rows(
        "multiverse",
        "In the multiverse",
        ("multiverse.before", "left h", "← h", "walk", "The token before", "step(-1, 0)", 0),
        (
            "multiverse.after",
            "right l",
            "→ l",
            "walk",
            "The likeliest token after",
            "step(1, 0)",
            0,
        ),
        ("multiverse.up", "up k", "↑ k", "walk", "The block above", "step(0, -1)", 0),
        ("multiverse.down", "down j", "↓ j", "walk", "The block below", "step(0, 1)", 0),
        (
            "multiverse.nearer",
            "enter plus",
            "+ Enter",
            "zoom",
            "Look on from this block",
            "zoom(1)",
            1,
        ),
        (
            "multiverse.farther",
            "backspace minus",
            "- Bksp",
            "back a token",
            "Look from a token before",
            "zoom(-1)",
            2,
        ),
        ("multiverse.all", "g home", "g Home", "whole", "Look from the text itself", "all", None),
        ("multiverse.grow", "space", "Space", "grow", "Grow from the chosen way", "grow", 1),
        ("multiverse.back", "escape q W", "Esc W", "back", "Back to the branches", "back", 4),
    ),
)
"""Keys of the views, each in the state of that name."""
