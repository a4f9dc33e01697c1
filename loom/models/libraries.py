"""Where models lie on a machine: loom's own, folders a person named, and other programs' stores."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from loom.config import load_config

Kind = Literal["folder", "flat", "hub", "owners", "ollama"]


@dataclass(frozen=True, slots=True)
class Library:
    """A folder that may hold models, who keeps it, and how it is laid out.

    A `folder` is searched with all its folders, a `flat` one without them; in a `hub` files lie in
    `models--OWNER--NAME/snapshots/REVISION`, under `owners` in `OWNER/NAME`.
    """

    source: str
    root: Path
    kind: Kind


def libraries() -> tuple[Library, ...]:
    """All places to look, in the order in which they are preferred; few of them exist.

    Raises UsageError if `config.toml` cannot be read.
    """
    named = (os.path.expanduser(folder) for folder in load_config().model_folders)
    asked = (folder for folder in os.environ.get("LOOM_MODELS", "").split(os.pathsep) if folder)
    return (
        *(Library(folder, Path(folder), "folder") for folder in (*asked, *named)),
        Library("this folder", Path.cwd(), "flat"),
        *_of_other_programs(os.environ, Path.home()),
    )


def _of_other_programs(environ: Mapping[str, str], home: Path) -> Iterator[Library]:
    """Each as its program documents it."""
    cache = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    hub = environ.get("HF_HUB_CACHE") or environ.get("HUGGINGFACE_HUB_CACHE")
    hub_home = Path(environ.get("HF_HOME") or cache / "huggingface")
    yield Library("Hugging Face", Path(hub).expanduser() if hub else hub_home / "hub", "hub")
    for root in (home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models"):
        yield Library("LM Studio", root, "owners")
    own = environ.get("OLLAMA_MODELS")
    yield from (Library("Ollama", Path(own), "ollama"),) if own else ()
    yield Library("Ollama", home / ".ollama" / "models", "ollama")
    yield Library("Ollama", Path("/usr/share/ollama/.ollama/models"), "ollama")
    yield Library("llama.cpp", _llama_cache(environ, home, cache), "folder")


def _llama_cache(environ: Mapping[str, str], home: Path, cache: Path) -> Path:
    """As in llama.cpp's common/common.cpp (fs_get_cache_directory)."""
    if own := environ.get("LLAMA_CACHE"):
        return Path(own)
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "llama.cpp"
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "llama.cpp"
    return cache / "llama.cpp"
