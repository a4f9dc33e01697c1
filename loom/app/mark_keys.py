"""The keys that mark texts, and go to what is marked."""

from __future__ import annotations

from loom.app.keys import PALETTE, Key

MARK_KEYS: tuple[Key, ...] = (
    Key("bookmark", ("b",), "b", "bookmark", "Bookmark this text, or no longer", "Mark"),
    Key("tag", ("number_sign",), "#", "tag", "Tag this text: name, colour and reach", "Mark"),
    Key("note", ("A",), "A", "note", "Write a note on this text", "Mark"),
    Key("title", ("T",), "T", "title", "Give this text a title", "Mark"),
    Key("chapter", ("P",), "P", "chapter", "Begin a chapter at this text", "Mark"),
    Key("title_session", (), PALETTE, "session's title", "Give the session a title", "Mark"),
    Key("marks", ("B",), "B", "marks", "Go to what is marked", "Mark"),
)
