"""A session as one JSON document that loses nothing: every node to read, and the whole journal.

A text stands once, with its node; an event of the journal says only how it is cut into tokens,
unless it brings another text. Numbers that are exact only as bits are kept packed, in base64, as
`loom_json.schema.json` describes. There is no time of export and no version in it, so that the
same session gives the same bytes.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from loom.formats.data.characters import spelled
from loom.formats.loom_json import node_object
from loom.records.stored import StoredContent, StoredDraft, StoredEvent, StoredPointer
from loom.tree.graph import Tree

FORMAT_NUMBER = 1
_INT, _FLOAT = np.dtype("<i4"), np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a session file holds; `events` are read as they are asked for."""

    events: Iterable[StoredEvent]
    drafts: Iterable[StoredDraft]
    pointers: Iterable[StoredPointer]


def loom_json(tree: Tree, rows: Rows, tidy: Callable[[str], str]) -> Iterator[str]:
    """The document in pieces, a node or an event a line; `tidy` may take paths out of payloads."""
    about = tidy(spelled(_session(tree)))
    yield f'{{"loom_json":{FORMAT_NUMBER},\n"session":{about},\n"nodes":['
    yield from _listed(spelled(node_object(node, tree)) for node in tree)
    yield '],\n"journal":['
    yield from _listed(_event(event, tree, tidy) for event in rows.events)
    yield '],\n"drafts":['
    yield from _listed(_draft(draft) for draft in rows.drafts)
    yield '],\n"pointers":['
    yield from _listed(_pointer(pointer) for pointer in rows.pointers)
    yield "]}\n"


def _session(tree: Tree) -> dict[str, object]:
    return {
        "title": tree.title,
        "mode": tree.mode,
        "template": tree.template,
        "model": tree.model,
        "selected": tree.selected_id,
    }


def _event(event: StoredEvent, tree: Tree, tidy: Callable[[str], str]) -> str:
    found: dict[str, object] = {"at": event.at, "kind": event.kind}
    if event.node_id is not None:
        found["node"] = event.node_id
    found["payload"] = json.loads(tidy(event.payload))
    if event.content is not None:
        written = tree.node(event.node_id).text if event.node_id in tree else None  # type: ignore[arg-type]
        found["content"] = _content(event.content, written)
    return spelled(found)


def _draft(draft: StoredDraft) -> str:
    about = {"node": draft.node_id, "start": draft.start, "at": draft.at}
    return spelled({**about, "content": _content(draft.content, None)})


def _pointer(pointer: StoredPointer) -> str:
    return spelled({"name": pointer.name, "node": pointer.node_id, "at": pointer.at})


def _content(content: StoredContent, written: bytes | None) -> dict[str, object]:
    found: dict[str, object] = {}
    if content.text != written:
        found |= _text(content.text)
    if content.token_ids is not None:
        found["token_ids"] = np.frombuffer(content.token_ids, _INT).tolist()
    if content.piece_sizes is not None:
        found["piece_sizes"] = np.frombuffer(content.piece_sizes, _INT).tolist()
    if content.elapsed_s is not None:
        found["elapsed_s"] = np.frombuffer(content.elapsed_s, _FLOAT).tolist()
    if content.packed is not None:
        found["n_top"] = content.n_top
        found["statistics_base64"] = b64encode(content.packed).decode("ascii")
    return found


def _text(text: bytes) -> dict[str, object]:
    try:
        return {"text": text.decode()}
    except UnicodeDecodeError:
        return {"bytes_base64": b64encode(text).decode("ascii")}


def _listed(items: Iterable[str]) -> Iterator[str]:
    before = "\n"
    for item in items:
        yield before + item
        before = ",\n"
