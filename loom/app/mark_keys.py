"""The keys that mark texts, and go to what is marked."""

from __future__ import annotations

from loom.app.keys import PALETTE, Key, rows

EDIT_KEYS: tuple[Key, ...] = (
    *rows(
        "walking",
        "Change",
        ("edit", "e", "e", "edit", "Say this another way; the old wording stays", "", None),
        ("split", "z", "z", "split", "Two texts of one, at the cut or selection", "", None),
        ("merge", "", PALETTE, "merge", "Make one text of this one and its parent", "", None),
        ("merge_chain", "", PALETTE, "merge all", "Make one text up to the forks around", "", None),
        ("take_apart", "", PALETTE, "take apart", "Put back what this was merged from", "", None),
        ("duplicate", "", PALETTE, "copy beside", "Copy this with all that follows", "", None),
        ("move_up", "shift+up", "⇧↑", "reorder", "Before the sibling above", "reorder(-1)", None),
        (
            "move_down",
            "shift+down",
            "⇧↓",
            "reorder",
            "Behind the sibling below",
            "reorder(1)",
            None,
        ),
        ("pick_up", "X", "X", "pick up", "Pick this up, to be put elsewhere", "", None),
        ("put", "V", "V", "put", "Put what was picked up under this text", "", None),
        ("restore", "", PALETTE, "show hidden", "List what is hidden, and show it", "", None),
    ),
)

WRITE_KEYS: tuple[Key, ...] = (
    *rows(
        "writing",
        "Write",
        ("editor", "ctrl+g", "Ctrl+G", "editor", "Go on writing in $EDITOR", "", None),
        ("switch_voice", "ctrl+r", "Ctrl+R", "as", "As yourself, the model, the system", "", None),
    ),
)

MARK_KEYS: tuple[Key, ...] = (
    *rows(
        "walking",
        "Mark",
        ("bookmark", "b", "b", "bookmark", "Bookmark this text, or no longer", "", None),
        ("tag", "number_sign", "#", "tag", "Tag this text: name, colour and reach", "", None),
        ("note", "exclamation_mark", "!", "note", "Write a note on this text", "", None),
        ("title", "T", "T", "title", "Give this text a title", "", None),
        ("chapter", "P", "P", "chapter", "Begin a chapter at this text", "", None),
        ("title_session", "", PALETTE, "session's title", "Give the session a title", "", None),
        ("marks", "B", "B", "marks", "Go to what is marked", "", None),
    ),
)
