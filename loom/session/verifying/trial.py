"""One request tried again: grown with the same dice, and its stored tokens scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from loom.engine.events import Accepted, EngineEvent, Scored, Stepped
from loom.engine.request import Grow, Score, ScoreItem, TokensPart
from loom.records import ModelInfo, Provenance, TokenColumns
from loom.records.tokens import Floats, concat, row_of
from loom.session.verifying.asking import Asking
from loom.session.verifying.cases import Case
from loom.session.verifying.report import Finding, Resampled, Rescored
from loom.tree.node import Node

_FEWEST_IN_A_BATCH = 8
"""Texts that are scored together, repeated where there are not so many: noise needs company."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it."""

    findings: tuple[Finding, ...]
    rescored: tuple[Rescored, ...]
    resampled: tuple[Resampled, ...]


def tried(case: Case, asking: Asking, tokens_of: Callable[[str], TokenColumns]) -> Trial:
    """Grow a request again and score what is stored of it; LoomError if it cannot be run.

    The prompt must be, token for token, the one that was read then: else nothing more is asked.
    """
    answers = asking.ask(_again(case))
    (accepted,) = (event for event in answers if isinstance(event, Accepted))
    if (finding := _other_prompt(case, accepted.provenance)) is not None:
        return Trial((finding,), (), ())
    grown = _grown(answers)
    stored = {node.id: tokens_of(node.id) for node in case.branches}
    must_match = _is_bound(case.provenance, asking.model)
    resampled = tuple(
        _resampled(case, node, stored[node.id], grown.get(node.index or 0), must_match)
        for node in case.branches
    )
    scored = _Scores(case, asking, stored)
    return Trial(
        tuple(
            finding
            for node in case.branches
            if (finding := _other_pieces(node, stored[node.id], scored.alone(node))) is not None
        ),
        tuple(
            scored.against(node, grown.get(node.index or 0))
            for node in case.branches
            if stored[node.id].stats is not None
        ),
        resampled,
    )


def _again(case: Case) -> Grow:
    asked = case.requested
    return Grow(
        f"again {asked.request_id}",
        case.prompt.parts,
        asked.n_branches,
        asked.max_tokens,
        case.provenance.sampling,
        case.provenance.seed,
        top_k_records=1,
        ending=asked.ending,
        cover=asked.cover,
        mode=asked.mode,
    )


def _other_prompt(case: Case, now: Provenance) -> Finding | None:
    then, name = case.provenance, case.requested.request_id
    if now.prompt_sha256 == then.prompt_sha256:
        return None
    what = (
        f"Request {name} was made of {then.n_prompt_tokens} tokens; the way to its node is "
        f"{now.n_prompt_tokens} tokens now, and not the same ones"
    )
    return Finding(f"{what}.", None, case.requested.parent_id)


def _grown(answers: list[EngineEvent]) -> dict[int, TokenColumns]:
    rows: dict[int, list[TokenColumns]] = {}
    for event in answers:
        if isinstance(event, Stepped):
            for row, (_, index) in enumerate(event.branches):
                rows.setdefault(index, []).append(row_of(event.tokens, row))
    return {index: concat(blocks) for index, blocks in rows.items()}


def _is_bound(then: Provenance, now: ModelInfo) -> bool:
    """Whether this is the build, the processor and the setting in which the same bits must come."""
    was = then.model
    return then.mode == "exact" and (
        was.build,
        was.processor,
        was.devices,
        was.n_threads,
        was.n_ubatch,
        was.flash_attention,
        was.cache_type,
    ) == (
        now.build,
        now.processor,
        now.devices,
        now.n_threads,
        now.n_ubatch,
        now.flash_attention,
        now.cache_type,
    )


def _resampled(
    case: Case, node: Node, stored: TokenColumns, again: TokenColumns | None, must_match: bool
) -> Resampled:
    is_whole = node.finish not in ("cancelled", "error", None)
    first = _first_difference(stored, again, is_whole=is_whole)
    n_same = len(stored) if first is None else first
    return Resampled(
        node.id,
        case.requested.mode,
        len(stored),
        first,
        again is None or _same_bits(stored, again, n_same),
        must_match,
    )


def _first_difference(
    stored: TokenColumns, again: TokenColumns | None, *, is_whole: bool
) -> int | None:
    """Where they part; a branch that was stopped may have gone on."""
    if again is None:
        return 0
    n = min(len(stored), len(again))
    differ = np.flatnonzero(stored.ids[:n] != again.ids[:n])
    if len(differ):
        return int(differ[0])
    same_length = len(stored) == len(again) if is_whole else len(stored) <= len(again)
    return None if same_length else n


def _same_bits(stored: TokenColumns, again: TokenColumns, n: int) -> bool:
    if stored.stats is None or again.stats is None:
        return True
    pairs = (
        (stored.stats.logprob, again.stats.logprob),
        (stored.stats.entropy_bits, again.stats.entropy_bits),
    )
    return all(one[:n].tobytes() == other[:n].tobytes() for one, other in pairs)


def _other_pieces(node: Node, stored: TokenColumns, now: TokenColumns) -> Finding | None:
    """Whether the text is what the tokens stand for in the model's own vocabulary."""
    for place, (one, other) in enumerate(zip(stored.pieces, now.pieces, strict=True)):
        if one != other:
            what = f"Token {place + 1} of node {node.id} stands for {other!r}, and {one!r} is there"
            return Finding(f"{what}.", None, node.id)
    return None


class _Scores:
    """The stored tokens of every branch of a case, scored alone and together."""

    def __init__(self, case: Case, asking: Asking, stored: dict[str, TokenColumns]) -> None:
        self._model = case.provenance.model.name
        self._stored = stored
        name, nodes = case.requested.request_id, case.branches
        items = [
            ScoreItem(case.prompt.parts, (TokensPart(tuple(stored[node.id].ids.tolist())),))
            for node in nodes
        ]
        self._alone: dict[str, TokenColumns] = {}
        for node, item in zip(nodes, items, strict=True):
            answers = asking.ask(Score(f"alone {name} {node.id}", (item,), top_k_records=1))
            self._alone[node.id] = _scored(answers)[0]
        together = items * -(-_FEWEST_IN_A_BATCH // len(items))
        answers = asking.ask(Score(f"together {name}", tuple(together), top_k_records=1))
        found = _scored(answers)
        self._together = {node.id: found[index] for index, node in enumerate(nodes)}

    def alone(self, node: Node) -> TokenColumns:
        """As it was scored by itself."""
        return self._alone[node.id]

    def against(self, node: Node, again: TokenColumns | None) -> Rescored:
        """What is stored of a branch against what the model says."""
        stored, alone = self._stored[node.id], _logprob(self._alone[node.id])
        differs = np.abs(_logprob(stored) - alone)
        noise = _greatest(_logprob(self._together[node.id]) - alone)
        if again is not None:
            # Grown again it was in a batch once more, a token at a time, as when it was stored.
            n = _first_difference(stored, again, is_whole=False)
            same = slice(0, len(stored) if n is None else n)
            noise = max(noise, _greatest(_logprob(again)[: len(stored)][same] - alone[same]))
        mean = float(differs.mean()) if len(differs) else 0.0
        return Rescored(node.id, self._model, len(stored), _greatest(differs), mean, noise)


def _scored(answers: list[EngineEvent]) -> dict[int, TokenColumns]:
    return {event.index: event.tokens for event in answers if isinstance(event, Scored)}


def _logprob(tokens: TokenColumns) -> Floats:
    assert tokens.stats is not None
    return tokens.stats.logprob


def _greatest(differences: Floats) -> float:
    return float(np.abs(differences).max()) if len(differences) else 0.0
