"""Judged futures as JSON objects of a session file and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import get_args

from loom.records import (
    FloorFound,
    FloorSource,
    FutureVerdict,
    Judged,
    JudgedRound,
    JudgeSettings,
    JudgingCost,
    Measure,
    Place,
    PredictiveEvidence,
    SemanticEvidence,
    TellingWord,
)
from loom.store.payload import Json, Payload

_VERDICTS: tuple[FutureVerdict, ...] = get_args(FutureVerdict)
_SOURCES: tuple[FloorSource, ...] = get_args(FloorSource)
_MEASURES: tuple[Measure, ...] = get_args(Measure)


def from_round(found: JudgedRound) -> dict[str, Json]:
    """A round as a JSON object; settings stand once, not with every comparison."""
    return {
        "model": found.model,
        "model_name": found.model_name,
        "settings": asdict(found.settings),
        "floor": asdict(found.floor),
        "judged": [_from_judged(one) for one in found.judged],
        "n_not_reached": found.n_not_reached,
        "spent": asdict(found.spent),
    }


def to_round(payload: Payload) -> JudgedRound:
    """The round that an object describes."""
    settings = _to_settings(payload.inner("settings"))
    return JudgedRound(
        model=payload.text("model"),
        model_name=payload.text("model_name"),
        settings=settings,
        floor=_to_floor(payload.inner("floor")),
        judged=tuple(_to_judged(one, settings) for one in payload.inners_or_none("judged") or ()),
        n_not_reached=payload.integer("n_not_reached"),
        spent=_to_cost(payload.inner_or_none("spent")),
    )


def _to_floor(payload: Payload) -> FloorFound:
    doubt = payload.number_or_none("doubt")
    return FloorFound(
        payload.number("value"),
        payload.number("low"),
        payload.number("high"),
        payload.choice("source", _SOURCES),
        0.05 if doubt is None else doubt,
        payload.integer_or_none("n_looks") or 0,
    )


def _to_cost(payload: Payload | None) -> JudgingCost:
    if payload is None:
        return JudgingCost()
    return JudgingCost(
        payload.integer("n_judged"),
        payload.integer("n_pairs"),
        payload.integer("n_tokens"),
        payload.number("elapsed_s"),
    )


def _from_judged(one: Judged) -> Mapping[str, Json]:
    evidence: dict[str, Json] = asdict(one.evidence)
    evidence["nodes"] = list(one.evidence.nodes)
    evidence["telling"] = [asdict(word) for word in one.evidence.telling]
    return {
        "one": asdict(one.one),
        "other": asdict(one.other),
        "evidence": evidence,
        "gist": None if one.gist is None else asdict(one.gist),
    }


def _to_judged(payload: Payload, settings: JudgeSettings) -> Judged:
    gist = payload.inner_or_none("gist")
    return Judged(
        _to_place(payload.inner("one")),
        _to_place(payload.inner("other")),
        _to_evidence(payload.inner("evidence")),
        settings,
        None if gist is None else _to_gist(gist),
    )


def _to_place(payload: Payload) -> Place:
    return Place(payload.text("node"), payload.integer("n_tokens"))


def _to_gist(payload: Payload) -> SemanticEvidence:
    return SemanticEvidence(
        payload.number("similarity"),
        payload.number("threshold"),
        payload.number("q_value"),
        payload.choice("measure", _MEASURES),
    )


def _to_evidence(payload: Payload) -> PredictiveEvidence:
    nodes = payload.texts("nodes")
    if len(nodes) != 2:
        raise ValueError("nodes are not two")
    return PredictiveEvidence(
        nodes=(nodes[0], nodes[1]),
        model=payload.text("model"),
        verdict=payload.choice("verdict", _VERDICTS),
        n_futures=payload.integer("n_futures"),
        horizon=payload.integer("horizon"),
        best_guess=payload.number("best_guess"),
        best_guess_low=payload.number("best_guess_low"),
        best_guess_high=payload.number("best_guess_high"),
        same_place_twice=payload.number("same_place_twice"),
        floor_source=payload.choice("floor_source", _SOURCES),
        excess=payload.number("excess"),
        excess_low=payload.number("excess_low"),
        excess_high=payload.number("excess_high"),
        both_end=bool(payload.integer("both_end")),
        telling=tuple(_to_word(word) for word in payload.inners_or_none("telling") or ()),
    )


def _to_word(payload: Payload) -> TellingWord:
    return TellingWord(payload.text("word"), payload.number("one"), payload.number("other"))


def _to_settings(payload: Payload) -> JudgeSettings:
    return JudgeSettings(
        horizon=payload.integer("horizon"),
        n_futures=payload.integer("n_futures"),
        most_futures=payload.integer("most_futures"),
        joined_below=payload.number("joined_below"),
        confidence=payload.number("confidence"),
        n_probes=payload.integer("n_probes"),
        probe_length=payload.integer("probe_length"),
        seed=payload.integer("seed"),
    )
