"""What other programs said of a node, and which request a text comes from in the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.records import Sampling
from loom.tree.changes import NodeDerived, Slice
from loom.tree.events import BranchOpened, GrowthRequested, TreeEvent
from loom.tree.node import HUMAN
from loom.tree.origin import Origin, OriginToken, origin_of, spelled
from loom.tree.origins import growth_of

from .test_graph import added, tree_of

logprobs = st.floats(-50, 0)
tokens = st.builds(
    OriginToken,
    st.text(max_size=5),
    st.none() | logprobs,
    st.lists(st.tuples(st.text(max_size=5), logprobs), max_size=3).map(tuple),
)
keys = st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.text(max_size=5))


@given(st.text(min_size=1, max_size=8), keys, st.lists(tokens, max_size=4).map(tuple))
def test_what_is_spelled_is_read_again(
    program: str, keys: dict[str, object], tokens: tuple[OriginToken, ...]
) -> None:
    text = spelled(program, keys, tokens)
    found = Origin(program, keys, tokens) if keys or tokens else Origin()
    assert origin_of(text) == found
    assert bool(text) == bool(keys or tokens)


def test_a_logprob_that_is_no_number_is_none() -> None:
    text = '{"program":"p","keys":{},"tokens":[["a",NaN],["b",null],["c",-1]]}'
    assert [token.logprob for token in origin_of(text).tokens] == [None, None, -1.0]


def derived(node_id: str, *sources: str) -> NodeDerived:
    slices = tuple(Slice(source, 0, 1, 0, 1) for source in sources)
    return NodeDerived(3.0, node_id, None, "text", HUMAN, slices, b"xx", None, (), "", None)


def grown(request_id: str, node_id: str) -> tuple[TreeEvent, ...]:
    return (
        GrowthRequested(2.0, request_id, "r", 1, 8, Sampling(), 1),
        BranchOpened(2.5, node_id, "r", request_id, 0, "text", "model"),
    )


def test_a_text_comes_from_the_request_of_its_first_grown_part() -> None:
    tree = tree_of(
        added("r"),
        *grown("g", "a"),
        *grown("h", "b"),
        derived("ra", "r", "a"),
        derived("ba", "b", "a"),
        derived("all", "ra", "ba"),
        derived("typed", "r"),
        derived("lost", "gone", "b"),
    )
    requests = {
        one: growth_of(tree, one) for one in ("r", "a", "b", "ra", "ba", "all", "typed", "lost")
    }
    named = {one: None if found is None else found.request_id for one, found in requests.items()}
    assert named == {
        "r": None,
        "a": "g",
        "b": "h",
        "ra": "g",
        "ba": "h",
        "all": "g",
        "typed": None,
        "lost": "h",
    }
