"""Laws that a test can foresee: the word that stands there, and others around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np

from loom.engine.statistics import statistics_of
from loom.errors import LoomError
from loom.records import TokenColumns
from loom.session.token_laws import Law, NodeLaws, Spellings
from loom.tree.graph import Tree

OTHERS = """laughed said sighed looked smiled stood turned was had and the a Marco nobody he
she room bride knife table door snow glass joke lake cards winter band fiddles""".split()  # noqa: SIM905
VOCABULARY = ["<end>", *(f" {word}" for word in OTHERS), "\n\n", " 漢字", "\x1b[31m"]


class FakeLaws:
    """Everything that is asked for is known at once, or with `holds_back` when `answer` says so."""

    def __init__(self, tree: Tree, model: str = "story-base") -> None:
        self._tree = tree
        self._model = model
        self._known: dict[tuple[str, tuple[int, ...] | None], NodeLaws] = {}
        self._awaited: list[tuple[str, tuple[int, ...] | None]] = []
        self.holds_back = False
        self.failure: LoomError | None = None

    def of(self, node_id: str) -> NodeLaws | None:
        node = self._tree.node(node_id)
        if node.request_id is not None and node.text:
            return laws_of(_words(node.text), model=self._model)
        return self._known.get((node_id, None))

    def after(self, node_id: str, ids: tuple[int, ...] = ()) -> Law | None:
        laws = self._known.get((node_id, ids))
        return None if laws is None else laws.law(0, taken=False)

    def awaits(self, node_id: str, ids: tuple[int, ...] | None = None) -> bool:
        return (node_id, ids) in self._awaited

    def look(self, node_ids: Iterable[str]) -> None:
        """What was recorded is known without asking."""

    def score(self, node_id: str) -> None:
        self._ask(node_id, None)

    def score_after(self, node_id: str, after: Sequence[tuple[int, ...]] = ((),)) -> None:
        for ids in after:
            self._ask(node_id, ids)

    def answer(self) -> None:
        """What was asked for is known."""
        for node_id, ids in self._awaited:
            text = self._tree.node(node_id).text
            pieces = _words(text) if ids is None else [f"?{ids}".encode() + text[-9:]]
            self._known[node_id, ids] = laws_of(pieces, scored=True, model=self._model)
        self._awaited.clear()

    def _ask(self, node_id: str, ids: tuple[int, ...] | None) -> None:
        if self.failure is not None:
            raise self.failure
        if (node_id, ids) not in self._known:
            self._awaited.append((node_id, ids))
            if not self.holds_back:
                self.answer()


def laws_of(
    pieces: Sequence[bytes], *, scored: bool = False, model: str = "story-base"
) -> NodeLaws:
    """Laws that depend on nothing but the word: it is likelier the shorter it is."""
    spelled = [word.encode() for word in VOCABULARY]
    ids = []
    for piece in pieces:
        if piece not in spelled:
            spelled.append(piece)
        ids.append(spelled.index(piece))
    salt = b"" if model == "story-base" else model.encode()
    rows = [_logits(salt + piece, at, len(spelled)) for piece, at in zip(pieces, ids, strict=True)]
    stats = statistics_of(rows, ids, top_k=24)
    columns = TokenColumns(
        np.array(ids, np.int32), tuple(pieces), np.zeros(len(ids), np.float32), stats
    )
    spellings = Spellings(dict(enumerate(spelled)).get, frozenset({0}))
    return NodeLaws(model, "scripted", columns, spellings, scored)


def _logits(piece: bytes, at: int, n: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    dice = np.random.default_rng(crc32(piece))
    logits = dice.normal(0, 1.6, n).astype(np.float32)
    # What other texts say is no choice here.
    logits[len(VOCABULARY) :] = -20
    logits[at] = 3.2 - 0.25 * len(piece)
    return logits


def _words(text: bytes) -> list[bytes]:
    first, *rest = text.split(b" ")
    return [piece for piece in (first, *(b" " + word for word in rest)) if piece]
