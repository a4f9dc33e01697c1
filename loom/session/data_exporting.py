"""Writing a session out as data: what each format needs of the file, and its chunks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from loom.convergence.joins import find_joins
from loom.errors import LoomError, UsageError
from loom.formats.data.dot import dot
from loom.formats.data.graph import roads_graph, tree_graph
from loom.formats.data.graphml import graphml
from loom.formats.data.json_lines import json_lines
from loom.formats.data.loom_json import Rows, loom_json
from loom.formats.data.loomsidian import loomsidian
from loom.formats.data.private import without_places
from loom.formats.data.pyloom import pyloom
from loom.formats.data.tables import nodes_csv, tokens_csv
from loom.formats.importing.report import Report
from loom.records.tokens import TokenColumns
from loom.session.reading import read_tree
from loom.store.copying import copy_session, copy_without_alternatives
from loom.store.database import open_for_reading, open_rows
from loom.tree.graph import Tree

Alternatives = Literal["kept", "left out"]
"""Whether a copy holds the tokens that might have come instead."""


@dataclass(frozen=True, slots=True)
class DataSource:
    """A session that is being exported; `report` says what a format could not hold.

    `tidy` is what becomes of payloads that may name places of this machine.
    """

    path: Path
    tree: Tree
    report: Report = field(default_factory=Report)
    tidy: Callable[[str], str] = without_places

    def tokens(self) -> Iterator[tuple[str, TokenColumns]]:
        """The tokens of every node that has some."""
        with open_for_reading(self.path) as reader:
            yield from reader.each_tokens()


DataFormat = Callable[[DataSource], Iterator[str]]


def _json(source: DataSource) -> Iterator[str]:
    with open_rows(source.path) as rows:
        whole = Rows(rows.events(), rows.drafts(), rows.pointers())
        yield from loom_json(source.tree, whole, source.tidy)


DATA_FORMATS: Mapping[str, DataFormat] = {
    "json": _json,
    "jsonl": lambda source: json_lines(source.tree),
    "csv": lambda source: nodes_csv(source.tree),
    "csv-tokens": lambda source: tokens_csv(source.tokens()),
    "graphml": lambda source: graphml(tree_graph(source.tree, find_joins(source.tree))),
    "graphml-roads": lambda source: graphml(roads_graph(source.tree, find_joins(source.tree))),
    "dot": lambda source: dot(tree_graph(source.tree, find_joins(source.tree))),
    "dot-roads": lambda source: dot(roads_graph(source.tree, find_joins(source.tree))),
    "pyloom": lambda source: pyloom(source.tree, source.report),
    "loomsidian": lambda source: loomsidian(source.tree, source.report),
}
"""Formats that are text; `loom` is a session file and copied by the store."""


def write_data(path: Path, format_name: str, output: Path | None) -> Report:
    """Write a session in a data format, to a file or to stdout; the report says what was lost.

    A file that was there stays as it was until the new one is whole. LoomError if it cannot be.
    """
    source = DataSource(path, read_tree(path))
    chunks = (chunk.encode() for chunk in DATA_FORMATS[format_name](source))
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        return source.report
    unfinished = output.with_name(f".{os.getpid()}-{output.name}"[:200])
    try:
        with unfinished.open("wb", buffering=1 << 20) as file:
            file.writelines(chunks)
        unfinished.replace(output)
    except OSError as error:
        raise LoomError(
            f"{output} cannot be written ({(error.strerror or str(error)).lower()}).",
            "Name another file with -o.",
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return source.report


def write_session(path: Path, output: Path | None, alternatives: Alternatives) -> None:
    """A safe copy of a session file; UsageError without a file to copy to."""
    if output is None:
        raise UsageError("A session is no text for a terminal.", "Name a file with -o.")
    if alternatives == "kept":
        copy_session(path, output)
    else:
        copy_without_alternatives(path, output)
