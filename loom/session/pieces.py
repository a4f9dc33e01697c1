"""What tokens stand for: as the session itself shows it, else as the model on this machine says."""

from __future__ import annotations

from contextlib import suppress
from itertools import accumulate, pairwise

from loom.errors import LoomError
from loom.session.model_source import Spelling, found_again
from loom.tree.graph import Tree


class Pieces:
    """The bytes of tokens by the fingerprint of their model; no model is loaded for it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[tuple[str, int], bytes] = {}
        self._encodings: dict[str, Spelling | None] = {}
        for node in tree:
            ends = accumulate(node.piece_sizes, initial=0)
            pieces = [node.text[begin:end] for begin, end in pairwise(ends)]
            keys = ((node.token_model, token) for token in node.token_ids or ())
            self._known.update(zip(keys, pieces, strict=False))

    def piece(self, model: str, token_id: int) -> bytes | None:
        """The bytes of a token, None where neither the session nor this machine knows."""
        key = (model, token_id)
        if key not in self._known:
            encoding = self._encoding(model)
            if encoding is None:
                return None
            self._known[key] = encoding.pieces([token_id])[0]
        return self._known[key]

    def _encoding(self, model: str) -> Spelling | None:
        if model not in self._encodings:
            self._encodings[model] = self._found(model)
        return self._encodings[model]

    def _found(self, model: str) -> Spelling | None:
        infos = [known.model for known in self._tree.provenance.values()]
        names = [name for i in infos if i.fingerprint == model for name in (i.path, i.name)]
        with suppress(LoomError, OSError):
            source = found_again(model, names)
            return None if source is None else source.spelling()
        return None
