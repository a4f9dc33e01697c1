"""GraphML: a graph for Gephi, yEd, igraph, networkx and the like."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator

from loom.formats.data.graph import Edge, Graph, Vertex

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
# Written out, or a parser would make blanks of them.
_BLANKS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_ESCAPES = str.maketrans(_ENTITIES | _BLANKS)
_KEYS = (
    ("text", "node", "string"),
    ("bytes_base64", "node", "string"),
    ("role", "node", "string"),
    ("author", "node", "string"),
    ("n_tokens", "node", "int"),
    ("kind", "edge", "string"),
    ("label", "edge", "string"),
    ("verdict", "edge", "string"),
)


def graphml(graph: Graph) -> Iterator[str]:
    """The graph; texts that XML cannot hold are also there as base64 of their bytes."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for name, of, kind in _KEYS:
        yield f'<key id="{name}" for="{of}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph edgedefault="directed">\n'
    yield from map(_vertex, graph.vertices)
    yield from map(_edge, graph.edges)
    yield "</graph>\n</graphml>\n"


def _vertex(vertex: Vertex) -> str:
    text = vertex.text.decode("utf-8", "replace")
    shown = _FORBIDDEN.sub("\ufffd", text)
    exact = ""
    if shown.encode() != vertex.text:
        exact = _data("bytes_base64", b64encode(vertex.text).decode("ascii"))
    return (
        f'<node id="{_escaped(vertex.id)}">{_data("text", shown)}{exact}'
        f"{_data('role', vertex.role)}{_data('author', vertex.author)}"
        f"{_data('n_tokens', str(vertex.n_tokens))}</node>\n"
    )


def _edge(edge: Edge) -> str:
    more = _data("label", edge.label) + _data("verdict", edge.verdict) if edge.label else ""
    return (
        f'<edge source="{_escaped(edge.source)}" target="{_escaped(edge.target)}">'
        f"{_data('kind', edge.kind)}{more}</edge>\n"
    )


def _data(key: str, value: str) -> str:
    return f'<data key="{key}">{_escaped(value)}</data>'


def _escaped(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text).translate(_ESCAPES)
