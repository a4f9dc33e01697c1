"""Events as rows of the journal and back; ValueError where a row makes no sense.

Texts and tokens travel apart from the row, as packed content. `TokensAppended` and `NodeSelected`
have no row of their own: tokens are drafts until their branch closes, and where the person stands
is a pointer.
"""

from __future__ import annotations

from types import UnionType
from typing import get_args

from loom.store.change_payload import (
    derived_content,
    from_node_change,
    from_session_change,
    to_node_change,
    to_session_change,
)
from loom.store.growth_payload import from_cover, from_ending, to_cover, to_ending, to_mode
from loom.store.import_payload import (
    from_imported_node,
    from_imported_tree,
    to_imported_node,
    to_imported_tree,
)
from loom.store.judged_payload import from_round, to_round
from loom.store.opening_payload import from_opening, to_opening
from loom.store.packing import pack_ints
from loom.store.payload import (
    Json,
    Payload,
    from_provenance,
    spell,
    to_provenance,
)
from loom.store.row import Content as Content
from loom.store.row import EventRow as EventRow
from loom.store.row import required
from loom.store.sampling_payload import from_sampling, to_sampling
from loom.store.template_payload import from_template_use, to_template_use
from loom.tree.changes import NodeChange, NodeDerived, OperationMark, SessionChange
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    Finish,
    FuturesJudged,
    GrowthAccepted,
    GrowthCovered,
    GrowthRequested,
    Mode,
    ModeChosen,
    ModelChosen,
    ModelHashed,
    NodeAdded,
    NodeImported,
    NodeTokenised,
    Role,
    SecondModelChosen,
    SessionStarted,
    TreeImported,
)

NodeEvent = NodeAdded | NodeImported | NodeTokenised | BranchOpened | BranchClosed | NodeChange
SessionEvent = (
    SessionStarted
    | TreeImported
    | ModelChosen
    | ModeChosen
    | SecondModelChosen
    | ModelHashed
    | GrowthRequested
    | GrowthAccepted
    | GrowthCovered
    | SessionChange
    | OperationMark
    | FuturesJudged
)
JournalEvent = NodeEvent | SessionEvent
"""The events that have a row of their own: about one node, or about the session."""

_MODES: tuple[Mode, ...] = get_args(Mode)
_ROLES: tuple[Role, ...] = get_args(Role)
_FINISHES: tuple[Finish, ...] = get_args(Finish)


def encode(event: JournalEvent) -> EventRow:
    """The row of an event."""
    if isinstance(event, NodeEvent):
        kind, values = _from_node(event)
        return EventRow(event.at, kind, event.node_id, spell(values))
    kind, values = _from_session(event)
    return EventRow(event.at, kind, None, spell(values))


def content_of(event: JournalEvent) -> Content | None:
    """The text that an event brings along."""
    match event:
        case NodeAdded() | NodeImported():
            return Content(event.text, None, None, None)
        case NodeTokenised():
            sizes = pack_ints([len(piece) for piece in event.pieces])
            return Content(b"".join(event.pieces), pack_ints(event.token_ids), sizes, None)
        case NodeDerived():
            return derived_content(event)
        case _:
            return None


# What a column may hold. Its type in the schema is no promise: SQLite gives what the row says it
# holds, and one wrong bit in a row makes it say another kind.
_ROW: tuple[type | UnionType, ...] = (float | int, str, str | None, str)
_CONTENT: tuple[type | UnionType, ...] = (bytes, *(bytes | None,) * 3)


def decode(row: EventRow, content: Content | None) -> JournalEvent:
    """The event of a row."""
    if not (_fits(row, _ROW) and (content is None or _fits(content, _CONTENT))):
        raise ValueError("a column that holds another kind of value")
    values = Payload.parse(row.payload)
    if row.node_id is None:
        return _to_session(row.kind, row.at, values)
    return _to_node(row.kind, row.at, row.node_id, values, content)


def _fits(columns: tuple[object, ...], kinds: tuple[type | UnionType, ...]) -> bool:
    return all(map(isinstance, columns, kinds))


def _from_node(event: NodeEvent) -> tuple[str, dict[str, Json]]:
    match event:
        case NodeAdded():
            return "node_added", {
                "parent_id": event.parent_id,
                "role": event.role,
                "author": event.author,
                "special": event.special,
            }
        case NodeImported():
            return "node_imported", from_imported_node(event)
        case NodeTokenised():
            return "node_tokenised", {"model": event.model}
        case BranchOpened():
            return "branch_opened", {
                "parent_id": event.parent_id,
                "request_id": event.request_id,
                "index": event.index,
                "role": event.role,
                "author": event.author,
            }
        case BranchClosed():
            return "branch_closed", {
                "finish": event.finish,
                "message": event.message,
                "queue_s": event.queue_s,
            }
        case _:
            return from_node_change(event)


def _from_session(event: SessionEvent) -> tuple[str, dict[str, Json]]:
    match event:
        case SessionStarted():
            return "session_started", {
                "title": event.title,
                "mode": event.mode,
                "model": event.model,
                "loom_version": event.loom_version,
                "opening": from_opening(event.opening),
                "template": event.template,
            }
        case TreeImported():
            return "tree_imported", from_imported_tree(event)
        case ModelChosen():
            return "model_chosen", {
                "model": event.model,
                "mode": event.mode,
                "template": event.template,
            }
        case ModeChosen():
            return "mode_chosen", {"mode": event.mode, "template": event.template}
        case SecondModelChosen():
            return "second_model_chosen", {"model": event.model}
        case ModelHashed():
            return "model_hashed", {"fingerprint": event.fingerprint, "sha256": event.sha256}
        case GrowthRequested():
            return "growth_requested", {
                "request_id": event.request_id,
                "parent_id": event.parent_id,
                "n_branches": event.n_branches,
                "max_tokens": event.max_tokens,
                "sampling": from_sampling(event.sampling),
                "seed": event.seed,
                "ending": from_ending(event.ending),
                "cover": None if event.cover is None else from_cover(event.cover),
                "mode": event.mode,
                "template": from_template_use(event.template),
                "plan_id": event.plan_id,
            }
        case GrowthAccepted():
            return "growth_accepted", {
                "request_id": event.request_id,
                "provenance": from_provenance(event.provenance),
            }
        case FuturesJudged():
            return "futures_judged", from_round(event.round)
        case GrowthCovered():
            return "growth_covered", {
                "request_id": event.request_id,
                "n_branches": event.n_branches,
                "mass": event.mass,
            }
        case _:
            return from_session_change(event)


def _to_node(
    kind: str, at: float, node_id: str, values: Payload, content: Content | None
) -> NodeEvent:
    match kind:
        case "node_added":
            return NodeAdded(
                at=at,
                node_id=node_id,
                parent_id=values.text_or_none("parent_id"),
                role=values.choice("role", _ROLES),
                author=values.text("author"),
                text=required(content).text,
                # Sessions from before there was a choice have no such key.
                special=bool(values.integer_or_none("special")),
            )
        case "node_imported":
            return to_imported_node(at, node_id, values, required(content).text)
        case "node_tokenised":
            read = required(content).read()
            ids = tuple(read.ids.tolist())
            return NodeTokenised(at, node_id, ids, read.pieces, values.text("model"))
        case "branch_opened":
            return BranchOpened(
                at=at,
                node_id=node_id,
                parent_id=values.text("parent_id"),
                request_id=values.text("request_id"),
                index=values.integer("index"),
                role=values.choice("role", _ROLES),
                author=values.text("author"),
            )
        case "branch_closed":
            finish = values.choice("finish", _FINISHES)
            queue_s = values.number_or_none("queue_s") or 0.0
            return BranchClosed(at, node_id, finish, values.text("message"), queue_s)
        case _:
            return to_node_change(kind, at, node_id, values, content)


def _to_session(kind: str, at: float, values: Payload) -> SessionEvent:
    match kind:
        case "session_started":
            return SessionStarted(
                at=at,
                title=values.text("title"),
                mode=values.choice("mode", _MODES),
                model=values.text("model"),
                loom_version=values.text("loom_version"),
                opening=to_opening(values.inner_or_none("opening")),
                template=values.text_or_none("template"),
            )
        case "tree_imported":
            return to_imported_tree(at, values)
        case "model_chosen":
            mode = values.choice("mode", _MODES)
            return ModelChosen(at, values.text("model"), mode, values.text_or_none("template"))
        case "second_model_chosen":
            return SecondModelChosen(at, values.text_or_none("model"))
        case "mode_chosen":
            return ModeChosen(at, values.choice("mode", _MODES), values.text_or_none("template"))
        case "model_hashed":
            return ModelHashed(at, values.text("fingerprint"), values.text("sha256"))
        case "growth_requested":
            return GrowthRequested(
                at=at,
                request_id=values.text("request_id"),
                parent_id=values.text("parent_id"),
                n_branches=values.integer("n_branches"),
                max_tokens=values.integer("max_tokens"),
                sampling=to_sampling(values.inner("sampling")),
                seed=values.integer("seed"),
                ending=to_ending(values.inner_or_none("ending")),
                cover=to_cover(values.inner_or_none("cover")),
                mode=to_mode(values.text_or_none("mode")),
                template=to_template_use(values.inner_or_none("template")),
                plan_id=values.text_or_none("plan_id"),
            )
        case "growth_accepted":
            provenance = to_provenance(values.inner("provenance"))
            return GrowthAccepted(at, values.text("request_id"), provenance)
        case "growth_covered":
            return GrowthCovered(
                at, values.text("request_id"), values.integer("n_branches"), values.number("mass")
            )
        case "futures_judged":
            return FuturesJudged(at, to_round(values))
        case _:
            return to_session_change(kind, at, values)
