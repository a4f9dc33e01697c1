"""Every key of loom, once: bindings, footer, help screen and command palette are made from it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import BindingType

from loom.app.keys import GROUPS, Group, Key, State, rows
from loom.app.mark_keys import EDIT_KEYS, MARK_KEYS, WRITE_KEYS
from loom.app.view_keys import (
    CROSSING_KEYS,
    LOOKING_KEYS,
    SAMPLER_KEYS,
    SECOND_KEYS,
    SELECTING_KEYS,
    VIEW_KEYS,
)

__all__ = ["GROUPS", "KEYMAP", "Group", "Key", "State", "bindings", "footer"]

KEYMAP: tuple[Key, ...] = (
    *rows(
        "walking",
        "Grow",
        ("grow", "space", "Space", "grow", "Grow new branches here", "", 0),
        ("more_like_this", "r", "r", "more like this", "Grow more beside this text", "", 7),
        ("continue_branch", "c", "c", "go on", "Go on with this branch", "", None),
        ("deeper", "d", "d", "deeper", "Grow several levels from here", "", None),
        ("all_ends", "D", "D", "every end", "Grow at every end of the tree", "", None),
        ("persons_turn", "w", "w", "your turn", "Let the model write your turn", "", None),
        ("stop", "escape", "Esc", "stop", "Stop growing and keep what is there", "", None),
        ("more_branches", "plus", "+", "branches", "More branches", "change_branches(1)", None),
        ("fewer_branches", "minus", "-", "branches", "Fewer branches", "change_branches(-1)", None),
        ("longer", "greater_than_sign", ">", "tokens", "Longer branches", "change_tokens(1)", None),
        ("shorter", "less_than_sign", "<", "tokens", "Shorter branches", "change_tokens(-1)", None),
    ),
    *SAMPLER_KEYS,
    *rows(
        "walking",
        "Walk",
        ("parent", "left h", "← h", "walk", "To the parent", "walk('parent')", 1),
        (
            "child",
            "right l",
            "→ l",
            "walk",
            "To the child you were at last, or the first",
            "walk('child')",
            1,
        ),
        ("previous", "up k", "↑ k", "walk", "To the sibling before", "walk('previous')", 1),
        ("next", "down j", "↓ j", "walk", "To the sibling after", "walk('next')", 1),
        (
            "enter_branch",
            "1 2 3 4 5 6 7 8 9 0",
            "1-9 0",
            "enter",
            "Into branch 1 to 9, or 10",
            "enter_branch('{key}')",
            2,
        ),
        ("root", "g home", "g Home", "beginning", "To the beginning", "walk('root')", None),
        ("leaf", "G end", "G End", "end", "To the end of this road", "walk('leaf')", None),
        (
            "page_up",
            "pageup",
            "PgUp",
            "scroll",
            "Scroll the text back; you stay here",
            "scroll_text(-1)",
            None,
        ),
        (
            "page_down",
            "pagedown",
            "PgDn",
            "scroll",
            "Scroll the text on; you stay here",
            "scroll_text(1)",
            None,
        ),
        ("fold", "f", "f", "fold", "Fold what follows from here in the outline", "", None),
        ("fold_others", "F", "F", "fold others", "Fold all but the way here, or unfold", "", None),
        ("hoist", "H", "H", "alone", "Show this subtree alone in the outline", "", None),
    ),
    *LOOKING_KEYS,
    *rows(
        "walking",
        "Where branches meet",
        ("next_join", "m", "m", "meet", "To the next meeting of branches", "walk_joins(1)", 4),
        ("previous_join", "M", "M", "meet", "To the meeting before", "walk_joins(-1)", None),
    ),
    *CROSSING_KEYS,
    *rows(
        "walking",
        "Where branches meet",
        ("judge_now", "J", "J", "judge", "Compare what follows these branches, now", "", None),
        ("evidence", "enter", "Enter", "why", "Why it is a join or none: the evidence", "", None),
    ),
    *rows(
        "walking",
        "Write",
        ("write_in_editor", "E", "E", "editor", "Write in $EDITOR", "", None),
        ("write", "i", "i", "write", "Write: a message, or the next words", "", 3),
        ("begin_answer", "I", "I", "answer", "Write the beginning of the answer", "", None),
    ),
    *rows(
        "writing",
        "Write",
        ("add", "enter", "Enter", "add", "Add what you wrote; in a chat, answers grow", "", 0),
        ("newline", "ctrl+j", "Ctrl+J", "new line", "A new line", "", 1),
        (
            "leave",
            "escape",
            "Esc",
            "walk on, draft kept",
            "Back to walking; the draft stays",
            "",
            2,
        ),
        (
            "special_tokens",
            "ctrl+t",
            "Ctrl+T",
            "special tokens",
            "Special tokens by their names, or text",
            "",
            None,
        ),
    ),
    *WRITE_KEYS,
    *rows(
        "walking",
        "Change",
        (
            "cut_word_back",
            "left_square_bracket",
            "[",
            "cut",
            "Cut a word off; growing starts there",
            "cut('word', -1)",
            7,
        ),
        (
            "cut_word_on",
            "right_square_bracket",
            "]",
            "cut",
            "Keep a word more",
            "cut('word', 1)",
            7,
        ),
        (
            "cut_sentence_back",
            "left_curly_bracket",
            "{",
            "cut a sentence",
            "Cut a sentence off the end",
            "cut('sentence', -1)",
            None,
        ),
        (
            "cut_sentence_on",
            "right_curly_bracket",
            "}",
            "keep a sentence",
            "Keep a sentence more",
            "cut('sentence', 1)",
            None,
        ),
        ("undo", "u", "u", "undo", "Undo, and say what it was", "", 7),
        ("redo", "U", "U", "redo", "Redo", "", None),
        ("hide", "x", "x", "hide", "Hide this text and all that hangs from it", "", None),
    ),
    *EDIT_KEYS,
    *MARK_KEYS,
    *rows(
        "walking",
        "Loom",
        ("copy_text", "y", "y", "copy", "Copy what is selected, or this text", "", None),
        ("copy_path", "Y", "Y", "copy path", "Copy everything from the beginning", "", None),
        ("export", "ctrl+e", "Ctrl+E", "export", "Export: write-ups, figures, data", "", None),
        ("outline", "o", "o", "outline", "Show the outline, or put it away", "", 6),
        ("mode", "p", "p", "plain or chat", "Plain text or chat, by which template", "", None),
        ("exact_tokens", "v", "v", "view tokens", "What the model sees: exact tokens", "", None),
        ("model", "at", "@", "model", "Grow with another model", "", 8),
    ),
    *SECOND_KEYS,
    *rows(
        "walking",
        "Loom",
        (
            "sessions",
            "L",
            "L",
            "sessions",
            "Open another session, or an example",
            "app.sessions",
            None,
        ),
        ("unload", "Z", "Z", "unload", "Unload every model; growing loads it again", "", None),
        ("help", "question_mark", "?", "help", "All keys", "", 5),
        ("quit", "q", "q", "quit", "Quit; everything is saved already", "app.quit", 9),
    ),
    *rows(
        "anywhere",
        "Loom",
        (
            "interrupt",
            "ctrl+c",
            "Ctrl+C",
            "stop",
            "Stop growing; pressed again, quit",
            "app.interrupt",
            None,
        ),
        ("quit_anywhere", "ctrl+q", "Ctrl+Q", "quit", "Quit, also while writing", "app.quit", None),
        (
            "palette",
            "ctrl+p",
            "Ctrl+P",
            "commands",
            "Commands and themes",
            "app.command_palette",
            None,
        ),
    ),
    *VIEW_KEYS,
    *SELECTING_KEYS,
)


def bindings(state: State, keys: Sequence[Key] = KEYMAP) -> list[BindingType]:
    """What is bound in one of the states."""
    return [binding for key in keys if key.state == state for binding in key.bindings()]


def footer(state: State, keys: Sequence[Key] = KEYMAP) -> list[tuple[str, str]]:
    """Keys and label for the footer, the most needed first; keys of one label in one entry."""
    entries: dict[str, tuple[int, str]] = {}
    for key in keys:
        if key.state == state and key.rank is not None:
            _, before = entries.get(key.label, (0, ""))
            entries[key.label] = (key.rank, before + key.shown.split()[0])
    ranked = sorted(entries.items(), key=lambda entry: entry[1][0])
    return [(keys, label) for label, (_, keys) in ranked]
