"""What is judged unasked: what a person looks at, for a quarter of the time that growing took."""

from __future__ import annotations

from pathlib import Path

from loom.convergence.budget import Budget
from loom.records import ModelInfo
from loom.session.judging.scope import Asked
from loom.tree.graph import Tree

SHARE_OF_GROWING = 0.25
LEAST_S = 2.0
"""A quarter of less would compare nothing: small models grow in the blink of an eye."""

LARGE_PARAMETERS = 2_000_000_000
POWER = Path("/sys/class/power_supply")


def usual_after(tree: Tree, node_id: str, growing_s: float) -> Asked:
    """What to ask after growing for so many seconds: the open path's end and its siblings.

    If branches were grown from the node they are looked at, else those beside it.
    """
    around = tree.child_ids(node_id) or tree.sibling_ids(node_id)
    seconds = max(LEAST_S, SHARE_OF_GROWING * growing_s)
    return Asked(Budget(seconds=seconds), node_ids=tuple(around))


def why_not_unasked(model: ModelInfo, power: Path = POWER) -> str | None:
    """Why futures are not compared unasked, in words; None if nothing speaks against it."""
    if on_battery(power):
        return "running on battery"
    if model.n_parameters >= LARGE_PARAMETERS and not model.gpu_layers:
        return "a large model without a GPU"
    return None


def on_battery(power: Path = POWER) -> bool:
    """Whether this machine runs on a battery now, as far as the system tells."""
    try:
        states = [path.read_text().strip() for path in power.glob("*/status")]
    except OSError:
        return False
    return "Discharging" in states
