"""The original Loom's JSON: a document with a root, a bare node, or a list of nodes.

Templates are kept as the text that they are; nothing is evaluated. Zipped and hoisted nodes show
one text in place of a stretch of the tree that lies beside it under `masked_head`: the stretch is
taken, and what hangs from the shown text hangs from its last node (`tail_id`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.looms.pyloom_responses import finish_of, tokens_of, tokens_of_logprobs
from loom.formats.importing.nesting import NestedNode, NestedTree, kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, any_member, members
from loom.formats.importing.values import list_of, text_of, text_or_none, without
from loom.tree.changes import Tag
from loom.tree.kinds import TagScope
from loom.tree.node import HUMAN
from loom.tree.origin import origin_of, spelled

_TIME = "%Y-%m-%d-%H.%M.%S"
BOOKMARK = "bookmark"
_SCOPES: Mapping[str, TagScope] = {one: one for one in get_args(TagScope)}


def recognises(shape: Shape) -> bool:
    """A node has a text and children, wherever it stands."""
    if shape.n_values > 1:
        return False
    if isinstance(shape.first, list):
        return _is_node(any_member(shape.first))
    found = shape.mapping()
    return _is_node(found) or _is_node(members(found.get("root")))


def _is_node(found: Mapping[str, object]) -> bool:
    marks = ("children", "masked_head", "mutable")
    return "text" in found and any(mark in found for mark in marks)


def is_tag(name: object) -> bool:
    """Whether a name there is one that a tag can have here."""
    return isinstance(name, str) and bool(name.strip())


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the tree that comes next."""
    _Reading(stream, planting).read()


class _Reading:
    def __init__(self, stream: JsonStream, planting: Planting) -> None:
        self._stream = stream
        self._planting = planting
        self._tree = NestedTree(stream, planting, self._finish, ("masked_head",))
        self._tails: dict[int, str] = {}
        self._masks: dict[str, str] = {}
        self._places: dict[str, int] = {}
        self._responses: dict[str, str] = {}
        self._asked: dict[str, list[tuple[int, object]]] = {}
        self._tags: list[tuple[int, str]] = []

    def read(self) -> None:
        if self._stream.kind() == "[":
            self._tree.walk()
            self._label({}, {})
        else:
            self._document()
        self._unzip()
        self._respond()

    def _document(self) -> None:
        """A document with a root; a bare node is one whose root has no name of its own."""
        planting, stream = self._planting, self._stream
        bare = NestedNode(-1, None, "")
        for key in stream.members():
            if key == "root" and stream.kind() == "{":
                self._tree.walk()
            elif key in ("children", "masked_head") and stream.kind() in "[{":
                bare.place = planting.reserve() if bare.place < 0 else bare.place
                self._tree.walk(bare.place if key == "children" else None)
                bare.found[key] = True
            elif key == "model_responses" and stream.kind() == "{":
                for response_id in stream.members():
                    response = json.dumps(kept(stream, planting), separators=(",", ":"))
                    self._responses[response_id] = response
            else:
                bare.found[key] = kept(stream, planting)
        if bare.place >= 0 or "text" in bare.found:
            bare.place = planting.reserve() if bare.place < 0 else bare.place
            self._finish(bare)
            self._label({}, {})
            return
        self._label(members(bare.found.get("tags")), members(bare.found.get("chapters")))
        planting.selected = text_or_none(bare.found.pop("selected_node_id", None))
        for key, value in bare.found.items():
            planting.keep(key, value)
        if self._responses:
            inner = (f"{json.dumps(key)}:{text}" for key, text in self._responses.items())
            planting.keys["model_responses"] = "{" + ",".join(inner) + "}"

    def _finish(self, node: NestedNode) -> None:
        found, planting = node.found, self._planting
        foreign_id = text_of(found.get("id"))
        tail = text_or_none(found.get("tail_id"))
        if "masked_head" in found and tail is not None:
            self._tails[node.place] = tail
            self._masks[foreign_id] = tail
            planting.report.mended("zipped or hoisted stretches were opened")
            return
        meta = members(found.get("meta"))
        generation = members(meta.get("generation"))
        tokens = tokens_of_logprobs(members(generation.get("logprobs")))
        if found.get("template"):
            planting.report.guessed("templates are plain text; nothing in them is evaluated")
        planting.put(
            node.place,
            found.get("text"),
            foreign_id=foreign_id,
            parent=node.parent,
            author=self._author(text_of(meta.get("source")), text_of(generation.get("model"))),
            at=self._time(meta.get("creation_timestamp")),
            keys=without(found, "id", "text", "children", "parent_id", "masked_head"),
            tokens=tokens,
        )
        self._places.setdefault(foreign_id, node.place)
        self._mark(node)
        asked = members(found.get("generation"))
        if (response_id := text_or_none(asked.get("id"))) is not None:
            self._asked.setdefault(response_id, []).append((node.place, asked.get("index")))

    def _mark(self, node: NestedNode) -> None:
        """Bookmarks, which older files have a member for, and the names of tags."""
        names = [name for name in list_of(node.found.get("tags")) if is_tag(name)]
        if BOOKMARK in names or node.found.get(BOOKMARK) is True:
            self._planting.bookmarked.append(node.place)
        self._tags += [(node.place, str(name)) for name in names if name != BOOKMARK]

    def _label(self, known: Mapping[str, object], chapters: Mapping[str, object]) -> None:
        """What tags and chapters are stands beside the nodes."""
        for place, name in self._tags:
            scope = _SCOPES.get(text_of(members(known.get(name)).get("scope")), "node")
            self._planting.tagged.append((place, Tag(name, scope=scope)))
        for value in chapters.values():
            chapter = members(value)
            root, title = text_or_none(chapter.get("root_id")), text_of(chapter.get("title"))
            if root is not None and title:
                self._planting.chapters.append((root, title))

    def _author(self, source: str, model: str) -> str:
        if source == "prompt":
            return HUMAN
        if source == "mixed":
            self._planting.report.guessed("texts that a person changed count as the model's")
        return model or UNKNOWN

    def _time(self, value: object) -> float | None:
        try:
            found = datetime.strptime(text_of(value), _TIME)
        except ValueError:
            return None
        self._planting.report.guessed("times that name no zone are taken as UTC")
        return found.replace(tzinfo=UTC).timestamp()

    def _unzip(self) -> None:
        planting = self._planting
        for seed in planting.seeds:
            passed: set[int] = set()
            while seed is not None and isinstance(seed.parent, int) and seed.parent in self._tails:
                if seed.parent in passed:
                    seed.parent = None
                    break
                passed.add(seed.parent)
                tail = self._tails[seed.parent]
                seed.parent = self._places.get(tail, tail)
        while planting.selected in self._masks:
            planting.selected = self._masks.pop(planting.selected)

    def _respond(self) -> None:
        """Give the nodes what the model's answers say of them: author, ending, tokens."""
        report = self._planting.report
        for response_id, nodes in self._asked.items():
            if response_id not in self._responses:
                report.lost("texts whose model answer is not in the file", len(nodes))
                continue
            response = members(json.loads(self._responses[response_id]))
            completions = list_of(response.get("completions"))
            for place, index in nodes:
                if isinstance(index, int) and 0 <= index < len(completions):
                    self._answer(place, text_of(response.get("model")), completions[index])
                else:
                    report.lost("texts whose model answer is not in the file")

    def _answer(self, place: int, model: str, completion: object) -> None:
        seed, found = self._planting.seed(place), members(completion)
        if seed.author == UNKNOWN and model:
            seed.author = model
        seed.finish = finish_of(found.get("finishReason"))
        if tokens := tokens_of(list_of(found.get("tokens"))):
            origin = origin_of(seed.origin)
            seed.origin = spelled(self._planting.program, origin.keys, tokens)
