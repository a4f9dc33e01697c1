"""Faults that take minutes to do as often as they should be done."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loom.store import open_for_reading
from tests.store.specimens import new_session, read_tree
from tests.store.test_faults import kill_at_random_moments

N_EVENTS = 1_000_000


@pytest.mark.long
def test_a_writer_killed_at_200_random_moments(tmp_path: Path):
    kill_at_random_moments(tmp_path, random.Random(1), 200)


@pytest.mark.long
def test_a_journal_of_a_million_events_opens_and_is_searched(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    with closing(sqlite3.connect(path)) as db:
        # As journal and index would have them, without their seals: what is tried is the size.
        payload = '{"parent_id":null,"role":"text","author":"human","special":false}'
        rows = ((n, 2.0, "node_added", f"n{n}", payload) for n in range(2, N_EVENTS + 1))
        db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
        db.executemany(
            "INSERT INTO content (seq, node_id, text) VALUES (?, ?, ?)",
            ((n, f"n{n}", b"word %d" % n) for n in range(2, N_EVENTS + 1)),
        )
        db.executemany(
            "INSERT INTO search (rowid, text, node_id) VALUES (?, ?, ?)",
            ((n, f"word {n}", f"n{n}") for n in range(2, N_EVENTS + 1)),
        )
        db.commit()
    tree = read_tree(path)
    assert len(tree) == N_EVENTS - 1
    with open_for_reading(path) as reader:
        assert [found.node_id for found in reader.search("word 777777", 3)] == ["n777777"]
