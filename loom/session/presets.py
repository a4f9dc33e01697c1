"""Samplings under names of a person's own, beside those that everybody has.

They lie in `presets.json` in loom's configuration folder and hold for every session.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from loom.errors import LoomError, UsageError
from loom.paths import config_dir
from loom.records.sampling import PRESETS, Sampling
from loom.records.sampling_limits import check_sampling
from loom.store.payload import Payload
from loom.store.sampling_payload import from_sampling, to_sampling

_LONGEST_NAME = 32


def own_presets() -> dict[str, Sampling]:
    """A person's own, in the order in which they were saved; one that makes no sense is left out.

    LoomError if the file cannot be read.
    """
    path = presets_path()
    try:
        entries = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise LoomError(f"{path} cannot be read: {error}.", "Mend it or remove it.") from error
    found = {}
    for name, values in entries.items() if isinstance(entries, dict) else ():
        with suppress(LoomError, ValueError, KeyError):
            sampling = to_sampling(Payload(values if isinstance(values, dict) else {}))
            check_sampling(sampling)
            found[str(name)] = sampling
    return found


def all_presets() -> dict[str, Sampling]:
    """Everybody's, then a person's own; where those cannot be read, everybody's."""
    with suppress(LoomError):
        return {**PRESETS, **own_presets()}
    return dict(PRESETS)


def preset_named(name: str) -> Sampling:
    """The sampling of that name; UsageError with the names that there are."""
    if name in PRESETS:
        return PRESETS[name]
    known = {**PRESETS, **own_presets()}
    if name not in known:
        raise UsageError(f"There is no preset {name!r}.", f"There are: {', '.join(known)}.")
    return known[name]


def save_preset(name: str, sampling: Sampling) -> None:
    """Keep a sampling under a name, in place of one of that name; LoomError if it cannot be."""
    if name in PRESETS:
        raise UsageError(f"{name!r} is everybody's.", "Choose another name.")
    if not name.strip() or len(name) > _LONGEST_NAME:
        remedy = f"Give it one word or a few, {_LONGEST_NAME} letters at most."
        raise UsageError("A preset needs a name.", remedy)
    _write({**own_presets(), name: sampling})


def forget_preset(name: str) -> None:
    """Let one of a person's own go; UsageError if it is none."""
    own = own_presets()
    if name not in own:
        raise UsageError(f"{name!r} is no preset of yours.", "Only your own can be deleted.")
    _write({one: sampling for one, sampling in own.items() if one != name})


def presets_path() -> Path:
    """Where they lie."""
    return config_dir() / "presets.json"


def _write(own: Mapping[str, Sampling]) -> None:
    path = presets_path()
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    entries = {name: from_sampling(sampling) for name, sampling in own.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", "utf-8")
        # In one step, so that another loom never reads half of it.
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise LoomError(
            f"The presets could not be written to {path}: {error.strerror}.",
            "Check its permissions.",
        ) from error
