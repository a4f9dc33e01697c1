"""A known exponential tilt of a town: its sibling that was tuned, with every odd written down.

Rewards are nats. Each draw of an option with reward r, and each visit of a beat with reward r, is
made exp(r) times as likely relative to its alternatives, all the way to the end of a document:

    p'(document) = p(document) * exp(sum of rewards) / Z

For roads that is done exactly by the values Z(beat), one linear system for each page; for tables
by the rewards less ln E[exp r], so that to draw from them at all changes no road.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from loom.worlds.beat import END, Beat
from loom.worlds.law import Table
from loom.worlds.town import LOST, START, Latent, Town

Rewards = Mapping[str, float]


@dataclass(frozen=True)
class Tilt:
    """What is rewarded, in nats: beats by name, options of latents and of rules by table."""

    beats: Rewards = field(default_factory=dict)
    latents: Mapping[str, Rewards] = field(default_factory=dict)
    rules: Mapping[str, Rewards] = field(default_factory=dict)


def tilted(town: Town, tilt: Tilt) -> Town:
    """The town after the tilt. ValueError if the rewards make documents without end."""
    latents = {
        name: _tilted_latent(latent, tilt.latents.get(name, {}))
        for name, latent in town.latents.items()
    }
    rules = {
        name: _reweighted(table, tilt.rules.get(name, {})) for name, table in town.rules.items()
    }
    pages = town.latents["page"].prior[""].options
    values = {page: road_values(town, page, tilt.beats) for page in pages}
    beats = {
        name: beat if name == LOST else replace(beat, then=_tilted_roads(beat, values, pages))
        for name, beat in town.beats.items()
    }
    beats[START] = replace(town.beats[START], then=_tilted_start(town, values))
    return replace(town, latents=latents, rules=rules, beats=beats)


def road_values(town: Town, page: str, rewards: Rewards) -> dict[str, float]:
    """Z of each beat on one page: the mean of exp(sum of rewards) from its visit to the end."""
    names = [name for name in town.beats if name not in (START, LOST)]
    numbers = {name: index for index, name in enumerate(names)}
    moves = np.zeros((len(names), len(names)))
    ends = np.zeros(len(names))
    for name in names:
        gain = math.exp(rewards.get(name, 0.0))
        roads = _roads_on(town.beats[name], page)
        for after, p in zip(roads.options, roads.probabilities, strict=True):
            if after == END:
                ends[numbers[name]] += gain * p
            else:
                moves[numbers[name], numbers[after]] += gain * p
    if max(abs(np.linalg.eigvals(moves))) >= 1:
        raise ValueError("the rewards make documents without end likelier at every step")
    values = np.linalg.solve(np.eye(len(names)) - moves, ends)
    return {END: 1.0, **dict(zip(names, values.tolist(), strict=True))}


def _roads_on(beat: Beat, page: str) -> Table[str]:
    return beat.then if isinstance(beat.then, Table) else beat.then[page]


def _tilted_roads(
    beat: Beat, values: Mapping[str, Mapping[str, float]], pages: Iterable[str]
) -> Table[str] | Mapping[str, Table[str]]:
    roads = {page: _toward(_roads_on(beat, page), values[page]) for page in pages}
    first = next(iter(roads.values()))
    if all(_alike(first, table) for table in roads.values()):
        return first
    return roads


def _toward(table: Table[str], values: Mapping[str, float]) -> Table[str]:
    weights = [
        p * values[option] for option, p in zip(table.options, table.probabilities, strict=True)
    ]
    total = math.fsum(weights)
    return Table(table.options, tuple(weight / total for weight in weights))


def _alike(one: Table[str], other: Table[str]) -> bool:
    return one.options == other.options and all(
        abs(p - q) < 1e-13 for p, q in zip(one.weights, other.weights, strict=True)
    )


def _tilted_start(town: Town, values: Mapping[str, Mapping[str, float]]) -> Table[str]:
    """The first road of a document: it leads to the silent beat of each page."""
    table = town.beats[START].then
    assert isinstance(table, Table)
    pages = {name: dict(town.beats[name].sets)["page"] for name in table.options}
    return _toward(table, {name: values[page][name] for name, page in pages.items()})


def _tilted_latent(latent: Latent, rewards: Rewards) -> Latent:
    return replace(
        latent, prior={key: _reweighted(table, rewards) for key, table in latent.prior.items()}
    )


def _reweighted(table: Table[str], rewards: Rewards) -> Table[str]:
    if not rewards:
        return table
    weights = [
        weight * math.exp(rewards.get(option, 0.0))
        for option, weight in zip(table.options, table.weights, strict=True)
    ]
    return Table(table.options, tuple(weights))
