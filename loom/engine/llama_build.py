"""Asking llama.cpp what it is, in a process that may end with it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping

_PROGRAM = """import sys
sys.path[:] = {path!r}
from loom.engine.llama.about import print_about
print_about()"""
_PATIENCE_S = 60.0


def llama_build(program: str = _PROGRAM) -> Mapping[str, object]:
    """What `about_llama` says, or `{"problem": why}` where llama.cpp cannot even be loaded."""
    words = [sys.executable, "-c", program.format(path=sys.path)]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"problem": f"llama.cpp could not be asked: {error}"}
    if done.returncode == 0:
        found: Mapping[str, object] = json.loads(done.stdout.splitlines()[-1])
        return found
    return {"problem": f"llama.cpp cannot be loaded: {_why(done.returncode, done.stderr)}"}


def _why(code: int, said: str) -> str:
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return next(
        (line for line in reversed(said.splitlines()) if line.strip()), f"it returned {code}"
    )
