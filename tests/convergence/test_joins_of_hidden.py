"""Hidden branches are no branches: what is found while things are done is what is found at once."""

from __future__ import annotations

from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from loom.convergence.joins import JoinFinder, find_joins
from loom.tree.changes import GrowthHidden, GrowthShown, NodeHidden, NodeMoved, NodeShown
from loom.tree.events import TreeEvent
from tests.convergence.trees import GLASS, Noise, appended, grown, opened, star, tree_of, written


def test_a_hidden_branch_meets_nobody_and_a_shown_one_does_again(noise: Noise) -> None:
    tree = star(noise(4), noise(2) + GLASS, noise(3) + GLASS, noise(9))
    finder = JoinFinder()

    def take(event: TreeEvent) -> None:
        tree.apply(event)
        finder.take(event, tree)

    (join,) = finder.joins(tree)
    assert join.nodes == ("1", "2")
    take(NodeHidden(1.0, "2"))
    assert finder.joins(tree) == ()
    take(NodeShown(1.0, "2"))
    assert finder.joins(tree) == (join,)
    take(NodeHidden(1.0, "3"))
    (among_fewer,) = finder.joins(tree)
    assert among_fewer.weight > join.weight


def test_what_grows_out_of_sight_is_not_followed(noise: Noise) -> None:
    tree = star(noise(4), noise(2) + GLASS, noise(3) + GLASS)
    finder = JoinFinder()
    before = finder.joins(tree)
    out_of_sight = [GrowthHidden(1.0, "r"), NodeHidden(1.0, "2"), opened("x", "2")]
    for event in [*out_of_sight, appended("x", 0, GLASS)]:
        tree.apply(event)
        finder.take(event, tree)
    assert finder.joins(tree) == ()
    for event in (NodeShown(1.0, "2"), GrowthShown(1.0, "r")):
        tree.apply(event)
        finder.take(event, tree)
    assert finder.joins(tree) == find_joins(tree)
    assert len(before) == 1


@given(st.data())
@settings(deadline=None)
def test_after_any_hiding_and_moving_it_is_as_if_read_anew(data: st.DataObject) -> None:
    tokens = st.lists(st.integers(0, 3), min_size=1, max_size=8)
    tree = tree_of(written("0", None, [9, 9]))
    finder = JoinFinder(most_by_chance=1e9)
    for number in range(1, data.draw(st.integers(2, 14))):
        ids = st.sampled_from([node.id for node in tree])
        node_id, parent_id = data.draw(ids), data.draw(ids)
        below = node_id in (node.id for node in tree.path(parent_id))
        events: list[TreeEvent] = data.draw(
            st.sampled_from(
                [
                    [NodeHidden(1.0, node_id)],
                    [NodeShown(1.0, node_id)],
                    [] if below else [NodeMoved(1.0, node_id, parent_id, None)],
                    [*grown(str(number), parent_id, data.draw(tokens))],
                    [*written(str(number), parent_id, data.draw(tokens))],
                ]
            )
        )
        for event in events:
            tree.apply(event)
            finder.take(event, tree)
        for _ in islice(finder.look(tree), data.draw(st.sampled_from([0, 1, 3, 10, 30]))):
            pass
        if data.draw(st.booleans()):
            assert finder.joins(tree) == find_joins(tree, 1e9)
    assert finder.joins(tree) == find_joins(tree, 1e9)
    assert all(tree.is_visible(one) for join in finder.joins(tree) for one in join.nodes)
