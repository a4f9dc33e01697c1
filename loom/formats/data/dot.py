"""DOT: a graph for Graphviz. Labels are beginnings; whole texts are the tooltips."""

from __future__ import annotations

from collections.abc import Iterator

from loom.formats.data.graph import Edge, Graph, Vertex
from loom.tree.node import HUMAN
from loom.tree.visible import visible, visible_line

_LABEL_WIDTH = 48


def dot(graph: Graph) -> Iterator[str]:
    """The graph, top down; written texts are boxes, meetings are dashed and move nothing."""
    yield f"digraph {_quoted(graph.title or 'loom')} {{\n"
    yield '  node [shape=box, style=rounded, fontname="sans-serif"];\n'
    yield from map(_vertex, graph.vertices)
    yield from map(_edge, graph.edges)
    yield "}\n"


def _vertex(vertex: Vertex) -> str:
    text = vertex.text.decode("utf-8", "replace")
    begun = visible_line(text.strip())
    label = begun if len(begun) <= _LABEL_WIDTH else begun[: _LABEL_WIDTH - 1] + "…"
    shape = ""
    if vertex.role == "road":
        shape = ", shape=ellipse"
    elif vertex.author == HUMAN:
        shape = ", style=solid"
    shown = f"label={_quoted(label or '(empty)')}, tooltip={_quoted(text)}"
    return f"  {_quoted(vertex.id)} [{shown}{shape}];\n"


def _edge(edge: Edge) -> str:
    ends = f"  {_quoted(edge.source)} -> {_quoted(edge.target)}"
    if edge.kind == "continues":
        return f"{ends};\n"
    label = f"label={_quoted(f'{edge.label} {edge.verdict}')}"
    if edge.kind == "joins":
        return f"{ends} [{label}];\n"
    return f"{ends} [{label}, style=dashed, dir=none, constraint=false];\n"


def _quoted(text: str) -> str:
    # In DOT a backslash begins an escape of its own, and only it and the quote need one.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{visible(escaped)}"'
