"""What a node says of itself."""

from __future__ import annotations

import pytest

from loom.tree.changes import NodeDerived, Slice
from loom.tree.events import BranchOpened, NodeImported, NodeTokenised
from loom.tree.kinds import Finish
from loom.tree.node import HUMAN, Node

from .test_graph import added, tree_of


def derived(author: str, *, retokenised: bool = False) -> Node:
    part = (Slice("r", 0, 1, 0, 1),)
    ids = None if retokenised else (7,)
    event = NodeDerived(
        1.0, "d", None, "text", author, part, b"x", ids, (1,), "m", None, retokenised=retokenised
    )
    return tree_of(added("r"), event).node("d")


def test_nothing_is_said_of_a_new_node_that_did_not_happen_to_it() -> None:
    node = tree_of(added("r", text=b"\xf0\x9f")).node("r")
    assert (node.hidden, node.special, node.retokenised, node.displaced) == (False,) * 4
    assert (node.queue_s, node.n_tokens, node.written) == (0.0, 0, True)
    assert node.display_text() == "\ufffd"


def test_tokens_count_once_a_model_has_read_them() -> None:
    read = NodeTokenised(1.0, "r", (7, 8), (b"a", b"b"), "m")
    assert tree_of(added("r", text=b"ab"), read).node("r").n_tokens == 2


@pytest.mark.parametrize(
    ("node", "is_read"),
    [
        (tree_of(added("r")).node("r"), True),
        (tree_of(NodeImported(1.0, "i", None, "text", "gpt", b"x")).node("i"), True),
        # Parts of what models wrote keep the tokens that they had, unless one was cut through.
        (derived("m"), False),
        (derived("m", retokenised=True), True),
        # What a person put together is a person's text.
        (derived(HUMAN), True),
    ],
)
def test_what_is_read_as_text(node: Node, is_read: bool) -> None:
    assert node.read_as_text == is_read


def test_what_a_model_grew_has_the_tokens_that_it_drew() -> None:
    tree = tree_of(added("r"), BranchOpened(1.0, "b", "r", "q", 0, "text", "m"))
    node = tree.node("b")
    assert (node.written, node.read_as_text) == (False, False)


@pytest.mark.parametrize(("finish", "state"), [("cancelled", "partial"), ("eos", "done")])
def test_what_is_put_together_of_a_branch_that_was_stopped_is_partial(
    finish: Finish, state: str
) -> None:
    part = (Slice("r", 0, 1, 0, 1),)
    event = NodeDerived(1.0, "d", None, "text", "m", part, b"x", (7,), (1,), "m", finish)
    node = tree_of(added("r"), event).node("d")
    assert (node.state, node.finish, node.sources) == (state, finish, part)


def test_an_imported_text_is_as_the_other_program_had_it() -> None:
    node = tree_of(NodeImported(1.5, "i", None, "user", "gpt", b"x", "length", "{}")).node("i")
    assert (node.id, node.role, node.author, node.created_at) == ("i", "user", "gpt", 1.5)
    assert (node.text, node.finish, node.origin, node.parent_id) == (b"x", "length", "{}", None)
