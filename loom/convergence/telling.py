"""From a finding to the record that a screen and a script read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from loom.convergence.findings import Candidate, Finding
from loom.convergence.lexical import LexicalIndex
from loom.convergence.sentence import MOST_NAMES, prompt_echo, shared_words
from loom.records import Evidence, Join, LexicalEvidence, Span
from loom.tree.graph import Tree


def join_of(index: LexicalIndex, tree: Tree, finding: Finding, spans: tuple[Span, ...]) -> Join:
    """The record of a finding that stands at these spans.

    Its id comes from the tokens of the run alone: the same run is the same join in any tree.
    """
    candidate = finding.candidate
    meeting = candidate.meeting
    evidence = LexicalEvidence(
        text=candidate.text.decode("utf-8", "replace"),
        n_tokens=meeting.n_tokens,
        n_branches=finding.n_branches,
        n_compared=finding.n_compared,
        expected_by_chance=finding.expected,
        common=finding.common,
    )
    named = [_name(index, tree, n, candidate.fork) for n in candidate.topmost[:MOST_NAMES]]
    say = prompt_echo if meeting.in_prompt else shared_words
    return Join(
        id=_digest(index.tokens(meeting.ends[0], meeting.n_tokens)),
        verdict="not_judged",
        kind="prompt_echo" if meeting.in_prompt else "shared_words",
        nodes=tuple(map(index.node_id, candidate.numbers)),
        spans=spans,
        weight=finding.weight,
        sentence=say(named, len(candidate.topmost), evidence),
        evidence=Evidence(lexical=evidence),
    )


def _name(index: LexicalIndex, tree: Tree, number: int, fork: int) -> str:
    """How a person finds the branch: its number at the fork, and at every fork further down."""
    steps: list[str] = []
    while number != fork:
        node_id = index.node_id(number)
        siblings = tree.sibling_ids(node_id)
        if len(siblings) > 1:
            steps.append(str(siblings.index(node_id) + 1))
        number = index.parent(number)
    return ".".join(reversed(steps))


def spans_of(index: LexicalIndex, tree: Tree, candidate: Candidate) -> tuple[Span, ...]:
    """Every stretch of every occurrence, once, in the order of the tree and of the text."""
    meeting = candidate.meeting
    parts = {
        part
        for end in meeting.ends
        for number in index.numbers_at(end)
        for part in index.parts(number, end, meeting.n_tokens)
    }
    found: list[Span] = []
    for number, start, end in sorted(parts):
        node = tree.node(index.node_id(number))
        start_byte = sum(node.piece_sizes[:start])
        end_byte = start_byte + sum(node.piece_sizes[start:end])
        found.append(Span(node.id, start, end, start_byte, end_byte))
    return tuple(found)


def _digest(tokens: Sequence[tuple[int, bytes]]) -> str:
    content = b"".join(b"%d %d " % (token, len(piece)) + piece for token, piece in tokens)
    return hashlib.blake2b(content, digest_size=4).hexdigest()
