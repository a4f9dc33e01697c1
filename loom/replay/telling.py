"""What happened, in one line each, for a person who reads along."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loom.records import Join
from loom.records.sampling_words import sampling_words
from loom.replay.change_words import MARKS_OF_OPERATIONS, change_words
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthAccepted,
    GrowthCovered,
    GrowthRequested,
    ModeChosen,
    ModelChosen,
    ModelHashed,
    NodeAdded,
    NodeSelected,
    NodeTokenised,
    SecondModelChosen,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.visible import visible_line

_HUMBLE = (
    BranchOpened,
    TokensAppended,
    GrowthAccepted,
    GrowthCovered,
    NodeTokenised,
    ModelHashed,
    *MARKS_OF_OPERATIONS,
)
"""What nobody did, and what the line of something else tells."""


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` in one word, the node that it is about ("" if it is about none), and the rest."""

    kind: str
    node_id: str
    words: str


def told(about: TreeEvent | Join, tree: Tree) -> Line | None:
    """What happened, told of a tree that it has happened to; None if it is not worth a line."""
    match about:
        case Join():
            return Line("meet", "", visible_line(f"{about.mark} · {about.sentence}"))
        case SessionStarted(title=title, mode=mode, model=model):
            how = "chat" if mode == "chat" else "plain text"
            return Line("begun", "", visible_line(f"“{title}”, {how} with {model}"))
        case NodeAdded(node_id=node_id, text=text):
            return Line("written", node_id, _shown(text))
        case GrowthRequested():
            return Line("asked", about.parent_id, _asked(about))
        case BranchClosed(node_id=node_id):
            return Line(_ended(about), node_id, _branch(about, tree))
        case ModelChosen(model=model):
            return Line("model", "", visible_line(model))
        case SecondModelChosen(model=beside):
            return Line("second", "", visible_line(beside or "none"))
        case ModeChosen(mode=mode):
            return Line("mode", "", "chat" if mode == "chat" else "plain text")
        case NodeSelected(node_id=node_id):
            return Line("here", node_id, _shown(tree.node(node_id).text))
        case _ if isinstance(about, _HUMBLE):
            return None
        case _:
            return _other(about, tree)


def _ended(closed: BranchClosed) -> str:
    return {"cancelled": "stopped", "error": "failed"}.get(closed.finish, "grown")


def _branch(closed: BranchClosed, tree: Tree) -> str:
    node = tree.node(closed.node_id)
    n = node.n_tokens
    return f"{n:,} {'token' if n == 1 else 'tokens'}: {_shown(node.text)}"


def _asked(request: GrowthRequested) -> str:
    n = request.n_branches
    many = f"{n:,} {'branch' if n == 1 else 'branches'}"
    if request.cover is not None:
        many = f"a branch for each likely token (at most {n:,})"
    exactly = ", exactly" if request.mode == "exact" else ""
    how = f"{sampling_words(request.sampling)}, seed {request.seed}"
    return f"{many} of at most {request.max_tokens:,} tokens{exactly}, {how}"


def _other(event: TreeEvent, tree: Tree) -> Line:
    """Whatever else can happen to a tree; what nobody has words for by its own name."""
    node_id = getattr(event, "node_id", "")
    if (words := change_words(event, tree)) is not None:
        return Line(words[0], node_id, words[1])
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", type(event).__name__).lower()
    return Line("changed", node_id, name)


def _shown(text: bytes) -> str:
    return visible_line(text.decode("utf-8", "replace").strip())
