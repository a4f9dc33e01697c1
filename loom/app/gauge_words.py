"""What the engine's gauge says, in words: how much room is taken, and what did not cost time."""

from __future__ import annotations

from loom.engine.events import Gauge


def room_used(gauge: Gauge | None) -> str | None:
    """For example "room used 38 %"; None while nothing is known or in use."""
    if gauge is None or not gauge.n_cells_used:
        return None
    percent = 100 * gauge.n_cells_used / gauge.n_cells
    return f"room used {percent:.0f} %" if percent >= 1 else "room used under 1 %"


def room_lines(gauge: Gauge) -> tuple[str, ...]:
    """All that the gauge tells, for whoever asks."""
    n_asked = gauge.n_evaluated + gauge.n_reused
    spared = 100 * gauge.n_reused / n_asked if n_asked else 0.0
    lines = [
        f"Room: {gauge.n_cells_used:,} of {gauge.n_cells:,} tokens, {gauge.n_cells_held:,} of them "
        "kept to come back to",
        f"Computed: {gauge.n_evaluated:,} tokens; {gauge.n_reused:,} ({spared:.0f} %) were kept "
        "and not computed again",
    ]
    if gauge.n_host_tokens or gauge.n_restored:
        lines.append(
            f"Beside it in memory: {gauge.n_host_tokens:,} tokens "
            f"({gauge.host_bytes / 2**20:.0f} MiB), {gauge.n_restored:,} copied back so far"
        )
    return tuple(lines)
