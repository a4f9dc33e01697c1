"""What the listing of models says of the worlds, which stand behind them."""

from __future__ import annotations

from collections.abc import Mapping

from loom.session.world_source import WorldSource
from loom.worlds.names import SKETCHES


def world_entries() -> list[Mapping[str, object]]:
    """Every world, in the listing's facts."""
    return [world_entry(name) for name in SKETCHES]


def world_entry(name: str) -> Mapping[str, object]:
    """One world: as a model, with nothing on the disk and no weights."""
    world = WorldSource(name)
    info = world.info
    usual = world.usual(info.fingerprint)
    made_for = usual.mode == world.guess().mode
    return {
        "name": name,
        "path": name,
        "bundled": True,
        "source": "loom",
        "about": SKETCHES[name].about,
        "architecture": info.architecture,
        "n_parameters": 0,
        "quantisation": info.quantisation,
        "n_bytes": 0,
        "n_files": 0,
        "n_ctx_train": info.n_ctx_train,
        "n_vocab": info.n_vocab,
        "chat_template": world.has_template,
        "mode": usual.mode,
        "mode_is_guess": False,
        "mode_reason": world.guess().why if made_for else "as you said",
        "memory_bytes": None,
        "memory_window": None,
        "fits": True,
    }
