"""Makes the picture in the README: the app itself, on the example story, where branches meet.

    python -m assets.make_picture

Run it from the repository root, after `python -m assets.make_sessions`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from pathlib import Path

from loom.app.app import LoomApp
from loom.engine.process import connect_to_child
from loom.session.session import Session

ROOT = Path(__file__).parent.parent
STORY = ROOT / "sessions" / "story.loom"
PICTURE = ROOT / "assets" / "meeting.svg"
SIZE = (120, 36)
KEYS = ("m",)

_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_NAME = re.compile(r"terminal-\d+(?=-)")


async def drawn(session: Session) -> str:
    """The app as an SVG, after the keys; nothing is loaded from anywhere to show it."""
    app = LoomApp(session)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        for key in KEYS:
            await pilot.pause()
            await pilot.press(key)
        await pilot.pause()
        picture = _FONTS.sub("", app.export_screenshot(title="loom"))
        # Names within the picture are drawn anew each time; the same picture has the same bytes.
        return _NAME.sub("loom", picture)


def main() -> None:
    """Draw it on a copy, so that the example stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / STORY.name
        shutil.copyfile(STORY, copy)
        session = Session.open(copy, connect_to_child(Path(folder) / "engine.log"))
        try:
            picture = asyncio.run(drawn(session))
        finally:
            session.close()
    PICTURE.write_text(picture)
    print(f"made {PICTURE}")


if __name__ == "__main__":
    main()
