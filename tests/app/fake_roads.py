"""Findings as a judge would tell them, on texts that a test wrote."""

from __future__ import annotations

from collections.abc import Mapping

from loom.records import Evidence, FutureVerdict, Join, PredictiveEvidence, Span
from loom.tree.graph import Tree

from .fake_session import FakeSession
from .test_snapshots import eight

ROAD = "It was the old joke, told"


def finding(
    tree: Tree, ends: Mapping[str, str], mark: str, verdict: FutureVerdict = "joined"
) -> Join:
    """A finding where in each of these nodes a text ends, which the mapping gives."""
    spans = []
    for node_id, text in ends.items():
        end = tree.node(node_id).text.index(text.encode()) + len(text.encode())
        spans.append(Span(node_id, 0, end, 0, end))
    nodes = tuple(ends)
    parent = tree.node(nodes[0]).parent_id
    siblings = tree.sibling_ids(nodes[0])
    numbers = [str(siblings.index(n) + 1) if n in siblings else "…" for n in nodes]
    names = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    guess = {"joined": 0.54, "apart": 0.83, "undecided": 0.6}[verdict]
    said = {
        "joined": f"Branches {names} ({len(nodes)} of {len(siblings)}) are one road from here: for "
        "the next 16 tokens the best guess between any two of them is right 54 times in 100 "
        "(chance 50, same place twice 52).",
        "apart": f"Branches {names} say the same words but are not one road: what follows tells "
        "them apart 83 times in 100 (chance 50).",
        "undecided": f"Cannot tell yet whether {names} meet: best guess 60 in 100, could be 54 to "
        "66, and a join needs all of it under 61.",
    }[verdict]
    evidence = PredictiveEvidence(
        (nodes[0], nodes[-1]), "f", verdict, 32, 16, guess, guess - 0.04, guess + 0.06, 0.52,
        "another document in front", 2 * guess - 1, 0.0, 0.2,
    )  # fmt: skip
    return Join(
        id=f"{parent}:{mark}:{nodes[0]}",
        verdict=verdict,
        kind={"joined": "full", "apart": "look_alike", "undecided": "hidden"}[verdict],  # type: ignore[arg-type]
        nodes=nodes,
        spans=tuple(spans),
        weight=len(nodes) / len(siblings),
        sentence=said,
        evidence=Evidence(predictive=evidence),
        mark=mark,
    )


def meeting() -> FakeSession:
    """The wedding toast with eight branches, of which three are one road from the joke on.

    What follows is written below two of them; a fourth says the same words and is none, and one
    is not known yet.
    """
    session = eight()
    here = session.tree.selected_id
    assert here is not None
    session.grow(here)
    session.release()
    session.drain()
    one, two, three, four, five, *_ = session.tree.child_ids(here)
    session.say(two, " And the toast went on until the candles were low.", " Somebody sang.")
    session.say(four, " Then the cake came.")
    session.drain()
    tree = session.tree
    session.found = (
        finding(
            tree,
            {
                one: "It was the old joke,",
                two: "It was the old joke,",
                four: "It was the old joke,",
            },
            "A",
        ),
        finding(tree, {one: "Then Marco laughed,", five: "Marco laughed."}, "a", "apart"),
        finding(tree, {three: "Nobody moved.", five: "Nobody else did,"}, "?", "undecided"),
    )
    return session
