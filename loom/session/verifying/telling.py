"""A verification for a person to read, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from loom.session.verifying.report import CheckedModel, Resampled, Rescored, Verification

_MOST_TOLD = 20
_SEALS = {
    "whole": "every hash of its content holds",
    "broken": "hashes of its content do not hold",
    "none": "no hashes of its content to hold it against",
}


def lines(found: Verification) -> Iterator[str]:
    """What was found, most important last, as a terminal shows it."""
    yield _labelled("file", _of_file(found))
    for model in found.models:
        yield _labelled("model", _of_model(model))
    for name in dict.fromkeys(one.model for one in found.rescored):
        yield _labelled("re-scored", _of_scores(found, name))
    if found.resampled:
        yield _labelled("re-sampled", _of_samples(found.resampled))
    apart = [one for one in found.rescored if not found.is_within(one)]
    differ = [one for one in found.resampled if one.first_difference is not None or one.is_wrong]
    told = [_apart(found, one) for one in apart] + list(map(_differs, differ))
    yield from _first(told)
    for what in found.unchecked:
        yield _labelled("unchecked", what)
    yield from _first([_labelled("wrong", finding.what) for finding in found.findings])


def verdict(found: Verification) -> str:
    """One sentence; what to conclude."""
    if found.is_sound:
        left = " as far as it could be checked" if found.unchecked else ""
        return f"{found.path} is sound{left}."
    return f"{found.path} is not what it says it is; what is wrong is listed above."


def verification_object(found: Verification) -> dict[str, object]:
    """All of it, fit for JSON; log-probabilities in nats, tokens counted from 0."""
    return {
        "file": str(found.path),
        "sound": found.is_sound,
        "integrity": {
            "sound": not found.findings,
            "hashes": found.seals,
            "n_events": found.n_events,
            "n_nodes": found.n_nodes,
            "findings": [
                {"what": one.what, "event": one.seq, "node": one.node_id} for one in found.findings
            ],
        },
        "models": [asdict(model) | {"same": model.is_same} for model in found.models],
        "rescore": [
            {
                "model": name,
                "noise": found.noise(name),
                "tolerance": found.tolerance(name),
                "nodes": [_rescored(found, one) for one in found.rescored if one.model == name],
            }
            for name in dict.fromkeys(one.model for one in found.rescored)
        ],
        "resample": [_resampled(one) for one in found.resampled],
        "not_checked": list(found.unchecked),
    }


def _labelled(label: str, words: str) -> str:
    return f"{label:<11} {words}"


def _of_file(found: Verification) -> str:
    n = len(found.findings)
    wrong = "1 thing is wrong" if n == 1 else f"{n:,} things are wrong"
    state = wrong if n else "whole"
    counted = f"{found.n_events:,} events, {found.n_nodes:,} nodes"
    return f"{state}: {counted}, {_SEALS[found.seals]}"


def _of_model(model: CheckedModel) -> str:
    if not model.is_same:
        return f"{model.name} is not the model that this was grown with"
    if model.sha256 is None or model.found_sha256 is None:
        return f"{model.name} is the one, by its fingerprint {model.fingerprint}"
    return f"{model.name} is the one, by its SHA-256 {model.sha256[:16]}…"


def _of_scores(found: Verification, name: str) -> str:
    scores = [one for one in found.rescored if one.model == name]
    n_within = sum(map(found.is_within, scores))
    n_tokens = max(1, sum(one.n_tokens for one in scores))
    greatest = max(one.greatest for one in scores)
    mean = sum(one.mean * one.n_tokens for one in scores) / n_tokens
    return (
        f"{n_within} of {len(scores)} branches hold: greatest difference {greatest:.2g}, mean"
        f" {mean:.2g}, tolerance {found.tolerance(name):.2g} (5 × the model's own noise"
        f" {found.noise(name):.2g}), in nats"
    )


def _of_samples(resampled: tuple[Resampled, ...]) -> str:
    n_same = sum(one.first_difference is None for one in resampled)
    n_exact = sum(one.must_match for one in resampled)
    exact = f"; {n_exact} of them must be, bit for bit" if n_exact else ""
    return f"{n_same} of {len(resampled)} branches are identical, grown again by their seed{exact}"


def _apart(found: Verification, one: Rescored) -> str:
    words = f"{one.node_id} differs by {one.greatest:.2g}, on average by {one.mean:.2g}"
    return _labelled("re-scored", f"{words}; tolerated is {found.tolerance(one.model):.2g}")


def _differs(one: Resampled) -> str:
    where = "in its probabilities alone"
    if one.first_difference is not None:
        where = f"from token {one.first_difference + 1} of {one.n_tokens} on"
    why = ", where nothing can" if one.is_wrong else f" ({one.mode} mode)"
    return _labelled("re-sampled", f"{one.node_id} differs {where}{why}")


def _first(told: list[str]) -> Iterator[str]:
    yield from told[:_MOST_TOLD]
    if len(told) > _MOST_TOLD:
        yield f"... and {len(told) - _MOST_TOLD:,} more; --json has all"


def _rescored(found: Verification, one: Rescored) -> dict[str, object]:
    return {
        "node": one.node_id,
        "n_tokens": one.n_tokens,
        "greatest": one.greatest,
        "mean": one.mean,
        "noise": one.noise,
        "within": found.is_within(one),
    }


def _resampled(one: Resampled) -> dict[str, object]:
    return {
        "node": one.node_id,
        "mode": one.mode,
        "n_tokens": one.n_tokens,
        "first_difference": one.first_difference,
        "identical": one.first_difference is None,
        "same_bits": one.same_bits,
        "must_match": one.must_match,
    }
