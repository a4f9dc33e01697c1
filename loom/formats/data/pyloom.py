"""The original Loom's JSON, such that it opens there and what came from there comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from loom.formats.data.characters import characters
from loom.formats.data.part import Part
from loom.formats.data.pyloom_marks import with_labels, with_tags
from loom.formats.importing.report import Report
from loom.tree.node import HUMAN, Node
from loom.tree.origin import origin_of

PROGRAM = "pyloom"
_TIME = "%Y-%m-%d-%H.%M.%S"


def pyloom(part: Part, report: Report) -> Iterator[str]:
    """A document with one root, nested as deep as the tree is."""
    return _Writing(part, report).document()


class _Writing:
    def __init__(self, part: Part, report: Report) -> None:
        self._part = part
        self._report = report
        self._completions: dict[str, list[Node]] = {}
        self._index: dict[str, int] = {}
        for node in part:
            if node.request_id is not None:
                siblings = self._completions.setdefault(node.request_id, [])
                self._index[node.id] = len(siblings)
                siblings.append(node)

    def document(self) -> Iterator[str]:
        yield '{"root":'
        roots = self._part.root_ids
        if len(roots) == 1:
            yield from self._nested(roots[0])
        else:
            # There a tree has one root.
            self._report.guessed("beginnings that hang from one empty text", len(roots))
            yield '{"id":"beginnings","text":"","mutable":true,"open":true,"children":['
            for n, root_id in enumerate(roots):
                yield "," if n else ""
                yield from self._nested(root_id)
            yield "]}"
        yield from self._beside()
        yield "}\n"

    def _beside(self) -> Iterator[str]:
        """What stands beside the root: what stood there, and the models' answers."""
        keys: dict[str, object] = {}
        for event in self._part.tree.imports:
            if event.program == PROGRAM:
                keys |= json.loads(event.keys)
        kept = keys.pop("model_responses", None)
        responses = kept if isinstance(kept, dict) else {}
        for request_id, nodes in self._completions.items():
            responses[request_id] = {
                "id": request_id,
                "model": nodes[0].author,
                "prompt": {"text": "", "tokens": []},
                "completions": [_completion(node) for node in nodes],
            }
        if responses:
            keys["model_responses"] = responses
        if self._part.selected_id is not None:
            keys["selected_node_id"] = self._part.selected_id
        for key, value in with_labels(keys, self._part).items():
            yield f",{json.dumps(key)}:{json.dumps(value)}"

    def _nested(self, top: str) -> Iterator[str]:
        """A node with all below it, written without recursion."""
        stack: list[str | None] = [top]
        first = True
        while stack:
            node_id = stack.pop()
            if node_id is None:
                yield "]}"
                first = False
                continue
            comma = "" if first else ","
            yield f'{comma}{json.dumps(self._node(self._part.node(node_id)))[:-1]},"children":['
            stack.append(None)
            stack += reversed(self._part.child_ids(node_id))
            first = True

    def _node(self, node: Node) -> dict[str, object]:
        origin = origin_of(node.origin)
        keys = dict(origin.keys) if origin.program == PROGRAM else _fresh(node)
        keys = with_tags(keys, self._part.tree.marks(node.id))
        if node.request_id is not None:
            keys["generation"] = {"id": node.request_id, "index": self._index[node.id]}
        text = characters(node, self._report)
        found: dict[str, object] = {"id": node.id, "text": text}
        if node.parent_id is not None:
            found["parent_id"] = node.parent_id
        return found | {key: value for key, value in keys.items() if key not in _OWN}


_OWN = ("id", "text", "parent_id", "children")


def _fresh(node: Node) -> dict[str, object]:
    """What a node has there that came from elsewhere."""
    made = datetime.fromtimestamp(node.created_at, UTC).strftime(_TIME)
    source = "prompt" if node.author == HUMAN else "AI"
    return {
        "mutable": True,
        "visited": True,
        "open": True,
        "meta": {"creation_timestamp": made, "source": source},
    }


def _completion(node: Node) -> dict[str, object]:
    reason = "length" if node.finish in ("length", "context") else "stop"
    return {"text": node.display_text(), "finishReason": reason, "tokens": []}
