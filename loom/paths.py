"""Where things lie: what loom brings with it, and the folders it may write to.

The folders are those of the platform; the environment variable LOOM_HOME puts all of them under
one folder instead. No function here makes a folder: whoever writes does.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import platformdirs

_APP = "loom"


def bundled_file(name: str) -> Path:
    """A file that came with loom, such as `story-base.gguf`; FileNotFoundError if it did not."""
    for folder in _bundled_folders():
        path = folder / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"loom was installed without {name}")


def bundled_files(suffix: str) -> tuple[Path, ...]:
    """All files with a suffix (".gguf") that came with loom, by name."""
    found = {path.name: path for folder in _bundled_folders() for path in folder.glob(f"*{suffix}")}
    return tuple(found[name] for name in sorted(found))


def data_dir() -> Path:
    """What loom keeps for a person: sessions, and files it made itself."""
    home = _home()
    return home or Path(platformdirs.user_data_dir(_APP, appauthor=False))


def sessions_dir() -> Path:
    """Where sessions go that were not given a path."""
    return data_dir() / "sessions"


def backups_dir() -> Path:
    """Where copies of sessions go before they are changed for good."""
    return data_dir() / "backups"


def config_dir() -> Path:
    """Where `config.toml` is looked for."""
    home = _home()
    return home or Path(platformdirs.user_config_dir(_APP, appauthor=False))


def log_dir() -> Path:
    """Where the engine's own output goes."""
    home = _home()
    return home / "logs" if home else Path(platformdirs.user_log_dir(_APP, appauthor=False))


def _home() -> Path | None:
    value = os.environ.get("LOOM_HOME")
    return Path(value).expanduser().absolute() if value else None


def _bundled_folders() -> tuple[Path, ...]:
    """The folder inside the wheel, or in a source checkout those that are packed into it."""
    package = Path(str(files("loom")))
    checkout = package.parent
    folders = [package / "bundled"]
    # Without this an `assets` folder of some other package in site-packages would be taken.
    if (checkout / "pyproject.toml").is_file():
        folders += [checkout / "assets", checkout / "sessions"]
    return tuple(folders)
