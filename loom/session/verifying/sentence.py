"""A verification in a few sentences, as a write-up tells its readers."""

from __future__ import annotations

from loom.session.verifying.report import Verification

_SEALS = {
    "whole": "every hash of its content holds",
    "broken": "hashes of its content do not hold",
    "none": "it holds no hashes of its content",
}


def in_a_sentence(found: Verification) -> str:
    """What was checked and what came of it; it names no place of this machine."""
    told = [_of_file(found), *(_of_model(found, name) for name in _names(found))]
    if any(not model.is_same for model in found.models):
        told.append("A model found under the name of one that grew this is another one.")
    if not found.rescored and not found.resampled:
        told.append("No model was asked again.")
    elif found.unchecked:
        told.append("Not all of it could be tried again.")
    return " ".join(told)


def _of_file(found: Verification) -> str:
    counted = f"{found.n_events:,} events, {found.n_nodes:,} nodes, {_SEALS[found.seals]}"
    if not found.findings:
        return f"Verified: the session file is whole ({counted})."
    n = len(found.findings)
    things = "one thing is" if n == 1 else f"{n:,} things are"
    return f"Not sound: {things} wrong with the session file ({counted})."


def _names(found: Verification) -> tuple[str, ...]:
    named = dict.fromkeys(one.model for one in found.rescored)
    return tuple(named)


def _of_model(found: Verification, name: str) -> str:
    scores = [one for one in found.rescored if one.model == name]
    n_within = sum(map(found.is_within, scores))
    ids = {one.node_id for one in scores}
    again = [one for one in found.resampled if one.node_id in ids]
    n_same = sum(one.first_difference is None for one in again)
    grown = f" and grew {n_same:,} of {len(again):,} again, token for token" if again else ""
    return (
        f"{name} scored {n_within:,} of {len(scores):,} branches as they are stored,"
        f" within {found.tolerance(name):.2g} nats{grown}."
    )
