"""Sessions that are damaged or hold more than is wanted."""

from __future__ import annotations

from pathlib import Path

from loom.session.free_names import free_name
from loom.store.compacting import CompactPlan, compact, plan_compacting
from loom.store.salvage import SalvageReport, salvage

__all__ = ["CompactPlan", "SalvageReport", "compact", "plan_compacting", "recovered"]


def recovered(path: Path, to: Path | None) -> tuple[Path, SalvageReport]:
    """Write all that can be read of a session to a new file, beside it unless told where."""
    new = to or free_name(path.with_name(f"{path.stem}-recovered{path.suffix}"))
    return new, salvage(path, new)
