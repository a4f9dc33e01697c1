"""Makes the sessions that come with loom, with the bundled model: run it from the repository root.

The texts are the same each time (seeds are fixed); ids and times are those of the day.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from loom.engine.process import connect_to_child
from loom.session.growing import grown_nodes
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings

SESSIONS = Path(__file__).parent.parent / "sessions"

STARTER = Beginning(
    title="a letter with no stamp",
    model="story-base",
    prompt=(
        "One morning in March, Odile the clockmaker opened the door and found a letter with no "
        "stamp."
    ),
)


def make_starter(path: Path, log: Path) -> None:
    """One text, six ways on from it, and three ways on from one of those."""
    path.unlink(missing_ok=True)
    session = Session.create(path, STARTER, connect_to_child(log))
    try:
        (root,) = session.tree.root_ids
        settings = GrowSettings(n_branches=6, max_tokens=56, seed=11)
        branches = list(grown_nodes(session, root, settings))
        first = min(branches, key=lambda node: node.index or 0)
        list(grown_nodes(session, first.id, replace(settings, n_branches=3, seed=12)))
        session.select(root)
    finally:
        session.close()


if __name__ == "__main__":
    SESSIONS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        make_starter(SESSIONS / "starter.loom", Path(folder) / "engine.log")
    print(f"made {SESSIONS / 'starter.loom'}")
