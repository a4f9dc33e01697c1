"""The keys of a replay, in the one shape that all keys have."""

from __future__ import annotations

from loom.app.keys import Key, rows

REPLAY_KEYS: tuple[Key, ...] = (
    *rows(
        "replaying",
        "Replay",
        ("play", "space", "Space", "play", "Play, or pause", "", 0),
        ("back", "left", "←", "step", "One token of every branch back", "step(-1)", 1),
        ("forth", "right", "→", "step", "One token of every branch on", "step(1)", 1),
        ("mark_before", "up", "↑", "mark", "To the mark before", "mark(-1)", 2),
        ("mark_after", "down", "↓", "mark", "To the next mark", "mark(1)", 2),
        ("page_back", "pageup", "PgUp", "leap", "A tenth of it back", "leap(-1)", None),
        ("page_on", "pagedown", "PgDn", "leap", "A tenth of it on", "leap(1)", None),
        ("to_begin", "home g", "Home", "ends", "To the beginning", "end(0)", None),
        ("to_end", "end G", "End", "ends", "To the end", "end(1)", None),
        ("faster", "plus equals_sign", "+", "speed", "Faster", "speed(1)", 3),
        ("slower", "minus", "-", "speed", "Slower", "speed(-1)", 3),
        (
            "take_over",
            "enter",
            "Enter",
            "take over",
            "Go on from this moment, in a new session of your own",
            "",
            4,
        ),
        ("walk_parent", "h", "h", "look", "Look at the parent", "walk('parent')", None),
        ("walk_child", "l", "l", "look", "Look at the child", "walk('child')", None),
        ("walk_previous", "k", "k", "look", "Look at the sibling before", "walk('previous')", None),
        ("walk_next", "j", "j", "look", "Look at the sibling after", "walk('next')", None),
        (
            "look_into",
            "1 2 3 4 5 6 7 8 9 0",
            "1-9 0",
            "look",
            "Look into branch 1 to 9, or 10",
            "enter_branch('{key}')",
            None,
        ),
        ("follow", "f", "f", "follow", "Look again at what happens", "", None),
        ("outline_there", "o", "o", "outline", "Show the outline, or put it away", "outline", None),
        ("replay_help", "question_mark", "?", "help", "All keys", "help", 5),
        ("leave_replay", "q escape", "q", "quit", "Quit", "app.quit", 6),
    ),
)
