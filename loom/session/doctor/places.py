"""Where loom keeps and looks for things, which models it finds, and what went wrong last."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from loom.config import config_path, load_config
from loom.errors import LoomError
from loom.models.discovery import bundled_models, list_models
from loom.models.libraries import libraries
from loom.paths import backups_dir, log_dir, sessions_dir
from loom.session.library import session_files

_VARIABLES = (
    "LOOM_HOME",
    "LOOM_MODELS",
    "HF_HOME",
    "HF_HUB_CACHE",
    "HF_HUB_OFFLINE",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "LLAMA_CACHE",
    "OLLAMA_MODELS",
    "CUDA_VISIBLE_DEVICES",
    "NO_COLOR",
    "LANG",
    "LC_ALL",
)
_TELLING = frozenset({"LOOM_HOME", "NO_COLOR", "LANG", "LC_ALL", "CUDA_VISIBLE_DEVICES"})
"""Variables whose values a report may hold; of the others it says whether they are set."""

_ERROR = re.compile(r"(?i)\b(?:error|failed|assert|exception|abort|fatal|out of memory)")
_MOST_ERRORS = 5
_TAIL_BYTES = 65_536
_MOST_CHARACTERS = 300


def places() -> dict[str, object]:
    """The paths that loom reads and writes, whether they are there, and how much is in them."""
    return {
        "settings": _place(config_path()),
        "sessions": {**_place(sessions_dir()), "n_sessions": len(session_files())},
        "backups": _place(backups_dir()),
        "log": _place(log_dir() / "engine.log"),
    }


def settings() -> dict[str, object]:
    """What is set in `config.toml`, or why it cannot be read."""
    try:
        found = asdict(load_config())
    except LoomError as error:
        return {"problem": str(error)}
    return {name: value for name, value in found.items() if value not in (None, ())}


def models() -> dict[str, object]:
    """How many models are found, how many cannot be used, and the folders that are looked in."""
    try:
        found, folders = list_models(), libraries()
    except LoomError as error:
        return {"n_models": 0, "n_bundled": len(bundled_models()), "problem": str(error)}
    return {
        "n_models": len(found),
        "n_bundled": len(bundled_models()),
        "n_unusable": sum(model.problem is not None for model in found),
        "folders": [{"for": one.source, **_place(one.root)} for one in folders],
    }


def environment(environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Variables that change what loom does; of most only whether they are set."""
    return {name: _told(name, environ.get(name)) for name in _VARIABLES}


def last_errors() -> list[str]:
    """The last lines of the engine's log that speak of something that went wrong."""
    with suppress(OSError), (log_dir() / "engine.log").open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - _TAIL_BYTES))
        lines = file.read().decode("utf-8", "replace").splitlines()
        wrong = [line.strip()[:_MOST_CHARACTERS] for line in lines if _ERROR.search(line)]
        return wrong[-_MOST_ERRORS:]
    return []


def _told(name: str, value: str | None) -> str:
    if not value:
        return "not set"
    return value if name in _TELLING else "set"


def _place(path: Path) -> dict[str, object]:
    return {"path": str(path), "exists": path.exists()}
