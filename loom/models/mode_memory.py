"""What a person answered when asked whether a model is a chat model: remembered once per model.

A template in a file proves nothing: base models are published with the template of their chat
sibling. The answers lie in `modes.json` in loom's data folder, by fingerprint of the model's file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loom.errors import LoomError
from loom.paths import data_dir
from loom.tree.events import Mode


@dataclass(frozen=True, slots=True)
class ModeAnswer:
    """Plain text or chat, and the named template of a chat (None: the one in the model's file)."""

    mode: Mode
    template: str | None = None


def answered_mode(fingerprint: str) -> Mode | None:
    """Plain text or chat, as answered for the model of that fingerprint; None: not asked yet."""
    answer = remembered_answer(fingerprint)
    return None if answer is None else answer.mode


def remembered_answer(fingerprint: str) -> ModeAnswer | None:
    """The whole answer for the model of that fingerprint; None if there is none."""
    entry = _entries().get(fingerprint)
    if not isinstance(entry, Mapping):
        return None
    mode, template = entry.get("mode"), entry.get("template")
    if mode not in ("plain", "chat"):
        return None
    return ModeAnswer(mode, template if isinstance(template, str) else None)


def remember_mode(fingerprint: str, mode: Mode, template: str | None = None) -> None:
    """Remember an answer in the place of an earlier one; LoomError if it cannot be written."""
    entries = {**_entries(), fingerprint: {"mode": mode, "template": template}}
    path = _path()
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
        # In one step, so that another loom never reads half of it.
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise LoomError(
            f"Plain text or chat could not be remembered in {path}: {error.strerror}.",
            "It holds for this session; you will be asked again.",
        ) from error


def _entries() -> Mapping[str, object]:
    """What the file holds; one that is missing or damaged has forgotten everything."""
    try:
        entries = json.loads(_path().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _path() -> Path:
    return data_dir() / "modes.json"
