"""Every request of a session as it was made: its prompt at that moment, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loom.engine.request import LoadSpec
from loom.errors import LoomError
from loom.records import FlashAttention, ModelInfo, Provenance
from loom.session.model_slot import load_spec
from loom.session.prompt import Prompt
from loom.session.prompt_maker import PromptMaker
from loom.session.turns import Speaker
from loom.tree.events import GrowthRequested, ModelHashed, TreeEvent
from loom.tree.graph import Tree
from loom.tree.node import Node

_ATTENTION: dict[str, FlashAttention] = {"on": "on", "off": "off"}


@dataclass(frozen=True, slots=True)
class Case:
    """A request, the model to ask, what it was told, and its branches by index.

    `sha256` is what is recorded of the whole file of the model that it was run with.
    """

    requested: GrowthRequested
    provenance: Provenance
    spec: LoadSpec
    prompt: Prompt
    branches: tuple[Node, ...]
    sha256: str | None


@dataclass(frozen=True, slots=True)
class NoCase:
    """A request that cannot be made again, and why."""

    requested: GrowthRequested
    model: str
    why: LoomError


def cases(events: Sequence[TreeEvent]) -> Iterator[Case | NoCase]:
    """What was asked for, in order; requests that left no branch are left out."""
    final = Tree()
    for event in events:
        final.apply(event)
    branches: defaultdict[str, list[Node]] = defaultdict(list)
    for node in final:
        if node.request_id is not None and node.n_tokens:
            branches[node.request_id].append(node)
    hashes = {e.fingerprint: e.sha256 for e in events if isinstance(e, ModelHashed)}
    tree, prompts = Tree(), PromptMaker()
    try:
        for event in events:
            tree.apply(event)
            if not isinstance(event, GrowthRequested):
                continue
            how, grown = final.provenance.get(event.request_id), branches[event.request_id]
            if how is not None and grown:
                sha256 = hashes.get(how.model.fingerprint, how.model.sha256)
                yield _case(event, how, tree, prompts, tuple(grown), sha256)
    finally:
        prompts.close()


def _case(
    requested: GrowthRequested,
    how: Provenance,
    tree: Tree,
    prompts: PromptMaker,
    branches: tuple[Node, ...],
    sha256: str | None,
) -> Case | NoCase:
    try:
        spec = _as_it_was(load_spec(tree.model, tree.opening), how.model)
        prompt = prompts.prompt(tree, requested.parent_id, spec)
        if prompt.role != branches[0].role:
            speaker: Speaker = "user"
            prompt = prompts.prompt(tree, requested.parent_id, spec, speaker)
    except LoomError as error:
        return NoCase(requested, how.model.name, error)
    return Case(requested, how, spec, prompt, branches, sha256)


def _as_it_was(spec: LoadSpec, model: ModelInfo) -> LoadSpec:
    """With the attention that was computed then.

    Which one "auto" means hangs on the machine, and the two differ by more than the noise of one.
    """
    attention = _ATTENTION.get(model.flash_attention, spec.flash_attention)
    return replace(spec, flash_attention=attention)
