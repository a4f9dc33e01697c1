"""A text that is put together from others keeps what is known of their tokens, if that is true."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from loom.records.tokens import concat, rows_of
from loom.store import open_for_reading
from loom.store.database import open_for_writing
from loom.tree.changes import NodeDerived, Slice
from loom.tree.events import BranchClosed, NodeTokenised
from tests.store.specimens import (
    appended,
    new_session,
    opened,
    requested,
    same_tokens,
    written,
)
from tests.store.test_inspection import spoil

GROWN = appended("a", 0, b" upon", b" a time", seed=1)
READ = (7, 8), (b"On", b"ce")
WHOLE = Slice("a", 0, 12, 0, 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """`p` was written and read by a model, from which `a` was grown; `q` nobody has read."""
    path = new_session(tmp_path / "t.loom")
    commit(path, written("p"), NodeTokenised(2.5, "p", *READ, "m"), requested("r", "p"))
    commit(path, opened("a", "p"), GROWN, BranchClosed(6.0, "a", "length"), written("q", b"!"))
    return path


def commit(path: Path, *events: object) -> None:
    writer = open_for_writing(path)
    writer.commit(events, None)  # type: ignore[arg-type]
    writer.close()


def derived(*sources: Slice, text: bytes, ids: tuple[int, ...] | None = None) -> NodeDerived:
    sizes = () if ids is None else (len(text), *(0 for _ in ids[1:]))
    return NodeDerived(9.0, "d", "p", "text", "human", sources, text, ids, sizes, "m", None)


def grown_ids() -> tuple[int, ...]:
    return tuple(GROWN.tokens.ids.tolist())


def test_all_of_a_branch_has_its_seconds_and_its_statistics(path: Path):
    commit(path, derived(WHOLE, text=b" upon a time", ids=grown_ids()))
    with open_for_reading(path) as reader:
        assert same_tokens(reader.read_tokens("d"), GROWN.tokens)


def test_a_part_of_a_branch_has_its_part_of_them(path: Path):
    part = Slice("a", 5, 12, 1, 2)
    commit(path, derived(part, text=b" a time", ids=grown_ids()[1:]))
    with open_for_reading(path) as reader:
        assert same_tokens(reader.read_tokens("d"), rows_of(GROWN.tokens, 1, 2))


def test_what_a_model_only_read_makes_statistics_of_the_whole_untrue(path: Path):
    first = Slice("p", 0, 4, 0, 2)
    commit(path, derived(first, WHOLE, text=b"Once upon a time", ids=(7, 8, *grown_ids())))
    with open_for_reading(path) as reader:
        tokens = reader.read_tokens("d")
    assert tokens.ids.tolist() == [7, 8, *grown_ids()]
    assert tokens.pieces == (*READ[1], *GROWN.tokens.pieces)
    assert tokens.elapsed_s.tolist() == [0.0, 0.0, *GROWN.tokens.elapsed_s.tolist()]
    assert tokens.stats is None


def test_what_no_model_wrote_was_not_generated(path: Path):
    commit(path, derived(Slice("p", 0, 4, 0, 2), text=b"Once", ids=(7, 8)))
    with open_for_reading(path) as reader:
        assert reader.read_tokens("d").ids.tolist() == [7, 8]
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT node_id FROM content WHERE elapsed_s IS NOT NULL").fetchall()
    assert rows == [("a",)]


def test_what_was_cut_through_has_no_tokens(path: Path):
    commit(path, derived(replace(WHOLE, start_byte=2), text=b"pon a time"))
    with open_for_reading(path) as reader:
        assert same_tokens(reader.read_tokens("d"), concat([]))


@pytest.mark.parametrize(
    ("sources", "text", "ids"),
    [
        ((WHOLE,), b" upon a TIME", grown_ids()),
        ((WHOLE,), b" upon a time", (1, 2)),
        ((WHOLE, Slice("q", 0, 1, 0, 1)), b" upon a time!", (*grown_ids(), 3)),
    ],
)
def test_what_the_event_says_counts_where_the_file_says_something_else(
    path: Path, sources: tuple[Slice, ...], text: bytes, ids: tuple[int, ...]
):
    commit(path, derived(*sources, text=text, ids=ids))
    with open_for_reading(path) as reader:
        tokens = reader.read_tokens("d")
    assert tokens.ids.tolist() == list(ids)
    assert b"".join(tokens.pieces) == text
    assert tokens.stats is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM content WHERE node_id = 'a'; DELETE FROM token_statistics",
        "UPDATE token_statistics SET packed = x'00'",
        "UPDATE content SET piece_sizes = x'00000000' WHERE node_id = 'a'",
    ],
)
def test_what_is_lost_of_a_source_costs_no_text(path: Path, statement: str):
    spoil(path, statement)
    commit(path, derived(WHOLE, text=b" upon a time", ids=grown_ids()))
    with open_for_reading(path) as reader:
        tokens = reader.read_tokens("d")
    assert tokens.ids.tolist() == list(grown_ids())
    assert (b"".join(tokens.pieces), tokens.stats) == (b" upon a time", None)
