"""The schema of a session file, as numbered transactional migrations that are never edited."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from loom.store import search
from loom.store.seals import seal_all
from loom.store.views import make_views

APPLICATION_ID = int.from_bytes(b"loom", "big")
"""What SQLite's header says of the file, so that `file` and other programs can tell."""

SCHEMA_VERSION = 3
"""The number of the newest migration; every migration writes its own into `user_version`."""

migrations = Migrations("loom session")


@migrations(name="1 journal")
def journal(db: Database) -> None:
    """Facts that never change, drafts of what is still growing, and pointers that move.

    The comments inside the statements stay in the file, where `.schema` shows them to a person.
    """
    for statement in (_EVENT, _CONTENT, _TOKEN_STATISTICS, _DRAFT, _POINTER, _WRITER, *_INDEXES):
        db.execute(statement)
    for table in ("event", "content", "token_statistics"):
        _make_immutable(db, table)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


@migrations(name="2 seals")
def seals(db: Database) -> None:
    """A seal for every event, those that are there included."""
    db.execute(_SEAL)
    seal_all(db)
    _make_immutable(db, "seal")
    db.execute("PRAGMA user_version = 2")


@migrations(name="3 search")
def searchable(db: Database) -> None:
    """What is made from the journal: an index of words, readable views, condensed parts."""
    search.rebuild(db)
    make_views(db)
    db.execute(_CONDENSED)
    db.execute("PRAGMA user_version = 3")


_EVENT = """
CREATE TABLE event (
    seq     INTEGER PRIMARY KEY, -- the order in which things happened; the tree is their fold
    at      REAL NOT NULL,       -- seconds since the Unix epoch
    kind    TEXT NOT NULL,       -- what happened
    node_id TEXT,                -- the node to which it happened, if to one
    payload TEXT NOT NULL        -- the rest, as a JSON object
)"""

# Keyed by the event that made it whole, not by the node: a written text gets a second row when a
# model reads it, and a row must never change. Bytes, not TEXT: a token may end inside a character.
_CONTENT = """
CREATE TABLE content (
    seq         INTEGER PRIMARY KEY REFERENCES event (seq), -- the event that it belongs to
    node_id     TEXT NOT NULL,
    text        BLOB NOT NULL, -- verbatim bytes, not always valid UTF-8
    token_ids   BLOB,          -- int32, little-endian, one a token; NULL: no model has read it
    piece_sizes BLOB,          -- int32, little-endian: the bytes of text that each token stands for
    elapsed_s   BLOB           -- float32, little-endian, after the request; NULL: not generated
)"""

# Apart from `content`, because it is twenty times as large and opening a session does not need it.
_TOKEN_STATISTICS = """
CREATE TABLE token_statistics (
    seq    INTEGER PRIMARY KEY REFERENCES content (seq),
    n_top  INTEGER NOT NULL, -- K: how many of the likeliest tokens are kept at each position
    -- zlib over one column after the other, each little-endian, n tokens: logprob float32[n],
    -- top_ids int32[n][K], top_logprobs float32[n][K], residual_mass float32[n],
    -- entropy_bits float32[n], collision float32[n], varentropy_bits2 float32[n], p_max float32[n]
    packed BLOB NOT NULL
)"""

# A branch lands here while it grows; its closing moves it into one row of `content`.
_DRAFT = """
CREATE TABLE draft (
    id          INTEGER PRIMARY KEY,
    node_id     TEXT NOT NULL,
    start       INTEGER NOT NULL, -- how many tokens the node had before these
    at          REAL NOT NULL,
    text        BLOB NOT NULL,    -- these four as in content
    token_ids   BLOB NOT NULL,
    piece_sizes BLOB NOT NULL,
    elapsed_s   BLOB NOT NULL,
    n_top       INTEGER,          -- these two as in token_statistics; NULL: there are none
    packed      BLOB
)"""

_POINTER = """
CREATE TABLE pointer (
    name    TEXT PRIMARY KEY, -- 'selected': where the person stands
    node_id TEXT NOT NULL,
    at      REAL NOT NULL
)"""

# Only for the sentence that refuses a second writer; what refuses it is a lock of the operating
# system, because a row outlives a killed process.
_WRITER = """
CREATE TABLE writer (
    pid   INTEGER NOT NULL, -- the process that has the file open for writing; no row at rest
    since REAL NOT NULL
)"""

# Apart from `event`, because opening a session does not need it.
_SEAL = """
CREATE TABLE seal (
    seq    INTEGER PRIMARY KEY REFERENCES event (seq),
    sha256 BLOB NOT NULL -- of the seal before and of every column of the event and its content
)"""

# Only opens large sessions quickly; without a row, or with a wrong one, the journal is read.
_CONDENSED = """
CREATE TABLE condensed (
    through_seq INTEGER PRIMARY KEY, -- the last event of this part; it begins after the part before
    sha256      BLOB NOT NULL,       -- of the part before, that event's seal and `packed`
    packed      BLOB NOT NULL        -- zlib over what the events of this part come to
)"""

_INDEXES = (
    "CREATE INDEX event_by_node ON event (node_id)",
    "CREATE INDEX content_by_node ON content (node_id)",
    "CREATE INDEX draft_by_node ON draft (node_id)",
)


def _make_immutable(db: Database, table: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END"
    for verb in ("UPDATE", "DELETE"):
        db.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}")
    # INSERT OR REPLACE deletes without asking the trigger above unless recursive triggers are on,
    # which another program need not do.
    db.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE seq = NEW.seq) {refuse}"
    )
