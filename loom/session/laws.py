"""The laws of a session's tokens: read from its file, or asked of the model, in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from loom.engine.events import EngineEvent, RequestEnded, RequestFailed, Scored
from loom.engine.request import LoadSpec, PromptPart, Request, Score, ScoreItem, TokensPart
from loom.errors import LoomError
from loom.records import TokenColumns
from loom.session.model_source import source_of
from loom.session.prompt_maker import PromptMaker
from loom.session.scribe import new_id
from loom.session.spelling import UNKNOWN, read_spellings
from loom.session.token_laws import Law, NodeLaws, Spellings
from loom.store.database import open_for_reading
from loom.tree.graph import Tree
from loom.tree.node import Node

Submit = Callable[[LoadSpec, Request], None]
Ids = tuple[int, ...]
Place = tuple[str, Ids | None]
"""A node's own tokens (None), or what follows it when these tokens have followed already."""

_ANY_TOKEN = TokensPart((0,))
"""The law is the same whichever token is asked about."""


class Laws:
    """`of` and `after` answer at once with what is known; `look`, `score` and `score_after` ask.

    All of these belong to the tree's thread. What was asked for is there when `rouse` is called.
    """

    def __init__(
        self,
        path: Path,
        tree: Tree,
        prompts: PromptMaker,
        spec_of: Callable[[], LoadSpec],
        submit: Submit,
        rouse: Callable[[], None],
    ) -> None:
        self._path = path
        self._tree = tree
        self._prompts = prompts
        self._spec_of = spec_of
        self._submit = submit
        self._rouse = rouse
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="loom laws")
        self._lock = threading.Lock()
        self._known: dict[Place, NodeLaws] = {}
        self._read: dict[str, int] = {}
        self._awaited: dict[Place, str] = {}
        self._asked: dict[str, tuple[tuple[Place, ...], LoadSpec]] = {}
        self._spellings: dict[str, Spellings] = {}

    # What is known

    def of(self, node_id: str) -> NodeLaws | None:
        """The laws at a node's own tokens."""
        return self._known.get((node_id, None))

    def after(self, node_id: str, ids: Ids = ()) -> Law | None:
        """The law of what comes after a node, or after more tokens behind it."""
        laws = self._known.get((node_id, ids))
        return None if laws is None else laws.law(0, taken=False)

    def awaits(self, node_id: str, ids: Ids | None = None) -> bool:
        """Whether a model is about to say it."""
        return (node_id, ids) in self._awaited

    def forget(self) -> None:
        """Know nothing any more of what was scored or read."""
        self._known.clear()
        self._read.clear()

    # Asking

    def look(self, node_ids: Iterable[str]) -> None:
        """Read what was recorded as these nodes grew, as far as it has not been read."""
        wanted = []
        for node_id in node_ids:
            node = self._tree.node(node_id)
            if node.request_id is not None and self._read.get(node_id) != node.n_tokens:
                self._read[node_id] = node.n_tokens
                wanted.append((node, self._origin(node)))
        if wanted:
            self._reader.submit(self._read_recorded, wanted)

    def score(self, node_id: str) -> None:
        """Ask the session's model about a node's tokens; LoomError if it cannot be asked."""
        spec = self._spec_of()
        prompt = self._prompts.prompt(self._tree, node_id, spec)
        own = [at for at, source in enumerate(prompt.sources) if source == node_id]
        if own:
            text = prompt.parts[own[0] : own[-1] + 1]
            self._ask(spec, {(node_id, None): ScoreItem(prompt.parts[: own[0]], text)})

    def score_after(self, node_id: str, after: Sequence[Ids] = ((),)) -> None:
        """Ask what comes after a node, and after more tokens; LoomError if it cannot be asked."""
        spec = self._spec_of()
        history = self._prompts.prompt(self._tree, node_id, spec).parts
        self._ask(spec, {(node_id, ids): _next(history, ids) for ids in after})

    def _ask(self, spec: LoadSpec, items: dict[Place, ScoreItem]) -> None:
        new = {
            place: item
            for place, item in items.items()
            if place not in self._awaited and place not in self._known
        }
        if not new:
            return
        request_id = new_id()
        with self._lock:
            self._asked[request_id] = tuple(new), spec
            self._awaited.update(dict.fromkeys(new, request_id))
        self._submit(spec, Score(request_id, tuple(new.values())))

    # What the engine says, on its own thread

    def hear(self, events: tuple[EngineEvent, ...]) -> None:
        """Take what is about texts that were asked for here."""
        for event in events:
            match event:
                case Scored(request_id, index, tokens) if request_id in self._asked:
                    places, spec = self._asked[request_id]
                    self._reader.submit(self._keep, places[index], spec, tokens)
                case RequestEnded(request_id) | RequestFailed(request_id):
                    self.lose((request_id,))
                case _:
                    pass

    def lose(self, request_ids: Iterable[str]) -> None:
        """Nothing more comes of these."""
        lost = [request_id for request_id in request_ids if request_id in self._asked]
        if lost:
            # What was said before the end is still being read.
            self._reader.submit(self._forget, lost)

    def close(self) -> None:
        """Let go of the file."""
        self._reader.shutdown(cancel_futures=True)

    # On the reading thread

    def _read_recorded(self, wanted: Sequence[tuple[Node, tuple[str, LoadSpec | None]]]) -> None:
        try:
            with open_for_reading(self._path) as stored:
                for node, (name, spec) in wanted:
                    columns = stored.read_tokens(node.id)
                    if len(columns) < node.n_tokens:
                        # The rest is not committed yet: read it again.
                        self._read.pop(node.id, None)
                    if columns.stats is not None and len(columns):
                        spellings = self._spelled(spec, node.token_model)
                        laws = NodeLaws(name, node.token_model, columns, spellings)
                        self._known[node.id, None] = laws
        except LoomError:
            # The journal of a file that is in trouble reports it.
            return
        self._rouse()

    def _keep(self, place: Place, spec: LoadSpec, columns: TokenColumns) -> None:
        if columns.stats is not None:
            spellings = self._spelled(spec, spec.fingerprint)
            name = source_of(spec).name
            laws = NodeLaws(name, spec.fingerprint, columns, spellings, scored=True)
            self._known[place] = laws

    def _forget(self, request_ids: Sequence[str]) -> None:
        with self._lock:
            for request_id in request_ids:
                self._asked.pop(request_id, None)
            gone = [place for place, by in self._awaited.items() if by in request_ids]
            for place in gone:
                del self._awaited[place]
        self._rouse()

    def _spelled(self, spec: LoadSpec | None, fingerprint: str) -> Spellings:
        """How the tokens of a model are spelled, as far as its file still tells."""
        if fingerprint not in self._spellings:
            try:
                self._spellings[fingerprint] = read_spellings(spec, fingerprint)
            except LoomError:
                self._spellings[fingerprint] = UNKNOWN
        return self._spellings[fingerprint]

    def _origin(self, node: Node) -> tuple[str, LoadSpec | None]:
        provenance = self._tree.provenance.get(node.request_id or "")
        if provenance is None:
            return node.author, None
        model = provenance.model
        return model.name, LoadSpec(model.path, model.fingerprint, model.name)


def _next(history: tuple[PromptPart, ...], ids: Ids) -> ScoreItem:
    more = (TokensPart(ids),) if ids else ()
    return ScoreItem((*history, *more), (_ANY_TOKEN,))
