"""Every data format as the table of formats has it: from the material to one text.

Who writes a large session takes the pieces instead (`loom.session.data_exporting`).
"""

from __future__ import annotations

from collections.abc import Iterator

from loom.errors import UsageError
from loom.formats.data.characters import spelled
from loom.formats.data.dot import dot
from loom.formats.data.graph import roads_graph, tree_graph
from loom.formats.data.graphml import graphml
from loom.formats.data.json_lines import json_lines
from loom.formats.data.loomsidian import loomsidian
from loom.formats.data.part import Part
from loom.formats.data.private import without_places
from loom.formats.data.pyloom import pyloom
from loom.formats.data.tables import nodes_csv, tokens_csv
from loom.formats.importing.report import Report
from loom.formats.loom_json import node_object, session_object
from loom.formats.material import Material
from loom.records.tokens import TokenColumns


def nodes_json(part: Part) -> Iterator[str]:
    """The document that `loom show --json` prints, of a part."""
    about = without_places(spelled(session_object(part.tree)))
    yield f'{{"session": {about}, "nodes": ['
    before = "\n"
    for node in part:
        yield before + spelled(node_object(node, part.tree))
        before = ",\n"
    yield "\n]}\n"


def write_json(material: Material) -> str:
    """The nodes for scripts; the whole session, lossless, needs its file."""
    return "".join(nodes_json(Part.of(material.excerpt)))


def write_json_lines(material: Material) -> str:
    """One node a line."""
    return "".join(json_lines(Part.of(material.excerpt)))


def write_nodes_csv(material: Material) -> str:
    """One row a node."""
    return "".join(nodes_csv(Part.of(material.excerpt)))


def write_tokens_csv(material: Material) -> str:
    """One row a token."""
    return "".join(tokens_csv(_tokens(material)))


def write_graphml(material: Material) -> str:
    """The tree as GraphML."""
    return "".join(graphml(tree_graph(Part.of(material.excerpt), material.joins)))


def write_graphml_roads(material: Material) -> str:
    """The roads as GraphML."""
    return "".join(graphml(roads_graph(Part.of(material.excerpt), material.joins)))


def write_dot(material: Material) -> str:
    """The tree as DOT."""
    return "".join(dot(tree_graph(Part.of(material.excerpt), material.joins)))


def write_dot_roads(material: Material) -> str:
    """The roads as DOT."""
    return "".join(dot(roads_graph(Part.of(material.excerpt), material.joins)))


def write_pyloom(material: Material) -> str:
    """The original Loom's JSON."""
    return "".join(pyloom(Part.of(material.excerpt), Report()))


def write_loomsidian(material: Material) -> str:
    """Obsidian loom's JSON."""
    return "".join(loomsidian(Part.of(material.excerpt), Report()))


def write_session(material: Material) -> bytes:
    """A session is copied from file to file, not made of material."""
    raise UsageError(
        f"{material.excerpt.tree.title or 'A session'} can only be copied as a file.",
        "Name a file with -o.",
    )


def _tokens(material: Material) -> Iterator[tuple[str, TokenColumns]]:
    for node in Part.of(material.excerpt):
        tokens = material.tokens_of(node.id)
        if tokens is not None and len(tokens):
            yield node.id, tokens
