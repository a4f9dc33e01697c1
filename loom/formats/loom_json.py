"""Nodes, trees and joins as JSON: the shapes that scripts rely on."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from loom.records import Join, JudgedRound, RoadTold
from loom.tree.events import GrowthRequested
from loom.tree.graph import Tree
from loom.tree.history import Step
from loom.tree.marks import UNMARKED
from loom.tree.node import Node

JsonObject = Mapping[str, object]


def dumps(document: object) -> str:
    """One JSON document on one line: in characters as they are, or in ASCII (`fits_utf8`)."""
    found = json.dumps(document, ensure_ascii=False)
    return found if fits_utf8(found) else json.dumps(document)


def fits_utf8(text: str) -> bool:
    """Whether a text is characters; names of files may hold bytes that are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def node_object(node: Node, tree: Tree) -> JsonObject:
    """One node; `bytes_base64` is there only where the bytes are no UTF-8."""
    request = tree.requests.get(node.request_id) if node.request_id else None
    found: dict[str, object] = {
        "id": node.id,
        "parent": node.parent_id,
        "role": node.role,
        "author": node.author,
        "text": node.display_text(),
        "n_tokens": node.n_tokens,
        "state": node.state,
        "finish": node.finish,
        "hidden": node.hidden,
        "created_at": datetime.fromtimestamp(node.created_at, UTC).isoformat(),
        "request": node.request_id,
        "index": node.index,
        "n_asked": _n_asked(tree, request) if request else None,
    }
    if (encoded := _base64_if_needed(node.text)) is not None:
        found["bytes_base64"] = encoded
    if node.message:
        found["message"] = node.message
    if node.special:
        found["special"] = True
    if request is not None:
        found["queue_s"] = node.queue_s
    return found | _marks(node, tree) | _origin(node)


def step_object(step: Step) -> JsonObject:
    """What was undone or redone: what, where and when it was."""
    return {
        "operation": step.operation_id,
        "verb": step.verb,
        "node": step.node_id,
        "at": datetime.fromtimestamp(step.at, UTC).isoformat(),
        "author": step.author,
    }


def tree_object(tree: Tree, nodes: Iterable[Node] | None = None) -> JsonObject:
    """A whole session: what it is, every request as it was made, and the nodes to be seen.

    Or these `nodes`, in the order given.
    """
    shown = tree.visible() if nodes is None else nodes
    return {
        "session": session_object(tree),
        "nodes": [node_object(node, tree) for node in shown],
    }


def session_object(tree: Tree) -> JsonObject:
    """What a session is, and every request as it was made."""
    return {
        "title": tree.title,
        "mode": tree.mode,
        "template": tree.template,
        "model": tree.model,
        "selected": tree.selected_id,
        "requests": [
            {
                "id": request.request_id,
                "parent": request.parent_id,
                "n_asked": _n_asked(tree, request),
                "max_tokens": request.max_tokens,
                "seed": request.seed,
                "sampling": {
                    **asdict(request.sampling),
                    "steps": list(request.sampling.steps),
                },
                "ending": asdict(request.ending),
                "cover": _cover(tree, request),
                "mode": request.mode,
                "template": None if request.template is None else asdict(request.template),
                "provenance": _provenance(tree, request.request_id),
            }
            for request in tree.requests.values()
        ],
    }


def joins_object(
    joins: Sequence[Join],
    roads: Sequence[RoadTold],
    n_not_reached: int = 0,
    last: JudgedRound | None = None,
) -> JsonObject:
    """Where branches meet again, and how many joins and places no future was looked at for.

    `roads` are the joins among them with their ways in; `last` is the last that was judged: by
    which model, with which settings, at what cost.
    """
    n_not_judged = sum(join.verdict == "not_judged" for join in joins)
    return {
        "joins": [asdict(join) for join in joins],
        "roads": [asdict(road) for road in roads],
        "not_judged": n_not_judged + n_not_reached,
        "judging": None if last is None else _judging(last),
    }


def _judging(last: JudgedRound) -> JsonObject:
    return {key: value for key, value in asdict(last).items() if key != "judged"}


def _marks(node: Node, tree: Tree) -> dict[str, object]:
    """What people put on a node, as far as they did; `tags` are its own."""
    marks = tree.marks(node.id)
    if marks is UNMARKED:
        return {}
    return {key: value for key, value in asdict(marks).items() if value}


def _origin(node: Node) -> dict[str, object]:
    """Where the text of a node comes from, and whether its tokens and statistics still hold."""
    found: dict[str, object] = {}
    if node.sources:
        found["sources"] = [asdict(source) for source in node.sources]
    if node.retokenised:
        found["retokenised"] = True
    if node.displaced:
        found["displaced"] = True
    return found


def _n_asked(tree: Tree, request: GrowthRequested) -> int:
    """How many branches there should be; a growth that covers tokens finds that out itself."""
    covered = tree.covered.get(request.request_id)
    return request.n_branches if covered is None else covered.n_branches


def _cover(tree: Tree, request: GrowthRequested) -> JsonObject | None:
    if request.cover is None:
        return None
    covered = tree.covered.get(request.request_id)
    return asdict(request.cover) | {"mass": None if covered is None else covered.mass}


def _provenance(tree: Tree, request_id: str) -> JsonObject | None:
    provenance = tree.provenance.get(request_id)
    if provenance is None:
        return None
    found = asdict(provenance)
    # A path tells more of a person's machine than of how a text was made.
    found["model"] = {k: v for k, v in found["model"].items() if k not in ("path", "chat_template")}
    return found


def _base64_if_needed(text: bytes) -> str | None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return b64encode(text).decode("ascii")
    return None
