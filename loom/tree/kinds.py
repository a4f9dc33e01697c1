"""The few words that events and nodes choose from."""

from __future__ import annotations

from typing import Literal

Mode = Literal["plain", "chat"]
Role = Literal["text", "system", "user", "assistant"]
Reading = Literal["text", "special"]
"""Whether names of special tokens in a written text stay text, or are those tokens."""

Finish = Literal["eos", "stop", "length", "until", "context", "cancelled", "error"]

TagScope = Literal["node", "ancestry", "subtree"]
"""Whom a tag is about: its node alone, all that leads there too, or all that follows too."""

TagColour = Literal["red", "yellow", "green", "blue", "magenta", "grey"]

Verb = Literal[
    "write",
    "grow",
    "edit",
    "split",
    "merge",
    "unmerge",
    "duplicate",
    "move",
    "hide",
    "restore",
    "bookmark",
    "tag",
    "untag",
    "chapter",
    "note",
    "title",
    "deny",
    "allow",
    "model",
    "mode",
]
"""What a person did, as it is told when it is undone."""
