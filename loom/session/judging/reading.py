"""The tree as the judging model reads it: histories as its tokens, and the laws that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from loom.convergence.scorer import TokenIds
from loom.convergence.spots import Step
from loom.engine.request import LoadSpec, PromptPart, TokensPart
from loom.errors import CannotScoreError
from loom.records import Place, TokenStats
from loom.session.judging.stored_steps import StoredSteps, Stretch
from loom.session.judging.vocabulary import Vocabulary
from loom.session.prompt_maker import PromptMaker
from loom.session.turns import Speaker
from loom.store.database import open_for_reading
from loom.tree.graph import Tree
from loom.tree.node import Node


class TreeReader:
    """Reads one tree for one model; belongs to the thread that owns the tree.

    A node that the model wrote or read has its tokens in the tree; every other text is read with
    the model's vocabulary, so branches of several models are compared in one encoding.
    CannotScoreError where only the model itself can read a text.
    """

    def __init__(
        self, tree: Tree, path: Path, spec: LoadSpec, prompts: PromptMaker, vocabulary: Vocabulary
    ) -> None:
        self._tree = tree
        self._path = path
        self._spec = spec
        self._prompts = prompts
        self._vocabulary = vocabulary
        self._before: dict[str, TokenIds] = {}
        self._stats: dict[str, TokenStats | None] = {}
        self._spelt_pieces: dict[int, bytes] = {}

    def pieces(self, node_id: str) -> Sequence[bytes]:
        """The bytes of each of a node's own tokens, without one that ended it."""
        node = self._tree.node(node_id)
        if node.token_ids is None:
            return self._spelt(node.text, special=node.special)[1]
        ends = list(accumulate(node.piece_sizes, initial=0))
        pieces = [node.text[begin:end] for begin, end in pairwise(ends)]
        return pieces[:-1] if node.finish == "eos" and pieces and not pieces[-1] else pieces

    def histories(self, node_id: str, at: Sequence[int]) -> Sequence[TokenIds]:
        """What the model reads up to and with the first so many tokens of a node."""
        node, before = self._tree.node(node_id), self._before_node(node_id)
        if node.token_ids is not None and node.token_model == self._spec.fingerprint:
            return [(*before, *node.token_ids[:n]) for n in at]
        ends = list(accumulate(map(len, self.pieces(node_id)), initial=0))
        texts = (node.text[: ends[n]] for n in at)
        return [(*before, *self._spelt(text, special=node.special)[0]) for text in texts]

    def ahead(self, place: Place, n_tokens: int) -> Sequence[Step]:
        """The stored laws of the next tokens, as far as this model wrote them: the eldest's way.

        They are read from the session's file by who looks at them first, in any one thread.
        """
        node: Node | None = self._tree.node(place.node)
        stretches: list[Stretch] = []
        begin, n_left = place.n_tokens, n_tokens
        while node is not None and self._wrote(node):
            ids = (node.token_ids or ())[begin : begin + n_left]
            stretches.append(Stretch(node.id, begin, ids))
            n_left -= len(ids)
            node, begin = self._going_on(node) if n_left else None, 0
        return StoredSteps(stretches, self._stats_of)

    def _wrote(self, node: Node) -> bool:
        return node.token_model == self._spec.fingerprint and node.state != "growing"

    def _going_on(self, node: Node) -> Node | None:
        """The first child that this model wrote right behind a node, with nothing in between."""
        whole = (*self._before_node(node.id), *(node.token_ids or ()))
        for child_id in self._tree.child_ids(node.id):
            child = self._tree.node(child_id)
            if self._wrote(child) and self._before_node(child_id) == whole:
                return child
        return None

    def known_pieces(self) -> dict[int, bytes]:
        """The bytes of every token of the model's that stands in the tree or was read from it."""
        known = dict(self._spelt_pieces)
        for node in self._tree:
            if node.token_model == self._spec.fingerprint:
                known.update(zip(node.token_ids or (), self.pieces(node.id), strict=False))
        return known

    def tokens_of(self, text: str, *, special: bool) -> TokenIds:
        """A text of loom's own in the model's tokens."""
        return tuple(self._spelt(text.encode(), special=special)[0])

    def document_marks(self) -> tuple[TokenIds, TokenIds]:
        """The tokens at which the model's documents begin and end; nothing where it has none."""
        spelling = self._vocabulary.of(self._spec)
        if spelling is None:
            return (), ()
        begin = () if spelling.bos_id is None else (spelling.bos_id,)
        eos_text = self._vocabulary.source(self._spec).eos_text
        end = spelling.encode(eos_text, special=True) if eos_text else []
        return begin, tuple(end) if len(end) == 1 else ()

    def _before_node(self, node_id: str) -> TokenIds:
        if node_id not in self._before:
            node = self._tree.node(node_id)
            parts: Sequence[PromptPart] = ()
            if node.parent_id is not None:
                speaker: Speaker = "user" if node.role == "user" and node.request_id else "next"
                prompt = self._prompts.prompt(self._tree, node.parent_id, self._spec, speaker)
                parts = prompt.parts
            self._before[node_id] = self._read(parts)
        return self._before[node_id]

    def _read(self, parts: Sequence[PromptPart]) -> TokenIds:
        ids: list[int] = []
        for part in parts:
            if isinstance(part, TokensPart):
                ids += part.ids
            else:
                ids += self._spelt(part.text, special=part.special)[0]
        spelling = self._vocabulary.of(self._spec)
        bos_id = None if spelling is None else spelling.bos_id
        # The engine writes the beginning in front itself; a template may have spelt it out too.
        return tuple(ids[1:] if ids and ids[0] == bos_id else ids)

    def _spelt(self, text: bytes, *, special: bool) -> tuple[list[int], list[bytes]]:
        spelling = self._vocabulary.of(self._spec)
        if spelling is None:
            raise CannotScoreError(
                f"The texts of this tree can only be read by {self._spec.name} itself, "
                "which has not written them.",
                "Grow from them once with this model, or judge with the one that wrote them.",
            )
        ids = spelling.encode(text.decode("utf-8", "surrogateescape"), special=special)
        pieces = spelling.pieces(ids)
        self._spelt_pieces.update(zip(ids, pieces, strict=True))
        return ids, pieces

    def _stats_of(self, node_id: str) -> TokenStats | None:
        if node_id not in self._stats:
            with open_for_reading(self._path) as stored:
                self._stats[node_id] = stored.read_tokens(node_id).stats
        return self._stats[node_id]
