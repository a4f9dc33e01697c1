"""Everything that is found is there, everything that is there is found, and each only once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from math import inf

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from loom.convergence.joins import JoinFinder, find_joins
from loom.records import Join
from loom.tree.events import TreeEvent
from loom.tree.graph import Tree
from tests.convergence.reference import Place, Reference, path_of
from tests.convergence.trees import Plan, appended, opened, plans, tree_of, written

thresholds = st.sampled_from([0.01, inf])
"""What chance does not explain; and everything, which is much more in trees as small as these."""

some = settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])


def run_of(join: Join, tree: Tree) -> Place:
    """The tokens of a join's first occurrence."""
    n_missing = join.evidence.lexical.n_tokens if join.evidence.lexical else 0
    span = next(span for span in join.spans if span.node in join.nodes)
    path = path_of(tree, span.node)
    end = len(path) - tree.node(span.node).n_tokens + span.end_token
    return path[end - n_missing : end]


def places_of(join: Join, tree: Tree) -> set[Place]:
    """Every place that the join's spans cover."""
    covered: set[Place] = set()
    for span in join.spans:
        path = path_of(tree, span.node)
        before = len(path) - tree.node(span.node).n_tokens
        covered.update(path[: before + n + 1] for n in range(span.start_token, span.end_token))
    return covered


@some
@given(plans(), thresholds)
def test_every_join_is_a_meeting_and_says_the_truth_about_it(plan: Plan, threshold: float) -> None:
    tree = tree_of(list(plan.events()))
    reference = Reference(tree)
    assume(not reference.goes_in_circles())
    for join in find_joins(tree, threshold):
        run = run_of(join, tree)
        ends, fork = reference.meeting(run)
        assert len(run) >= 4
        assert places_of(join, tree) == {
            end[:n] for end in ends for n in range(len(end) - len(run) + 1, len(end) + 1)
        }
        lexical = join.evidence.lexical
        assert lexical is not None
        assert lexical.expected_by_chance == pytest.approx(reference.expected(run, fork))
        assert lexical.expected_by_chance <= threshold
        assert (join.kind == "prompt_echo") == reference.stands_before(run, fork)
        holding = [
            leaf
            for leaf in tree.leaf_ids()
            if any(path_of(tree, leaf)[: len(end)] == end for end in ends)
        ]
        assert lexical.n_branches == len(holding)
        assert join.weight == lexical.n_branches / lexical.n_compared


@some
@given(plans(), thresholds)
def test_every_shared_run_that_chance_does_not_explain_is_told(
    plan: Plan, threshold: float
) -> None:
    tree = tree_of(list(plan.events()))
    reference = Reference(tree)
    assume(not reference.goes_in_circles())
    told = set().union(*(places_of(join, tree) for join in find_joins(tree, threshold)))
    for run in reference.maximal_runs():
        ends, fork = reference.meeting(run)
        if reference.expected(run, fork) > threshold:
            continue
        for end in ends:
            path = [end[: n + 1] in told for n in range(len(end) - len(run), len(end))]
            assert longest(False, path) < 4


def longest(value: bool, values: list[bool]) -> int:
    """How often a value comes in a row at most."""
    return max((len(list(group)) for same, group in groupby(values) if same == value), default=0)


@some
@given(plans(), thresholds)
def test_no_join_only_repeats_what_stronger_ones_tell(plan: Plan, threshold: float) -> None:
    tree = tree_of(list(plan.events()))
    assume(not Reference(tree).goes_in_circles())
    joins = find_joins(tree, threshold)
    assert len({join.id for join in joins}) == len(joins)
    assert len({run_of(join, tree) for join in joins}) == len(joins)
    for ours in joins:
        stronger = [other for other in joins if strength(other) > strength(ours)]
        told = set().union(*(places_of(other, tree) for other in stronger))
        run = run_of(ours, tree)
        ends = [place for place in places_of(ours, tree) if place[-len(run) :] == run]
        assert any(
            longest(False, [end[: n + 1] in told for n in range(len(end) - len(run), len(end))])
            >= 4
            for end in ends
        )


def strength(join: Join) -> tuple[int, int]:
    lexical = join.evidence.lexical
    assert lexical is not None
    return lexical.n_branches, lexical.n_tokens


@some
@given(plans(), thresholds)
def test_spans_of_one_join_hold_the_same_tokens_and_the_same_bytes(
    plan: Plan, threshold: float
) -> None:
    tree = tree_of(list(plan.events()))
    for join in find_joins(tree, threshold):
        lexical = join.evidence.lexical
        assert lexical is not None
        run = b"".join(b" w%d" % token for token in run_of(join, tree))
        assert lexical.text.encode() == run
        for span in join.spans:
            node = tree.node(span.node)
            tokens = (node.token_ids or ())[span.start_token : span.end_token]
            text = node.text[span.start_byte : span.end_byte]
            assert text == b"".join(b" w%d" % token for token in tokens)
            assert text in run


@st.composite
def growths(draw: st.DrawFn) -> list[TreeEvent | int | None]:
    """A plan's events in small pieces and any order that a session could see.

    None: look now. A number: look on, for so many steps.
    """
    plan = draw(plans())
    n_taken = [0] * len(plan.parents)
    found: list[TreeEvent | int | None] = []
    for index, parent in enumerate(plan.parents):
        # Nothing grows below a text that is still growing.
        if parent is None:
            found += written(f"n{index}", None, plan.tokens[index])
            n_taken[index] = len(plan.tokens[index])
        else:
            found += finish(plan, n_taken, parent)
            found.append(opened(f"n{index}", f"n{parent}"))
        unfinished = [i for i in range(index + 1) if n_taken[i] < len(plan.tokens[i])]
        for _ in range(draw(st.integers(0, 4)) if unfinished else 0):
            grower = draw(st.sampled_from(unfinished))
            found += step(plan, n_taken, grower, draw(st.integers(1, 5)))
            found += draw(st.sampled_from([[], [None], [1], [3], [10], [30]]))
    for index in draw(st.permutations(range(len(plan.parents)))):
        found += finish(plan, n_taken, index)
    return found


def step(plan: Plan, n_taken: list[int], index: int, n_tokens: int) -> Iterator[TreeEvent]:
    start = n_taken[index]
    tokens = plan.tokens[index][start : start + n_tokens]
    n_taken[index] += len(tokens)
    if tokens:
        yield appended(f"n{index}", start, tokens)


def finish(plan: Plan, n_taken: list[int], index: int) -> Iterator[TreeEvent]:
    return step(plan, n_taken, index, len(plan.tokens[index]))


@settings(max_examples=200)
@given(growths(), thresholds)
def test_following_the_growth_finds_what_reading_the_whole_tree_finds(
    events: list[TreeEvent | int | None], threshold: float
) -> None:
    tree, finder = Tree(), JoinFinder(threshold)
    for event in events:
        if event is None:
            assert finder.joins(tree) == find_joins(tree, threshold)
        elif isinstance(event, int):
            for _ in islice(finder.look(tree), event):
                pass
        else:
            tree.apply(event)
            finder.take(event, tree)
    assert finder.joins(tree) == find_joins(tree, threshold)
