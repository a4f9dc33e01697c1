"""What the terminal is and what it says it can do; nothing is sent to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress

_MULTIPLEXERS = {"TMUX": "tmux", "STY": "screen", "ZELLIJ": "zellij"}
_NARROWEST, _LOWEST = 80, 24


def terminal(environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Size in cells (null without a terminal), colours, mouse, encoding, and what is in between."""
    columns, rows = _size()
    encoding = (getattr(sys.stdout, "encoding", None) or "unknown").lower()
    term = environ.get("TERM", "")
    return {
        "is_terminal": columns is not None,
        "columns": columns,
        "rows": rows,
        "large_enough": None if columns is None else columns >= _NARROWEST and rows >= _LOWEST,
        "term": term or None,
        "program": environ.get("TERM_PROGRAM"),
        "colours": colours(environ),
        "no_color": bool(environ.get("NO_COLOR")),
        "mouse": _mouse(term),
        "encoding": encoding,
        "unicode": encoding.replace("-", "").startswith("utf"),
        "inside": next((name for key, name in _MULTIPLEXERS.items() if environ.get(key)), None),
        "over_ssh": "SSH_CONNECTION" in environ,
    }


def colours(environ: Mapping[str, str]) -> int:
    """How many colours the environment promises: 16,777,216, 256, 16, or 0."""
    term = environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return 0
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or "direct" in term:
        return 1 << 24
    return 256 if "256color" in term else 16


def _size() -> tuple[int, int] | tuple[None, int]:
    # The app draws on standard error and reads from standard input: either may be the terminal.
    for stream in (sys.stderr, sys.stdin, sys.stdout):
        with suppress(OSError, ValueError, AttributeError):
            size = os.get_terminal_size(stream.fileno())
            return size.columns, size.lines
    return None, 0


def _mouse(term: str) -> bool | None:
    """Whether the terminal's entry in terminfo has a mouse; None where there is no such entry."""
    try:
        import curses

        curses.setupterm(term or "unknown", fd=1)
        return curses.tigetstr("kmous") is not None
    except Exception:  # noqa: BLE001
        # curses has an error of its own, and is not there on every system.
        return None
