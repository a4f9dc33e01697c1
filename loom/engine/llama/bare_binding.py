"""Importing llama.cpp's functions without what the binding builds on them."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
from types import ModuleType


def import_bare_binding() -> None:
    """Let `import llama_cpp` give the functions of llama.h alone; nothing if it is imported.

    The package also imports its servers' and chats' helpers: SQLite, templates, another fifth of
    a second and several megabytes, none of which computes anything.
    """
    if "llama_cpp" in sys.modules:
        return
    found = importlib.util.find_spec("llama_cpp")
    if found is None or found.submodule_search_locations is None:
        return
    bare = ModuleType("llama_cpp")
    bare.__path__ = list(found.submodule_search_locations)
    bare.__spec__ = found
    sys.modules["llama_cpp"] = bare
    functions = importlib.import_module("llama_cpp.llama_cpp")
    bare.__dict__.update({k: v for k, v in vars(functions).items() if not k.startswith("_")})
    bare.__dict__["__version__"] = importlib.metadata.version("llama-cpp-python")
