"""What goes into the next batch: branches first, then as much as fits of texts to be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from loom.engine.backend import Row
from loom.engine.scoring import ScoredText, Scoring
from loom.engine.sequence import Continuation, Growth, Reading

PROMPT_CHUNK = 128
"""How much of what is to be read joins a batch of growing branches, so that they keep streaming."""

MOST_SCORED_ROWS = 128
"""A law is a row of the whole vocabulary in memory; this many are asked for at once at most."""

WORTH_WAITING = 16
"""So many tokens that another prompt is just reading are waited for, and not read twice."""

Job = Growth | Scoring


@dataclass(slots=True)
class Plan:
    """One batch. Its laws belong to `branches`, then `covers`, then `scored`, in that order.

    `read` tells how many tokens of which text the batch evaluates without asking for a law.
    """

    rows: list[Row]
    branches: list[Continuation]
    covers: list[Growth] = field(default_factory=list)
    scored: list[tuple[Scoring, ScoredText, int]] = field(default_factory=list)
    read: list[tuple[Reading, int]] = field(default_factory=list)


def in_turn(jobs: Sequence[Job]) -> Sequence[Job]:
    """What is to be worked on: as long as a person waits for something, nothing else."""
    return [job for job in jobs if job.request.priority == "now"] or jobs


def is_being_read(growth: Growth, jobs: Sequence[Job]) -> bool:
    """Whether another of its priority is reading much of its prompt: then that can be shared."""
    return any(
        _n_alike(job.trunk.tokens, growth.trunk.tokens) >= WORTH_WAITING
        for job in jobs
        if isinstance(job, Growth)
        and job.request.priority == growth.request.priority
        and job.trunk.sequence is not None
        and not job.trunk.whole
    )


def _n_alike(ones: Sequence[int], others: Sequence[int]) -> int:
    n = min(len(ones), len(others))
    return next((i for i in range(n) if ones[i] != others[i]), n)


def plan(jobs: Sequence[Job], n_batch: int) -> Plan:
    """The next batch for these jobs; changes nothing.

    Where what a person waits for has no room yet, the others go on until they give some back.
    """
    made = _plan(in_turn(jobs), n_batch)
    return made if made.rows else _plan(jobs, n_batch)


def _plan(jobs: Sequence[Job], n_batch: int) -> Plan:
    growths = [job for job in jobs if isinstance(job, Growth)]
    scorings = [job for job in jobs if isinstance(job, Scoring)]
    branches = [branch for growth in growths for branch in growth.branches][:n_batch]
    made = Plan([Row(b.next_token, b.position, b.sequence, True) for b in branches], branches)
    room = min(PROMPT_CHUNK, n_batch - len(branches)) if branches else n_batch
    for growth in growths:
        if room and growth.wants_cover and growth.trunk.whole:
            made.rows.append(_last_of_prompt(growth))
            made.covers.append(growth)
            room -= 1
    scored_room = min(room, MOST_SCORED_ROWS)
    for scoring in scorings:
        for text, rows in scoring.rows(scored_room):
            made.rows += rows
            made.scored.append((scoring, text, len(rows)))
            scored_room -= len(rows)
            room -= len(rows)
    for reading in _readings(growths, scorings):
        room -= _read(reading, room, made)
    return made


def _readings(growths: Iterable[Growth], scorings: Iterable[Scoring]) -> list[Reading]:
    trunks = [g.trunk for g in growths if g.trunk.sequence is not None and not g.trunk.whole]
    return trunks + [reading for scoring in scorings for reading in scoring.readings]


def _read(reading: Reading, room: int, made: Plan) -> int:
    """Put the next tokens of a text into the batch; returns how many."""
    assert reading.sequence is not None
    start = reading.n_held
    end = min(len(reading.tokens), start + room)
    if end > start:
        sequence, tokens = reading.sequence, reading.tokens
        made.rows += [Row(tokens[i], i, sequence, False) for i in range(start, end)]
        made.read.append((reading, end - start))
    return end - start


def _last_of_prompt(growth: Growth) -> Row:
    assert growth.trunk.sequence is not None
    return Row(growth.prompt[-1], len(growth.prompt) - 1, growth.trunk.sequence, True)
