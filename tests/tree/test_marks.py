"""Marks on nodes, whom tags reach, where one stands when a text is hidden, and every way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from loom.records import Sampling
from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    GrowthHidden,
    GrowthShown,
    JoinAllowed,
    JoinDenied,
    NodeBookmarked,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    SessionTitled,
    Tag,
    TagRemoved,
)
from loom.tree.events import BranchOpened, GrowthRequested, ModeChosen, ModelChosen, TreeEvent
from loom.tree.graph import Tree
from loom.tree.history import Undoable
from loom.tree.inverse import inverse_of
from loom.tree.marks import UNMARKED, Marks, marked
from loom.tree.nearest import nearest_visible
from loom.tree.node import HUMAN
from loom.tree.tagging import tags_at

from .test_graph import added, tree_of

#     r ─┬─ a ─┬─ a1
#        │     └─ a2
#        └─ b ─── b1
_TREE = (
    added("r"),
    added("a", "r"),
    added("b", "r"),
    added("a1", "a"),
    added("a2", "a"),
    added("b1", "b"),
)
IDS = ("r", "a", "b", "a1", "a2", "b1")


def test_a_tag_of_the_same_name_is_replaced_where_it_stands() -> None:
    red, blue, green = Tag("x", "red"), Tag("y", "blue"), Tag("x", "green")
    marks = UNMARKED
    for tag in (red, blue, green):
        marks = marked(marks, NodeTagged(1.0, "n", tag))
    assert marks == Marks(tags=(green, blue))
    assert (marks.tag("x"), marks.tag("z")) == (green, None)
    assert marked(marks, TagRemoved(1.0, "n", "x")).tags == (blue,)


def test_every_mark_is_its_own_and_the_others_stay() -> None:
    marks = marked(UNMARKED, NodeBookmarked(1.0, "n"))
    marks = marked(marks, NoteWritten(1.0, "n", "why"))
    marks = marked(marks, NodeTitled(1.0, "n", "name"))
    marks = marked(marks, ChapterBegun(1.0, "n", "one"))
    assert marks == Marks(bookmarked=True, note="why", title="name", chapter="one")
    assert marked(marks, BookmarkRemoved(1.0, "n")) == Marks(
        note="why", title="name", chapter="one"
    )


def test_tags_reach_as_far_as_their_scope_says() -> None:
    own, down, up = Tag("own"), Tag("down", scope="subtree"), Tag("up", scope="ancestry")
    tree = tree_of(*_TREE, *(NodeTagged(1.0, "a", tag) for tag in (own, down, up)))
    assert {one: tags_at(tree, one) for one in IDS} == {
        "r": (up,),
        "a": (own, down, up),
        "b": (),
        "a1": (down,),
        "a2": (down,),
        "b1": (),
    }


def test_own_tags_come_before_those_of_others() -> None:
    own, down = Tag("own"), Tag("down", scope="subtree")
    tree = tree_of(*_TREE, NodeTagged(1.0, "r", down), NodeTagged(1.0, "a1", own))
    assert tags_at(tree, "a1") == (own, down)


def nearest_after(*hidden: str) -> dict[str, str | None]:
    tree = tree_of(*_TREE, *(NodeHidden(2.0, one) for one in hidden))
    return {one: nearest_visible(tree, one) for one in IDS}


def test_beside_a_hidden_text_one_stands_at_the_next_sibling_or_else_the_one_before() -> None:
    assert nearest_after() == {one: one for one in IDS}
    assert nearest_after("a1")["a1"] == "a2"
    assert nearest_after("a2")["a2"] == "a1"
    assert nearest_after("b1")["b1"] == "b"


def test_the_highest_hidden_text_decides() -> None:
    found = nearest_after("a", "a1")
    assert (found["a"], found["a1"], found["a2"]) == ("b", "b", "b")
    assert nearest_after("a", "b")["a1"] == "r"
    assert nearest_after("r")["a1"] is None


_PLACES = frozenset({("a", 1), ("b", 1)})
ids = st.sampled_from(IDS)
tags = st.builds(
    Tag,
    st.sampled_from(["x", "y"]),
    st.sampled_from(["red", "blue"]),
    st.sampled_from(["node", "subtree", "ancestry"]),
)
changes = st.one_of(
    st.builds(NodeHidden, st.just(3.0), ids),
    st.builds(NodeShown, st.just(3.0), ids),
    st.builds(
        NodeMoved,
        st.just(3.0),
        st.sampled_from(["a1", "a2", "b1"]),
        st.sampled_from(["r", "a", "b", None]),
        st.sampled_from([None, "a1", "a2", "a"]),
    ),
    st.builds(NodeBookmarked, st.just(3.0), ids),
    st.builds(BookmarkRemoved, st.just(3.0), ids),
    st.builds(NodeTagged, st.just(3.0), ids, tags),
    st.builds(TagRemoved, st.just(3.0), ids, st.sampled_from(["x", "y"])),
    st.builds(NoteWritten, st.just(3.0), ids, st.sampled_from(["", "why"])),
    st.builds(NodeTitled, st.just(3.0), ids, st.sampled_from(["", "name"])),
    st.builds(ChapterBegun, st.just(3.0), ids, st.sampled_from(["", "one"])),
    st.builds(SessionTitled, st.just(3.0), st.sampled_from(["", "toast"])),
    st.builds(JoinDenied, st.just(3.0), st.just("a"), st.just(_PLACES)),
    st.builds(JoinAllowed, st.just(3.0), st.just("a"), st.just(_PLACES)),
    st.builds(ModelChosen, st.just(3.0), st.sampled_from(["m", "n"]), st.just("plain")),
    st.builds(ModeChosen, st.just(3.0), st.sampled_from(["plain", "chat"]), st.none()),
)


def as_it_stands(tree: Tree) -> object:
    """All that a person sees of a tree; a tag that is put back comes behind the others."""

    def sorted_marks(node_id: str) -> Marks:
        marks = tree.marks(node_id)
        return replace(marks, tags=tuple(sorted(marks.tags, key=lambda tag: tag.name)))

    return (
        {one: (tree.node(one), tree.every_child(one), sorted_marks(one)) for one in IDS},
        tree.every_child(None),
        (tree.title, tree.model, tree.mode, tree.template),
        set(tree.denied),
        tree.n_visible,
    )


def test_what_is_new_is_hidden_again_and_growths_are_as_they_were() -> None:
    tree = tree_of(*_TREE)
    derived = NodeDerived(4.0, "d", "r", "text", HUMAN, (), b"x", None, (), "", None)
    asked = GrowthRequested(4.0, "g", "r", 2, 8, Sampling(), 1)
    assert inverse_of(added("n", "r"), tree) == NodeHidden(1.0, "n")
    assert inverse_of(derived, tree) == NodeHidden(4.0, "d")
    assert inverse_of(asked, tree) == GrowthHidden(4.0, "g")
    tree.apply(asked)
    tree.apply(BranchOpened(4.5, "branch", "r", "g", 0, "text", "model"))
    changes = GrowthHidden(5.0, "g"), GrowthShown(5.0, "g")
    assert [inverse_of(change, tree) for change in changes] == [GrowthShown(5.0, "g")] * 2
    tree.apply(changes[0])
    assert [inverse_of(change, tree) for change in changes] == [GrowthHidden(5.0, "g")] * 2


def test_a_text_that_was_moved_goes_back_between_its_siblings() -> None:
    tree = tree_of(*_TREE, added("a3", "a"), added("a4", "a"))
    for node_id, before in (("a1", None), ("a2", "a1"), ("a3", "a2"), ("a4", "a3")):
        assert inverse_of(NodeMoved(6.0, node_id, "b", None), tree) == NodeMoved(
            6.0, node_id, "a", before
        )


def test_a_tag_that_is_taken_away_or_replaced_comes_back_as_it_was() -> None:
    red, green = Tag("x", "red", "subtree"), Tag("x", "green")
    tree = tree_of(*_TREE, NodeTagged(1.0, "a", red))
    for change in (TagRemoved(3.0, "a", "x"), NodeTagged(3.0, "a", green)):
        assert inverse_of(change, tree) == NodeTagged(3.0, "a", red)
    absent = TagRemoved(3.0, "a", "y")
    assert inverse_of(absent, tree) == absent
    assert inverse_of(NodeTagged(3.0, "b", green), tree) == TagRemoved(3.0, "b", "x")


@given(st.lists(changes, max_size=8), st.lists(changes, min_size=1, max_size=6))
def test_every_change_is_taken_back_by_its_inverse(
    before: Sequence[TreeEvent], after: Sequence[Undoable]
) -> None:
    tree = tree_of(*_TREE, *before)
    stood, back = as_it_stands(tree), list[Undoable]()
    for change in after:
        back.append(inverse_of(change, tree))
        assert back[-1].at == change.at
        tree.apply(change)
    for change in reversed(back):
        tree.apply(change)
    assert as_it_stands(tree) == stood
