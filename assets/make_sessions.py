"""Makes the sessions that come with loom, with the bundled models.

    python -m assets.make_sessions

The texts are the same each time (seeds are fixed); ids and times are those of the day. Run it from
the repository root.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from loom.engine.client import Connect
from loom.engine.process import connect_to_child
from loom.session.beginning import Beginning
from loom.session.growing import grown_nodes
from loom.session.plans import Plan
from loom.session.session import Notice, Session
from loom.session.settings import GrowSettings
from loom.tree.node import Node

SESSIONS = Path(__file__).parent.parent / "sessions"


@dataclass(frozen=True)
class Example:
    """One session: what it begins with, and what is done in it."""

    name: str
    beginning: Beginning
    play: Callable[[Session], None]


def tell(notice: Notice) -> None:
    """Print what is to be known."""
    print(notice.what)


def grow(session: Session, node_id: str, n_branches: int, max_tokens: int, seed: int) -> list[Node]:
    """Grow branches of a node, and give them in their order."""
    usual = GrowSettings.for_mode(session.tree.mode)
    settings = replace(usual, n_branches=n_branches, max_tokens=max_tokens, seed=seed)
    found = list(grown_nodes(session, Plan((node_id,), settings), tell))
    return sorted(found, key=lambda node: node.index or 0)


def chat(session: Session) -> None:
    """A question with several answers, and another question after one of them."""
    (question,) = session.tree.root_ids
    answers = grow(session, question, 4, 512, seed=3)
    number = session.write(answers[0].id, "Pick a number between 0 and 100.", "user")
    grow(session, number, 12, 24, seed=5)
    session.select(question)


def story(session: Session) -> None:
    """One text, six ways on from it, and three ways on from one of those."""
    (root,) = session.tree.root_ids
    branches = grow(session, root, 6, 56, seed=11)
    grow(session, branches[0].id, 3, 56, seed=12)
    session.select(root)


EXAMPLES = (
    Example(
        "starter",
        Beginning(
            title="a conversation in Quill",
            model="story-chat",
            mode="chat",
            prompt="Tell me a story about Odile.",
        ),
        chat,
    ),
    Example(
        "story",
        Beginning(
            title="a letter with no stamp",
            model="story-base",
            prompt=(
                "One morning in March, Odile the clockmaker opened the door and found a letter "
                "with no stamp."
            ),
        ),
        story,
    ),
)


def make(example: Example, connect: Connect) -> Path:
    """Make one session anew."""
    path = SESSIONS / f"{example.name}.loom"
    path.unlink(missing_ok=True)
    session = Session.create(path, example.beginning, connect)
    try:
        example.play(session)
    finally:
        session.close()
    return path


def main() -> None:
    """Make them all."""
    SESSIONS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for example in EXAMPLES:
            print(f"made {make(example, connect_to_child(Path(folder) / 'engine.log'))}")


if __name__ == "__main__":
    main()
