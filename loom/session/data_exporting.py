"""Writing a session out as data: what each format needs of the file, in pieces of any number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from loom.errors import UsageError
from loom.formats.choice import Choice, Excerpt, excerpt, joins_within
from loom.formats.data.dot import dot
from loom.formats.data.graph import roads_graph, tree_graph
from loom.formats.data.graphml import graphml
from loom.formats.data.json_lines import json_lines
from loom.formats.data.loom_json import Rows, loom_json
from loom.formats.data.loomsidian import loomsidian
from loom.formats.data.nodes_json import nodes_json
from loom.formats.data.part import Part
from loom.formats.data.private import without_places
from loom.formats.data.pyloom import pyloom
from loom.formats.data.tables import nodes_csv, tokens_csv
from loom.formats.importing.report import Remark, Report
from loom.records import Join
from loom.records.tokens import TokenColumns
from loom.session.exporting import as_bytes, not_written
from loom.session.judging.telling import joins_of
from loom.session.reading import without_collection
from loom.store.copying import copy_session, copy_without_alternatives
from loom.store.database import open_for_reading, open_rows
from loom.tree.graph import Tree

Alternatives = Literal["kept", "left out"]
"""Whether a copy holds the tokens that might have come instead."""


@dataclass(frozen=True, slots=True)
class DataSource:
    """A session that is being exported, or a part of it; `report` says what a format cannot hold.

    `tidy` is what becomes of payloads that may name places of this machine.
    """

    path: Path
    part: Part
    joins: Callable[[], tuple[Join, ...]]
    report: Report = field(default_factory=Report)
    tidy: Callable[[str], str] = without_places

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.part.children is None

    def tokens(self) -> Iterator[tuple[str, TokenColumns]]:
        """The tokens of every node that has some."""
        with open_for_reading(self.path) as reader:
            for node_id, tokens in reader.each_tokens():
                if node_id in self.part:
                    yield node_id, tokens


def _json(source: DataSource) -> Iterator[str]:
    if not source.is_whole:
        source.report.lost("the journal, tokens and requests, which only a whole session has")
        yield from nodes_json(source.part)
        return
    with open_rows(source.path) as rows:
        whole = Rows(rows.events(), rows.drafts(), rows.pointers())
        yield from loom_json(source.part.tree, whole, source.tidy)


_WRITERS: Mapping[str, Callable[[DataSource], Iterator[str]]] = {
    "json": _json,
    "jsonl": lambda source: json_lines(source.part),
    "csv": lambda source: nodes_csv(source.part),
    "csv-tokens": lambda source: tokens_csv(source.tokens()),
    "graphml": lambda source: graphml(tree_graph(source.part, source.joins())),
    "graphml-roads": lambda source: graphml(roads_graph(source.part, source.joins())),
    "dot": lambda source: dot(tree_graph(source.part, source.joins())),
    "dot-roads": lambda source: dot(roads_graph(source.part, source.joins())),
    "pyloom": lambda source: pyloom(source.part, source.report),
    "loomsidian": lambda source: loomsidian(source.part, source.report),
}


def data_source(path: Path, tree: Tree, choice: Choice) -> DataSource:
    """A session to export, whose tree was read from that file.

    Without a word of a person data is all that there is, hidden nodes too.
    """
    if choice == Choice():
        return DataSource(path, Part.whole(tree), lambda: _joins(tree))
    part = excerpt(tree, choice, _joins(tree) if choice.joins_only else ())
    source = DataSource(path, Part.of(part), lambda: joins_within(_joins(tree), part))
    source.report.lost("nodes beyond the limits", sum(part.n_more.values()) + part.n_more_at_top)
    source.report.lost("characters beyond the limits", _n_characters_left_out(part))
    return source


def _joins(tree: Tree) -> tuple[Join, ...]:
    with without_collection():
        return joins_of(tree)


def _n_characters_left_out(part: Excerpt) -> int:
    if part.n_characters is None:
        return 0
    lengths = (len(part.tree.node(node_id).display_text()) for node_id in part.children)
    return sum(max(0, n - part.n_characters) for n in lengths)


def chunks(source: DataSource, format_name: str) -> Iterator[bytes]:
    """The bytes of an export, in pieces."""
    return map(as_bytes, _WRITERS[format_name](source))


def write_data(
    path: Path, tree: Tree, format_name: str, choice: Choice, output: Path
) -> tuple[Remark, ...]:
    """Write a session to a file; returns what was lost. LoomError if it cannot be.

    A file that was there stays as it was until the new one is whole.
    """
    source = data_source(path, tree, choice)
    unfinished = output.with_name(f".{os.getpid()}-{output.name}"[:200])
    try:
        with unfinished.open("wb", buffering=1 << 20) as file:
            file.writelines(chunks(source, format_name))
        unfinished.replace(output)
    except OSError as error:
        raise not_written(output, error) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return source.report.remarks()


def copied(path: Path, output: Path | None, choice: Choice, alternatives: Alternatives) -> None:
    """A safe copy of a session file; UsageError for a part, or without a file to copy to."""
    if output is None:
        raise UsageError("A session is no text for a terminal.", "Name a file with -o.")
    if choice != Choice():
        raise UsageError("A session is copied whole.", "Leave out what chooses a part of it.")
    if alternatives == "kept":
        copy_session(path, output)
    else:
        copy_without_alternatives(path, output)
