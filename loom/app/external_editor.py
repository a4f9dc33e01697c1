"""A person's own editor, for a text that is longer than a few lines."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from loom.errors import LoomError

_USUAL = "vi"


def edited(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text as the editor left it, without the newline that editors put at the end.

    LoomError if there is no such editor, or if it ended with an error.
    """
    command = environment.get("VISUAL") or environment.get("EDITOR") or _USUAL
    with tempfile.TemporaryDirectory(prefix="loom-") as folder:
        path = Path(folder, "draft.txt")
        path.write_text(text, "utf-8", "surrogateescape")
        try:
            done = subprocess.run([*shlex.split(command), str(path)], check=False)
        except (OSError, ValueError) as error:
            what = f"The editor {command!r} cannot be run."
            raise LoomError(what, "Set EDITOR to one that is there.") from error
        if done.returncode:
            what = f"The editor {command!r} ended with an error."
            raise LoomError(what, "The draft stays as it was.")
        after = path.read_text("utf-8", "surrogateescape")
    return after.removesuffix("\n") if not text.endswith("\n") else after
