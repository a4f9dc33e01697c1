"""What a person is told once about what happens to their branches."""

from __future__ import annotations

from loom.records import ModelInfo
from loom.tree.events import BranchClosed, TreeEvent
from loom.tree.graph import Tree


class Remarks:
    """Remembers what was said, so that three hundred branches do not say it three hundred times."""

    def __init__(self) -> None:
        self._full: set[tuple[str, int]] = set()

    def on(self, event: TreeEvent, tree: Tree) -> tuple[str, str] | None:
        """A sentence and what to do, if the event calls for one that was not said before."""
        if not isinstance(event, BranchClosed) or event.finish != "context":
            return None
        provenance = tree.provenance.get(tree.node(event.node_id).request_id or "")
        if provenance is None:
            return None
        model = provenance.model
        window = (model.fingerprint, model.n_ctx)
        if window in self._full:
            return None
        self._full.add(window)
        what = f"This text has filled the window of {model.name}, {model.n_ctx:,} tokens."
        return what, f"All of it is kept. {_remedy(model)}"


def _remedy(model: ModelInfo) -> str:
    if model.n_ctx < model.n_ctx_train:
        return f"Reopen the model with --ctx up to {model.n_ctx_train:,} to go on."
    return "Grow from an earlier place, or take a model with a larger window."
