"""Sessions that are damaged or hold more than is wanted."""

from __future__ import annotations

from pathlib import Path

from loom.store.compacting import CompactPlan, compact, plan_compacting
from loom.store.salvage import SalvageReport, salvage

__all__ = ["CompactPlan", "SalvageReport", "compact", "plan_compacting", "recovered"]


def recovered(path: Path, to: Path | None) -> tuple[Path, SalvageReport]:
    """Write all that can be read of a session to a new file, beside it unless told where."""
    new = to or _free_name(path)
    return new, salvage(path, new)


def _free_name(path: Path) -> Path:
    n, new = 2, path.with_name(f"{path.stem}-recovered{path.suffix}")
    while new.exists():
        n, new = n + 1, path.with_name(f"{path.stem}-recovered-{n}{path.suffix}")
    return new
