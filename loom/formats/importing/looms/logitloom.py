"""logitloom's JSON: one token a node, each with its probability."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import NestedNode, NestedTree, kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, members
from loom.formats.importing.values import number_of, text_of, without
from loom.tree.events import Finish, Role
from loom.tree.node import HUMAN
from loom.tree.origin import OriginToken

_BYTES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_FINISHES: Mapping[str, Finish] = {
    "stop": "eos",
    "content_filter": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
}


def recognises(shape: Shape) -> bool:
    """The file says so itself."""
    return "isLogitLoomTreeVersion" in shape.mapping()


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the tree that comes next; prompt and model may stand behind it."""
    before = [planting.reserve() for _ in range(3)]
    reading = _Reading(planting)
    found: dict[str, object] = {}
    for key in stream.members():
        if key == "roots" and stream.kind() == "[":
            NestedTree(stream, planting, reading.finish).walk()
        else:
            found[key] = kept(stream, planting)
    settings = members(found.get("modelSettings"))
    parent = reading.plant_prompt(before, settings)
    model = text_of(found.get("modelName")) or UNKNOWN
    role: Role = "assistant" if planting.mode == "chat" else "text"
    for seed in planting.seeds[len(before) :]:
        if seed is not None:
            seed.author, seed.role = model, role
            seed.parent = parent if seed.parent is None else seed.parent
    for key, value in found.items():
        planting.keep(key, value)


@dataclass(slots=True)
class _Reading:
    planting: Planting

    def finish(self, node: NestedNode) -> None:
        found, planting = node.found, self.planting
        text = found.get("text")
        if isinstance(text, str) and _BYTES.fullmatch(text):
            planting.report.guessed("tokens spelled as bytes were read as those bytes")
            text = bytes.fromhex(text.replace("\\x", "")).decode("utf-8", "surrogateescape")
        token = OriginToken(text_of(found.get("text")), number_of(found.get("logprob")))
        planting.put(
            node.place,
            text,
            foreign_id=text_of(found.get("id")),
            parent=node.parent,
            finish=_FINISHES.get(text_of(found.get("branchFinished"))),
            keys=without(found, "id", "text", "logprob", "children"),
            tokens=(token,),
        )

    def plant_prompt(self, places: list[int], settings: Mapping[str, object]) -> int | None:
        """What stands before the tokens, as far as there is any; the place of the last of it."""
        chat = settings.get("kind") == "chat"
        self.planting.mode = "chat" if chat else "plain"
        roles: tuple[Role, ...] = ("system", "user", "assistant") if chat else ("text",) * 3
        names = ("systemPrompt", "prompt", "prefill")
        parent: int | None = None
        for place, name, role in zip(places, names, roles, strict=True):
            text = text_of(settings.get(name))
            if text:
                self.planting.put(place, text, parent=parent, role=role, author=HUMAN)
                parent = place
        return parent
