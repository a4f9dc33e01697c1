"""Whatever is done: the journal is the truth, undo of everything is the beginning, redo the end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from loom.errors import LoomError
from loom.store import create, open_for_reading
from loom.store.database import open_for_writing
from loom.tree.changes import Tag
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    ModeChosen,
    NodeAdded,
    NodeTokenised,
    TokensAppended,
)
from loom.tree.graph import Tree
from tests.session.operating import Bench, Seen, seen, texts
from tests.store.specimens import STARTED, columns, fold, likeness, pieces, requested, written

Doing = Callable[[st.DrawFn, Bench], None]


def _node(draw: st.DrawFn, bench: Bench) -> str:
    return draw(st.sampled_from([node.id for node in bench.tree]))


def _grow(draw: st.DrawFn, bench: Bench) -> None:
    parent_id, request_id = _node(draw, bench), f"r{len(bench.journal)}"
    bench.take([requested(request_id, parent_id, 2)])
    for index in range(2):
        node_id = f"b{len(bench.journal)}"
        tokens = columns(draw(pieces()), n_top=2, seed=len(bench.journal))
        opened = BranchOpened(4.0, node_id, parent_id, request_id, index, "text", "tiny")
        bench.take([opened, TokensAppended(5.0, node_id, 0, tokens)])
        bench.take([BranchClosed(6.0, node_id, draw(st.sampled_from(["length", "eos"])))])


def _write(draw: st.DrawFn, bench: Bench) -> None:
    node_id = f"w{len(bench.journal)}"
    bench.take([NodeAdded(2.0, node_id, _node(draw, bench), "text", "human", b"typed word")])
    if draw(st.booleans()):
        bench.take([NodeTokenised(2.5, node_id, (1, 2), (b"typed", b" word"), "f")])


def _move(draw: st.DrawFn, bench: Bench) -> None:
    node_id, other = _node(draw, bench), _node(draw, bench)
    match draw(st.integers(0, 3)):
        case 0:
            bench.operations.move(node_id, other)
        case 1:
            bench.operations.move(node_id, None)
        case 2:
            bench.operations.move_before(node_id, other)
        case _:
            bench.operations.move_after(node_id, other)


def _mark(draw: st.DrawFn, bench: Bench) -> None:
    # Always the first, so that one mark comes to stand in place of another.
    node_id, word = "n0", draw(st.sampled_from(["", "a", "b"]))
    marking = bench.operations.marking
    match draw(st.integers(0, 7)):
        case 0:
            marking.bookmark(node_id)
        case 1:
            marking.remove_bookmark(node_id)
        case 2:
            marking.tag(node_id, Tag(word, draw(st.sampled_from(["red", "grey"])), "subtree"))
        case 3:
            marking.untag(node_id, word)
        case 4:
            marking.note(node_id, word)
        case 5:
            marking.title(node_id, word)
        case 6:
            marking.chapter(node_id, word)
        case _:
            marking.title_session(word)


def _mode(draw: st.DrawFn, bench: Bench) -> None:
    bench.take([ModeChosen(9.0, draw(st.sampled_from(["plain", "chat"])), None)])


_TEXT_KEEPERS: list[Doing] = [
    lambda draw, bench: bench.operations.split(_node(draw, bench), draw(st.integers(0, 12))),
    lambda draw, bench: bench.operations.split_at_token(
        _node(draw, bench), draw(st.integers(0, 5))
    ),
    lambda draw, bench: bench.operations.merge_chain(_node(draw, bench)),
    lambda draw, bench: bench.operations.take_apart(_node(draw, bench)),
]
_DOINGS: list[Doing] = [
    *_TEXT_KEEPERS,
    _grow,
    _grow,
    _write,
    _move,
    _mark,
    _mark,
    _mark,
    _mode,
    lambda draw, bench: bench.operations.hide(_node(draw, bench)),
    lambda draw, bench: bench.operations.restore(_node(draw, bench)),
    lambda draw, bench: bench.operations.merge(_node(draw, bench)),
    lambda draw, bench: bench.operations.duplicate(_node(draw, bench)),
    lambda draw, bench: bench.operations.edit(_node(draw, bench), "another way") and None,
]
_WAYS: list[Doing] = [
    lambda draw, bench: bench.operations.undo() and None,
    lambda draw, bench: bench.operations.undo() and None,
    lambda draw, bench: bench.operations.redo() and None,
]


def _do(draw: st.DrawFn, bench: Bench, choices: list[Doing]) -> None:
    """One thing, or a refusal that changes nothing."""
    before, n_before = seen(bench.tree), len(bench.journal)
    try:
        draw(st.sampled_from(choices))(draw, bench)
    except LoomError:
        assert (seen(bench.tree), len(bench.journal)) == (before, n_before)


@st.composite
def benches(draw: st.DrawFn) -> Bench:
    bench = Bench()
    bench.take([written("n0", b"Once upon a time")])
    _grow(draw, bench)
    return bench


@st.composite
def histories(draw: st.DrawFn) -> tuple[Bench, list[Seen]]:
    """A tree with things done to it, and how it looked after each that is still done."""
    bench = draw(benches())
    history = bench.tree.history
    looks = {len(history.done): seen(bench.tree)}
    for _ in range(draw(st.integers(1, 14))):
        if draw(st.integers(0, 2)):
            _do(draw, bench, _DOINGS)
            looks[len(history.done)] = seen(bench.tree)
        else:
            _do(draw, bench, _WAYS)
            looks.setdefault(len(history.done), seen(bench.tree))
            assert seen(bench.tree) == looks[len(history.done)]
    return bench, [looks[n] for n in sorted(looks) if n <= len(history.done)]


@given(histories())
@settings(max_examples=120, deadline=None)
def test_the_journal_alone_makes_the_same_tree(made: tuple[Bench, list[Seen]]) -> None:
    bench, _ = made
    again = fold(bench.journal)
    assert likeness(again) == likeness(bench.tree)
    assert seen(again) == seen(bench.tree)
    assert again.history.done == bench.tree.history.done
    assert again.history.undone == bench.tree.history.undone


@given(histories())
@settings(max_examples=120, deadline=None)
def test_undoing_goes_back_through_every_look_and_redoing_forth(
    made: tuple[Bench, list[Seen]],
) -> None:
    bench, looks = made
    last, waiting = seen(bench.tree), len(bench.tree.history.undone)
    for look in reversed(looks[:-1]):
        bench.operations.undo()
        assert seen(bench.tree) == look
    bench.undo_all()
    assert seen(bench.tree).nodes == []
    assert all(not bench.tree.is_visible(node.id) for node in bench.tree)
    while len(bench.tree.history.undone) > waiting:
        bench.operations.redo()
    assert seen(bench.tree) == last


@given(histories())
@settings(max_examples=40, deadline=None)
def test_a_file_gives_back_the_tree_and_the_way_back(made: tuple[Bench, list[Seen]]) -> None:
    bench, _ = made
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.loom"
        create(path, STARTED)
        writer = open_for_writing(path)
        writer.commit(bench.journal[1:], None)
        writer.close()
        with open_for_reading(path) as reader:
            again = fold(reader.load_events())
            for node in again:
                if node.token_ids is not None:
                    tokens = reader.read_tokens(node.id)
                    assert tuple(tokens.ids.tolist()) == node.token_ids
                    assert b"".join(tokens.pieces) == node.text
    assert seen(again).nodes == seen(bench.tree).nodes
    assert again.history.done == bench.tree.history.done
    assert again.history.undone == bench.tree.history.undone


@given(histories(), st.floats(0, 1))
@settings(max_examples=120, deadline=None)
def test_a_tree_goes_on_from_a_checkpoint_as_if_it_had_never_been_left(
    made: tuple[Bench, list[Seen]], share: float
) -> None:
    bench, _ = made
    at = int(share * len(bench.journal))
    first = fold(bench.journal[:at])
    kept = first.checkpoint()
    for event in bench.journal[at:]:
        first.apply(event)
    for _ in range(2):
        again = Tree()
        if kept is None:
            return
        again.resume(kept)
        assert likeness(again) == likeness(fold(bench.journal[:at]))
        for event in bench.journal[at:]:
            again.apply(event)
        assert likeness(again) == likeness(bench.tree)
        assert seen(again) == seen(bench.tree)
        assert again.history.done == bench.tree.history.done
        assert again.history.undone == bench.tree.history.undone


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_splitting_and_joining_never_change_what_is_said(data: st.DataObject) -> None:
    bench = data.draw(benches())
    said = sorted(texts(bench.tree))
    for _ in range(data.draw(st.integers(1, 10))):
        _do(data.draw, bench, _TEXT_KEEPERS)
        assert sorted(texts(bench.tree)) == said
        for node in bench.tree:
            _check_tokens(node.id, bench.tree)


def _check_tokens(node_id: str, tree: Tree) -> None:
    node = tree.node(node_id)
    assert node.token_ids is None or sum(node.piece_sizes) == len(node.text)
    assert not (node.retokenised and node.token_ids is not None)
    for source in node.sources:
        part = tree.node(source.node_id).text[source.start_byte : source.end_byte]
        assert part in node.text
