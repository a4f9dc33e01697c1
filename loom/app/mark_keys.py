"""The keys that mark texts, and go to what is marked."""

from __future__ import annotations

from loom.app.keys import PALETTE, Key

EDIT_KEYS: tuple[Key, ...] = (
    Key("edit", ("e",), "e", "edit", "Say this another way; the old wording stays", "Change"),
    Key("split", ("z",), "z", "split", "Two texts of one, at the cut or selection", "Change"),
    Key("merge", (), PALETTE, "merge", "Make one text of this one and its parent", "Change"),
    Key("merge_chain", (), PALETTE, "merge all", "Make one text up to the forks around", "Change"),
    Key("take_apart", (), PALETTE, "take apart", "Put back what this was merged from", "Change"),
    Key("duplicate", (), PALETTE, "copy beside", "Copy this with all that follows", "Change"),
    Key(
        "move_up",
        ("shift+up",),
        "⇧↑",
        "reorder",
        "Before the sibling above",
        "Change",
        action="reorder(-1)",
    ),
    Key(
        "move_down",
        ("shift+down",),
        "⇧↓",
        "reorder",
        "Behind the sibling below",
        "Change",
        action="reorder(1)",
    ),
    Key("pick_up", ("X",), "X", "pick up", "Pick this up, to be put elsewhere", "Change"),
    Key("put", ("V",), "V", "put", "Put what was picked up under this text", "Change"),
    Key("restore", (), PALETTE, "show hidden", "List what is hidden, and show it", "Change"),
)

WRITE_KEYS: tuple[Key, ...] = (
    Key(
        "editor",
        ("ctrl+g",),
        "Ctrl+G",
        "editor",
        "Go on writing in $EDITOR",
        "Write",
        state="writing",
    ),
    Key(
        "switch_voice",
        ("ctrl+r",),
        "Ctrl+R",
        "as",
        "As yourself, the model, the system",
        "Write",
        state="writing",
    ),
)

MARK_KEYS: tuple[Key, ...] = (
    Key("bookmark", ("b",), "b", "bookmark", "Bookmark this text, or no longer", "Mark"),
    Key("tag", ("number_sign",), "#", "tag", "Tag this text: name, colour and reach", "Mark"),
    Key("note", ("exclamation_mark",), "!", "note", "Write a note on this text", "Mark"),
    Key("title", ("T",), "T", "title", "Give this text a title", "Mark"),
    Key("chapter", ("P",), "P", "chapter", "Begin a chapter at this text", "Mark"),
    Key("title_session", (), PALETTE, "session's title", "Give the session a title", "Mark"),
    Key("marks", ("B",), "B", "marks", "Go to what is marked", "Mark"),
)
