"""Other programs' SQLite files, opened read-only: basemode-loom's and llm's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from loom.errors import ForeignFileError
from loom.formats.importing.looms.basemode import plant_row
from loom.formats.importing.planting import Planting
from loom.formats.importing.values import text_of, time_of, without
from loom.tree.node import HUMAN

_KNOWN = ("id", "model", "prompt", "system", "response", "datetime_utc", "conversation_id")
# Whole requests and answers as they went over the wire: they repeat what the columns say.
_WIRE = ("prompt_json", "response_json")
# What a prompt or an answer of llm can have beside its text, a row each.
_BESIDE = {
    "prompt_fragments": "fragments that stood before prompts",
    "system_fragments": "fragments that stood before system prompts",
    "prompt_attachments": "attachments of prompts",
    "tool_calls": "calls of tools",
    "tool_results": "results of tools",
}


def tables_of(path: Path) -> Mapping[str, frozenset[str]]:
    """The columns of each table; ForeignFileError if it is no sound database."""
    try:
        with closing(_connect(path)) as connection:
            names = [name for (name,) in connection.execute(_TABLES).fetchall()]
            return {name: _columns(connection, name) for name in names}
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def is_basemode(tables: Mapping[str, frozenset[str]]) -> bool:
    """Whether these are the tables of basemode-loom."""
    return {"id", "parent_id", "text", "kind"} <= tables.get("nodes", frozenset())


def is_llm(tables: Mapping[str, frozenset[str]]) -> bool:
    """Whether these are the tables of llm's log."""
    return {"prompt", "response", "conversation_id"} <= tables.get("responses", frozenset())


def is_loom(tables: Mapping[str, frozenset[str]]) -> bool:
    """Whether these are the tables of a session of loom's own."""
    return {"event", "content", "draft", "pointer"} <= set(tables)


def read_basemode(path: Path, planting: Planting) -> None:
    """Every node of basemode-loom's database."""
    for row in _rows(path, "nodes"):
        plant_row(planting, row)


def read_llm(path: Path, planting: Planting) -> None:
    """Every conversation of llm's log: prompts and responses, each below the one before."""
    planting.mode = "chat"
    names = {row.get("id"): text_of(row.get("name")) for row in _rows(path, "conversations")}
    last: dict[object, int] = {}
    systems: dict[object, str] = {}
    for row in _rows(path, "responses"):
        conversation = row.get("conversation_id") or f"alone {row.get('id')}"
        at, parent = time_of(row.get("datetime_utc")), last.get(conversation)
        about = {"conversation": names.get(conversation, "")} if parent is None else {}
        system = text_of(row.get("system"))
        if system and systems.get(conversation) != system:
            parent = planting.add(
                system, parent=parent, role="system", author=HUMAN, at=at, keys=about
            )
            systems[conversation], about = system, {}
        parent = planting.add(
            row.get("prompt"), parent=parent, role="user", author=HUMAN, at=at, keys=about
        )
        planting.report.lost(
            "requests and answers as they went over the wire",
            sum(bool(row.get(key)) for key in _WIRE),
        )
        last[conversation] = planting.add(
            row.get("response"),
            foreign_id=text_of(row.get("id")),
            parent=parent,
            role="assistant",
            author=text_of(row.get("model")) or "unknown",
            at=at,
            finish="eos",
            keys=without(row, *_KNOWN, *_WIRE),
        )
    for table, what in _BESIDE.items():
        planting.report.lost(what, sum(1 for _ in _rows(path, table)))


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def _columns(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    return frozenset(name for (name,) in rows)


def _rows(path: Path, table: str) -> Iterator[dict[str, object]]:
    """The rows of a table in the order in which they were made; none if there is no such table."""
    try:
        with closing(_connect(path)) as connection:
            if not _columns(connection, table):
                return
            cursor = connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield {name: _plain(value) for name, value in zip(names, row, strict=True)}
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def _plain(value: object) -> object:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _unreadable(path: Path, error: sqlite3.Error) -> ForeignFileError:
    return ForeignFileError(
        f"{path.name} is a database that cannot be read ({error}).",
        "Close the program that it belongs to, or take another copy.",
    )
