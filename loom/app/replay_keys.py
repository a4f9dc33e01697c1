"""The keys of a replay, in the one shape that all keys have."""

from __future__ import annotations

from loom.app.keymap import Key, State

_WHEN: State = "replaying"


def _key(
    id: str,  # noqa: A002
    keys: str,
    shown: str,
    label: str,
    what: str,
    rank: int | None = None,
    action: str = "",
) -> Key:
    return Key(id, tuple(keys.split()), shown, label, what, "Replay", _WHEN, rank, action)


REPLAY_KEYS: tuple[Key, ...] = (
    _key("play", "space", "Space", "play", "Play, or pause", rank=0),
    _key("back", "left", "←", "step", "One token of every branch back", 1, "step(-1)"),
    _key("forth", "right", "→", "step", "One token of every branch on", 1, "step(1)"),
    _key("mark_before", "up", "↑", "mark", "To the mark before", 2, "mark(-1)"),
    _key("mark_after", "down", "↓", "mark", "To the next mark", 2, "mark(1)"),
    _key("page_back", "pageup", "PgUp", "leap", "A tenth of it back", action="leap(-1)"),
    _key("page_on", "pagedown", "PgDn", "leap", "A tenth of it on", action="leap(1)"),
    _key("to_begin", "home g", "Home", "ends", "To the beginning", action="end(0)"),
    _key("to_end", "end G", "End", "ends", "To the end", action="end(1)"),
    _key("faster", "plus equals_sign", "+", "speed", "Faster", 3, "speed(1)"),
    _key("slower", "minus", "-", "speed", "Slower", 3, "speed(-1)"),
    _key(
        "take_over",
        "enter",
        "Enter",
        "take over",
        "Go on from this moment, in a new session of your own",
        rank=4,
    ),
    _key("walk_parent", "h", "h", "look", "Look at the parent", action="walk('parent')"),
    _key("walk_child", "l", "l", "look", "Look at the child", action="walk('child')"),
    _key(
        "walk_previous", "k", "k", "look", "Look at the sibling before", action="walk('previous')"
    ),
    _key("walk_next", "j", "j", "look", "Look at the sibling after", action="walk('next')"),
    _key(
        "look_into",
        "1 2 3 4 5 6 7 8 9 0",
        "1-9 0",
        "look",
        "Look into branch 1 to 9, or 10",
        action="enter_branch('{key}')",
    ),
    _key("follow", "f", "f", "follow", "Look again at what happens"),
    _key(
        "outline_there", "o", "o", "outline", "Show the outline, or put it away", action="outline"
    ),
    _key("replay_help", "question_mark", "?", "help", "All keys", 5, "help"),
    _key("leave_replay", "q escape", "q", "quit", "Quit", 6, "app.quit"),
)
