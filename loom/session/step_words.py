"""What was undone or redone, where and when it was: one sentence for the app and the shell."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Literal

from loom.formats.outline_text import snippet
from loom.tree.graph import Tree
from loom.tree.history import Step
from loom.tree.kinds import Verb

_WIDTH = 32
_NOUNS: Mapping[Verb, str] = {
    "write": "writing",
    "grow": "growing from",
    "edit": "editing",
    "split": "splitting",
    "merge": "merging",
    "unmerge": "taking apart",
    "duplicate": "copying",
    "move": "moving",
    "hide": "hiding",
    "restore": "showing",
    "bookmark": "the bookmark at",
    "tag": "the tag on",
    "untag": "taking a tag from",
    "chapter": "the chapter at",
    "note": "the note on",
    "title": "the title of",
    "deny": "“not a join” at",
    "allow": "taking back “not a join” at",
    "model": "choosing a model for",
    "mode": "choosing plain text or chat for",
}


def told(step: Step, tree: Tree, way: Literal["Undone", "Redone"], now: float) -> str:
    """The sentence; `now` is seconds since the Unix epoch."""
    return f"{way}: {_NOUNS[step.verb]} {_where(step, tree)}, {_when(step.at, now)}."


def _where(step: Step, tree: Tree) -> str:
    if step.node_id is None or step.node_id not in tree:
        return "this session"
    return f"“{snippet(tree.node(step.node_id), _WIDTH)}”"


def _when(at: float, now: float) -> str:
    """How long ago; of a clock that was set back since, nothing better is known than just now."""
    minutes = int(max(0.0, now - at) // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} minute{'' if minutes == 1 else 's'} ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} hour{'' if minutes < 120 else 's'} ago"
    return time.strftime("on %d %B %Y at %H:%M", time.localtime(at))
