"""The exact tokens of a prompt, for a person to look at: what would be sent, and nothing else."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from loom.engine.request import LoadSpec, PromptPart, TextPart
from loom.session.model_slot import load_spec
from loom.session.model_source import Spelling, source_of
from loom.session.prompt import Prompt
from loom.session.prompt_maker import PromptMaker
from loom.session.turns import Speaker
from loom.tree.events import Role
from loom.tree.graph import Tree
from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class SeenToken:
    """One token: its id, the bytes it stands for (of a special one its name), and if it is one."""

    id: int
    piece: bytes
    special: bool


@dataclass(frozen=True, slots=True)
class SeenPart:
    """A stretch of the prompt: a node's text and who wrote it, or (None) words of the template.

    `tokens` is None where no model has read the text yet and nothing but the model can.
    """

    node_id: str | None
    author: str | None
    text: bytes
    tokens: tuple[SeenToken, ...] | None


@dataclass(frozen=True, slots=True)
class ModelView:
    """A whole prompt. `sha256` is as provenance has it, None while a part is unread.

    `role` is that of what would be grown; `template` is a named one or "its own", None for plain
    text.
    """

    model: str
    template: str | None
    role: Role
    parts: tuple[SeenPart, ...]

    @property
    def unread(self) -> tuple[SeenPart, ...]:
        """Parts of which the tokens are not known."""
        return tuple(part for part in self.parts if part.tokens is None)

    @property
    def token_ids(self) -> tuple[int, ...]:
        """The ids of everything that is read, in order."""
        return tuple(token.id for part in self.parts for token in part.tokens or ())

    @property
    def sha256(self) -> str | None:
        """The hash of the prompt's token ids."""
        if self.unread:
            return None
        return hashlib.sha256(np.array(self.token_ids, "<i4").tobytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Look:
    """Where somebody looks: a prompt and the nodes in it, apart from the tree they stand in."""

    spec: LoadSpec
    prompt: Prompt
    nodes: Mapping[str, Node]


class ModelViewer:
    """Reads prompts with the vocabulary in a model's file, which it keeps for the next time.

    `look` belongs to the tree's thread; `view` may take a second for a large vocabulary and may
    be called from any.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoding: tuple[str, Spelling | None] | None = None

    def look(self, prompts: PromptMaker, tree: Tree, node_id: str, speaker: Speaker) -> Look:
        """Look at what the model would be sent to go on from a node; LoomError as `prompt`."""
        spec = load_spec(tree.model, tree.opening)
        prompt = prompts.prompt(tree, node_id, spec, speaker)
        return Look(spec, prompt, {node.id: node for node in tree.path(node_id)})

    def view(self, look: Look) -> ModelView:
        """The tokens of a prompt; ModelFileError if the model's file is not sound."""
        encoding = self._encoding_of(look.spec)
        parts = [
            _seen(part, None if source is None else look.nodes[source], encoding)
            for part, source in zip(look.prompt.parts, look.prompt.sources, strict=True)
        ]
        if encoding is not None:
            first = encoding.bos_id
            if first is None and look.prompt.parts[:1] == (TextPart(b""),):
                first = encoding.blank_id
            parts = parts if first is None else _begun(parts, encoding, first)
        use = look.prompt.template
        return ModelView(
            Path(look.spec.path).stem,
            None if use is None else use.name or "its own",
            look.prompt.role,
            tuple(parts),
        )

    def _encoding_of(self, spec: LoadSpec) -> Spelling | None:
        with self._lock:
            if self._encoding is None or self._encoding[0] != spec.fingerprint:
                self._encoding = spec.fingerprint, source_of(spec).spelling()
            return self._encoding[1]


def view_of(tree: Tree, node_id: str) -> ModelView:
    """What the model of a session would be sent to go on from a node; nothing is loaded."""
    prompts, viewer = PromptMaker(), ModelViewer()
    try:
        return viewer.view(viewer.look(prompts, tree, node_id, "next"))
    finally:
        prompts.close()


def _seen(part: PromptPart, node: Node | None, encoding: Spelling | None) -> SeenPart:
    node_id, author = (None, None) if node is None else (node.id, node.author)
    if isinstance(part, TextPart):
        text = part.text.decode("utf-8", "replace")
        if encoding is None or text.encode() != part.text:
            return SeenPart(node_id, author, part.text, None)
        ids = encoding.encode(text, special=part.special)
        return SeenPart(node_id, author, part.text, _tokens(ids, encoding.pieces(ids), encoding))
    assert node is not None
    pieces = _recorded_pieces(node, len(part.ids))
    tokens = _tokens(part.ids, pieces, encoding)
    return SeenPart(node_id, author, b"".join(pieces), tokens)


def _recorded_pieces(node: Node, n_tokens: int) -> list[bytes]:
    ends = np.cumsum((0, *node.piece_sizes[:n_tokens])).tolist()
    return [node.text[start:end] for start, end in pairwise(ends)]


def _tokens(
    ids: list[int] | tuple[int, ...], pieces: list[bytes], encoding: Spelling | None
) -> tuple[SeenToken, ...]:
    names = {} if encoding is None else encoding.names
    return tuple(
        SeenToken(token_id, names.get(token_id, piece), token_id in names)
        for token_id, piece in zip(ids, pieces, strict=True)
    )


def _begun(parts: list[SeenPart], encoding: Spelling, bos_id: int) -> list[SeenPart]:
    """The parts behind the beginning token, once, also if the template spells it out."""
    first = next((part.tokens for part in parts if part.tokens), ())
    if first and first[0].id == bos_id:
        return parts
    name = encoding.names.get(bos_id, b"")
    return [SeenPart(None, None, name, (SeenToken(bos_id, name, special=True),)), *parts]
