"""What is done in an example: growing with fixed seeds, judging with a fixed budget, telling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from loom.convergence.budget import Budget
from loom.records import Ending, Join, JoinKind
from loom.session.beginning import Beginning
from loom.session.growing import grown_nodes
from loom.session.judging.scope import Asked
from loom.session.plans import Plan
from loom.session.session import Notice, Session
from loom.session.settings import GrowSettings
from loom.tree.changes import Tag
from loom.tree.kinds import TagColour
from loom.tree.node import Node


@dataclass(frozen=True)
class Example:
    """One session: its file's name, what it begins with, and what is done in it."""

    name: str
    beginning: Beginning
    play: Callable[[Session], None]


def say(notice: Notice) -> None:
    """Print what is to be known."""
    print(notice.what)


def grow(session: Session, node_id: str, n_branches: int, max_tokens: int, seed: int) -> list[Node]:
    """Grow branches of a node to their own ends, and give them in their order."""
    return _grown(session, node_id, GrowSettings(n_branches, max_tokens, seed=seed))


def grow_sentences(
    session: Session, node_id: str, n_branches: int, least: int, seed: int
) -> list[Node]:
    """Grow branches of at least so many tokens, each to the end of a sentence."""
    ending = Ending(min_tokens=least, until="sentence")
    settings = GrowSettings(n_branches, least + 60, seed=seed, ending=ending)
    return _grown(session, node_id, settings)


def _grown(session: Session, node_id: str, settings: GrowSettings) -> list[Node]:
    settings = replace(settings, sampling=GrowSettings().sampling)
    found = list(grown_nodes(session, Plan((node_id,), settings), say))
    return sorted(found, key=lambda node: node.index or 0)


def judge(session: Session, n_tokens: int, node_ids: Sequence[str] | None = None) -> None:
    """Compare futures until so many tokens are spent; all is in the session when it returns."""
    chosen = None if node_ids is None else tuple(node_ids)
    news = threading.Event()
    session.listen(news.set)
    session.judge(Asked(Budget(n_tokens=n_tokens), node_ids=chosen))
    while session.judging.status.running:
        news.wait()
        news.clear()
        session.drain()
    session.judging.wait()
    session.save()
    session.drain()


def strongest(session: Session, kind: JoinKind) -> Iterator[Join]:
    """The joins of one kind that were judged, strongest first."""
    judged = (join for join in session.joins() if join.verdict != "not_judged")
    return (join for join in judged if join.kind == kind)


def text_of(node: Node) -> str:
    """What a node says."""
    return node.text.decode("utf-8", "replace")


def tag(session: Session, node_id: str, name: str, colour: TagColour) -> None:
    """Put a tag on a text."""
    session.operations.marking.tag(node_id, Tag(name, colour, "node"))


def note(session: Session, node_id: str, text: str) -> None:
    """Write a note on a text."""
    session.operations.marking.note(node_id, text)
