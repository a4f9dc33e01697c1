"""Whether the events of a session fit together: what one says of another, and what tokens say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from loom.records import Provenance, TokenColumns
from loom.store.inspection import Kept
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthAccepted,
    GrowthCovered,
    GrowthRequested,
    ModelHashed,
    NodeTokenised,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree

_ROUNDING = 1e-3
"""Of a stored log-probability against the table of the likeliest tokens, in nats."""


class Auditor:
    """Follows a session event by event and says what cannot be; knows no model.

    `take` yields sentences without a full stop. `tree` is the tree of what could be applied.
    """

    def __init__(self) -> None:
        self.tree = Tree()
        self._n_taken = 0
        self._indices: set[tuple[str, int]] = set()
        self._pieces: dict[tuple[str, int], bytes] = {}

    def take(self, kept: Kept) -> Iterator[str]:
        """What is wrong with the next event of the journal."""
        event = kept.event
        if isinstance(event, SessionStarted) != (self._n_taken == 0):
            yield "a session begins once, with its first event"
        self._n_taken += 1
        yield from self._against_others(event)
        if kept.tokens is not None and isinstance(event, BranchClosed):
            yield from self._said(event, kept.tokens)
        yield from self._applied(event)

    def _applied(self, event: TreeEvent) -> Iterator[str]:
        try:
            self.tree.apply(event)
        except (ValueError, KeyError) as error:
            yield f"{error}"

    def _against_others(self, event: TreeEvent) -> Iterator[str]:
        match event:
            case NodeTokenised():
                yield from self._read(event)
            case GrowthRequested():
                if event.parent_id not in self.tree:
                    yield f"it asks for branches of {event.parent_id}, which is not there"
            case GrowthAccepted():
                yield from self._accepted(event)
            case GrowthCovered():
                asked = self.tree.requests.get(event.request_id)
                if asked is None or asked.cover is None:
                    yield f"request {event.request_id} did not ask for a cover"
            case BranchOpened():
                yield from self._opened(event)
            case BranchClosed():
                if event.node_id not in self.tree.growing_ids:
                    yield f"node {event.node_id} was not growing"
            case ModelHashed():
                known = self.tree.model_hashes.get(event.fingerprint, event.sha256)
                if known != event.sha256:
                    yield f"the file of model {event.fingerprint} has two hashes"
            case _:
                pass

    def _read(self, event: NodeTokenised) -> Iterator[str]:
        if event.node_id in self.tree:
            text = self.tree.node(event.node_id).text
            if b"".join(event.pieces) != text:
                yield f"the tokens of node {event.node_id} are not those of its text"

    def _accepted(self, event: GrowthAccepted) -> Iterator[str]:
        asked = self.tree.requests.get(event.request_id)
        if asked is None:
            yield f"nobody asked for request {event.request_id}"
            return
        for name, one, other in _agreements(asked, event.provenance):
            if one != other:
                yield f"request {event.request_id} asked for {name} {one} and was run with {other}"
        model = event.provenance.model
        known = self.tree.model_hashes.get(model.fingerprint, model.sha256)
        if None not in (known, model.sha256) and known != model.sha256:
            yield f"the file of model {model.fingerprint} has two hashes"

    def _opened(self, event: BranchOpened) -> Iterator[str]:
        asked = self.tree.requests.get(event.request_id)
        how = self.tree.provenance.get(event.request_id)
        if asked is None or how is None:
            yield f"node {event.node_id} is of a request that was never run"
            return
        if event.parent_id != asked.parent_id:
            yield (
                f"node {event.node_id} hangs from {event.parent_id}, but was asked for below"
                f" {asked.parent_id}"
            )
        name = event.request_id, event.index
        if name in self._indices or not 0 <= event.index < asked.n_branches:
            number = f"{event.index + 1} of {asked.n_branches}"
            yield f"node {event.node_id} is branch {number}, which there is not, or twice"
        self._indices.add(name)
        if event.author != how.model.name:
            yield f"node {event.node_id} is by {event.author}, but {how.model.name} was asked"

    def _said(self, event: BranchClosed, tokens: TokenColumns) -> Iterator[str]:
        """Whether the tokens of a branch are what a model can have said."""
        if event.node_id not in self.tree:
            return
        node = self.tree.node(event.node_id)
        asked = self.tree.requests.get(node.request_id or "")
        yield from self._applied(TokensAppended(event.at, node.id, node.n_tokens, tokens))
        if asked is not None and len(tokens) > asked.max_tokens:
            most = asked.max_tokens
            yield f"node {node.id} has {len(tokens)} tokens, and {most} at most were asked for"
        if asked is not None and event.finish == "length" and len(tokens) != asked.max_tokens:
            yield f"node {node.id} ended at its greatest length, but has {len(tokens)} tokens"
        for token_id, piece in zip(tokens.ids.tolist(), tokens.pieces, strict=True):
            known = self._pieces.setdefault((node.token_model, token_id), piece)
            if known != piece:
                yield f"token {token_id} is {known!r} elsewhere and {piece!r} in node {node.id}"
        yield from (f"{what} of node {node.id}" for what in _misfits(tokens))


def _agreements(asked: GrowthRequested, how: Provenance) -> tuple[tuple[str, object, object], ...]:
    return (
        ("seed", asked.seed, how.seed),
        ("branches", asked.n_branches, how.n_branches),
        ("a length of", asked.max_tokens, how.max_tokens),
        ("the mode", asked.mode, how.mode),
        ("the sampler", asked.sampling, how.sampling),
    )


def _misfits(tokens: TokenColumns) -> Iterator[str]:
    """Tokens whose stored probability is another one's by the stored table of the likeliest."""
    stats = tokens.stats
    if stats is None or not len(tokens):
        return
    is_chosen = stats.top_ids == tokens.ids[:, None]
    listed = is_chosen.any(axis=1)
    n_top = stats.top_ids.shape[1]
    by_table = np.where(is_chosen, stats.top_logprobs, 0.0).sum(axis=1)
    wrong = listed & ~(np.abs(by_table - stats.logprob) <= _ROUNDING)
    if n_top:
        # What is not among the likeliest cannot be likelier than the last of them.
        wrong |= ~listed & ~(stats.logprob <= stats.top_logprobs[:, -1] + _ROUNDING)
    wrong |= ~(stats.logprob <= _ROUNDING)
    for place in np.flatnonzero(wrong).tolist():
        yield f"the statistics do not fit token {place + 1}"
