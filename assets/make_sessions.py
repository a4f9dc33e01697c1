"""Makes the sessions that come with loom, with the bundled models.

    python -m assets.make_sessions            # all of them
    python -m assets.make_sessions story      # one

The texts are the same each time (seeds are fixed); ids and times are those of the day. Run it from
the repository root.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from assets.examples.anon import ANON
from assets.examples.chat import CHAT
from assets.examples.numbers import NUMBERS
from assets.examples.playing import Example
from assets.examples.portable import without_folders
from assets.examples.story import STORY
from assets.examples.wedding import WEDDING
from loom.engine.client import Connect
from loom.engine.process import connect_to_child
from loom.session.session import Session

SESSIONS = Path(__file__).parent.parent / "sessions"
EXAMPLES = (CHAT, STORY, WEDDING, ANON, NUMBERS)


def make(example: Example, folder: Path, connect: Connect) -> Path:
    """Make one session anew in a folder."""
    path = folder / f"{example.name}.loom"
    path.unlink(missing_ok=True)
    session = Session.create(path, example.beginning, connect)
    try:
        example.play(session)
    finally:
        session.close()
    without_folders(path)
    return path


def main() -> None:
    """Make those that are named, or all."""
    names = sys.argv[1:] or [example.name for example in EXAMPLES]
    SESSIONS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for example in (example for example in EXAMPLES if example.name in names):
            connect = connect_to_child(Path(folder) / "engine.log")
            print(f"made {make(example, SESSIONS, connect)}")


if __name__ == "__main__":
    main()
