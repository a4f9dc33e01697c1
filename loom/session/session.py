"""An open session: what a person does goes to the journal, what is committed comes back."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from loom import __version__
from loom.convergence.joins import JoinFinder
from loom.engine.client import Connect
from loom.engine.events import EngineDied, EngineEvent, LoadFailed, RequestFailed
from loom.engine.request import Cancel, Grow, LoadSpec
from loom.errors import LoomError, SessionFileError
from loom.models.chat_template import chat_template_of
from loom.models.discovery import ModelFile, find_model
from loom.models.gguf_file import read_metadata
from loom.records import Join
from loom.session.model_slot import ModelSlot, load_spec
from loom.session.prompt import Prompt, chat_prompt, plain_prompt
from loom.session.scribe import Scribe, Writing, new_id
from loom.session.settings import GrowSettings, ModelStatus, fresh_seed
from loom.session.token_counter import TokenCounter
from loom.store.database import create, open_for_reading
from loom.store.journal import Journal
from loom.tree.events import (
    GrowthRequested,
    Mode,
    ModelChosen,
    NodeAdded,
    NodeSelected,
    Role,
    SessionStarted,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.node import HUMAN


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know: one sentence and what to do."""

    severity: Literal["information", "warning", "error"]
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new session starts from; `model` is a name or a path."""

    title: str
    model: str
    mode: Mode = "plain"
    system: str = ""
    prompt: str = ""
    n_ctx: int | None = None
    gpu_layers: int | None = None


class Session:
    """An open session file with its tree, its model, and what meets in it.

    `tree` belongs to the thread that calls `drain`; so do all methods, except that `status` may
    be read anywhere. `settings` is what `grow` uses when told nothing else.
    """

    tree: Tree
    path: Path
    settings: GrowSettings

    def __init__(self, path: Path, connect: Connect) -> None:
        """Open a session file; SessionFileError says why it cannot be. Loads no model."""
        self.path = path
        self.tree = Tree()
        self._joins = JoinFinder()
        self._published: queue.SimpleQueue[tuple[TreeEvent, ...]] = queue.SimpleQueue()
        self._drained: list[TreeEvent] = []
        self._notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        self._wake: Callable[[], None] = _nothing
        self._awake = threading.Event()
        self._scribe = Scribe(time.time, new_id)
        self._writings: dict[str, Writing] = {}
        self._journal = Journal(path, publish=self._publish, fault=self._fault)
        try:
            with open_for_reading(path) as stored:
                for event in stored.load_events():
                    self._apply(event)
        except BaseException:
            self._journal.close()
            raise
        self.settings = GrowSettings.for_mode(self.tree.mode)
        self._slot = ModelSlot(connect, self._hear)
        self._slot.name(self.tree.model)
        self._counter = TokenCounter()

    @classmethod
    def open(cls, path: Path, connect: Connect) -> Session:
        """Open a session file; SessionFileError says why it cannot be. Loads no model."""
        return cls(path, connect)

    @classmethod
    def create(cls, path: Path, beginning: Beginning, connect: Connect) -> Session:
        """Make a session file, with its first texts if there are any, and open it."""
        started = SessionStarted(
            time.time(),
            beginning.title,
            beginning.mode,
            _reference(find_model(beginning.model)),
            __version__,
            beginning.n_ctx,
            beginning.gpu_layers,
        )
        create(path, started)
        session = cls(path, connect)
        parent_id: str | None = None
        first_role: Role = "user" if beginning.mode == "chat" else "text"
        texts: tuple[tuple[str, Role], ...] = (
            (beginning.system, "system"),
            (beginning.prompt, first_role),
        )
        for text, role in texts:
            if text:
                parent_id = session.write(parent_id, text, role)
        if parent_id is not None:
            session.select(parent_id)
        return session

    # What comes in

    @property
    def status(self) -> ModelStatus:
        """The engine now; cheap, from any thread."""
        return self._slot.status

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` when there is news, at most once per `drain`, mostly from another thread."""
        self._wake = wake
        if self._awake.is_set():
            wake()

    def drain(self) -> tuple[TreeEvent, ...]:
        """Apply everything newly committed to `tree` and return it, in order."""
        self._awake.clear()
        self._pull()
        drained, self._drained = tuple(self._drained), []
        return drained

    def notices(self) -> tuple[Notice, ...]:
        """Notices since the last call."""
        return tuple(_emptied(self._notices))

    def joins(self) -> tuple[Join, ...]:
        """Where branches meet again, strongest first, over everything drained so far."""
        return self._joins.joins(self.tree)

    def _pull(self) -> None:
        for events in _emptied(self._published):
            for event in events:
                self._apply(event)
                self._drained.append(event)

    def _apply(self, event: TreeEvent) -> None:
        self.tree.apply(event)
        self._joins.take(event, self.tree)

    # What a person does

    def write(self, parent_id: str | None, text: str, role: Role = "text") -> str:
        """Add a text that a person wrote and return its node's id; it is in the tree at once."""
        node_id = new_id()
        written = text.encode("utf-8", "surrogateescape")
        self._journal.append(NodeAdded(time.time(), node_id, parent_id, role, HUMAN, written))
        if not self._journal.flush():
            raise SessionFileError(
                f"{self.path.name} cannot be written at the moment.",
                "Your text is kept in memory and appears as soon as it can be saved.",
            )
        self._pull()
        return node_id

    def grow(self, node_id: str, settings: GrowSettings | None = None) -> str:
        """Grow continuations of a node; returns the request's id.

        LoomError if it cannot be (say, a chat where it is the person's turn). Loads the model if
        it is not loaded. Branches arrive with `drain`.
        """
        settings = settings or self.settings
        spec = load_spec(self.tree.model, self.tree.n_ctx, self.tree.gpu_layers)
        prompt = self._prompt(node_id, spec)
        n_branches = settings.n_branches
        if settings.sampling.greedy and n_branches > 1:
            n_branches = 1
            self._say("information", "At temperature 0 every branch is the same: growing one.")
        requested = GrowthRequested(
            time.time(),
            new_id(),
            node_id,
            n_branches,
            settings.max_tokens,
            settings.sampling,
            fresh_seed() if settings.seed is None else settings.seed,
        )
        role: Role = "assistant" if self.tree.mode == "chat" else "text"
        writing = Writing(requested, prompt, role)
        self._writings[requested.request_id] = writing
        self._scribe.begin(writing)
        self._journal.append(requested)
        self._slot.submit(
            spec,
            Grow(
                requested.request_id,
                prompt.parts,
                n_branches,
                requested.max_tokens,
                requested.sampling,
                requested.seed,
            ),
        )
        return requested.request_id

    def _prompt(self, node_id: str, spec: LoadSpec) -> Prompt:
        path = self.tree.path(node_id)
        if path[-1].state == "growing":
            raise LoomError(
                "This branch is still growing.", "Wait for it, or press Esc to stop it."
            )
        if self.tree.mode == "plain":
            return plain_prompt(path, spec.fingerprint)
        template = chat_template_of(read_metadata(Path(spec.path)))
        return chat_prompt(path, spec.fingerprint, template)

    def stop(self) -> None:
        """Stop everything that is growing within one step; what is written is kept."""
        self._slot.tell(Cancel(None))

    def select(self, node_id: str) -> None:
        """Stand at a node: `tree.selected_id` changes at once and is saved when at rest."""
        if self.tree.selected_id != node_id:
            event = NodeSelected(time.time(), node_id)
            self.tree.apply(event)
            self._journal.point(event)

    # The model

    def choose_model(self, model: str) -> None:
        """Grow with another model (a name or a path) from now on; ModelFileError if it is none."""
        found = find_model(model)
        read_metadata(found.path)
        self.stop()
        self._slot.unload()
        reference = _reference(found)
        self._journal.append(ModelChosen(time.time(), reference, self.tree.mode))
        self._journal.flush()
        self._pull()
        self._slot.name(reference)

    def load_model(self) -> None:
        """Begin to load the model without growing."""
        self._slot.load(load_spec(self.tree.model, self.tree.n_ctx, self.tree.gpu_layers))

    def unload_model(self) -> None:
        """Free the model's memory; the next `grow` loads it again."""
        self._slot.unload()

    def count_tokens(self, text: str) -> int | None:
        """How many tokens a text has for the session's model; None while that is not known."""
        with suppress(LoomError):
            return self._counter.count(find_model(self.tree.model).path, text)
        return None

    # Ending

    def ended(self, request_id: str) -> bool:
        """Whether nothing more will come of a request; all of it can then be drained.

        LoomError if it ended because it could not be run.
        """
        writing = self._writings[request_id]
        if not writing.done.is_set():
            return False
        self._journal.flush()
        if writing.failure is not None:
            raise writing.failure
        return True

    def close(self) -> None:
        """Stop, commit everything, free the model, leave one file; closing again does nothing.

        SessionFileError if the last of it could not be written.
        """
        self._slot.unload()
        if left_open := self._scribe.abandon():
            self._journal.append(*left_open)
        if not self._journal.close():
            raise SessionFileError(
                f"The last of what happened could not be saved in {self.path}.",
                "Make room on the disk before you go on with this session.",
            )

    # What the engine and the journal say, on threads of their own

    def _hear(self, said: tuple[EngineEvent, ...]) -> None:
        events = [event for one in said for event in self._meaning(one)]
        if events:
            self._journal.append(*events)
        for writing in self._scribe.take_ended():
            writing.done.set()
            self._rouse()

    def _meaning(self, said: EngineEvent) -> list[TreeEvent]:
        match said:
            case LoadFailed() | EngineDied():
                self._say("error", said.what, said.remedy)
                return self._scribe.fail_all(LoomError(said.what, said.remedy))
            case RequestFailed():
                self._say("error", said.what, said.remedy)
        return self._scribe.hear(said)

    def _publish(self, events: tuple[TreeEvent, ...]) -> None:
        self._published.put(events)
        self._rouse()

    def _fault(self, error: LoomError) -> None:
        self._say("error", error.what, error.remedy)

    def _say(
        self, severity: Literal["information", "warning", "error"], what: str, remedy: str = ""
    ) -> None:
        self._notices.put(Notice(severity, what, remedy))
        self._rouse()

    def _rouse(self) -> None:
        if not self._awake.is_set():
            self._awake.set()
            self._wake()


def _reference(found: ModelFile) -> str:
    """What a session remembers of a model: a bundled one moves with loom, others stay put."""
    return found.name if found.bundled else str(found.path.resolve())


T = TypeVar("T")


def _emptied(waiting: queue.SimpleQueue[T]) -> list[T]:
    items = []
    with suppress(queue.Empty):
        while True:
            items.append(waiting.get_nowait())
    return items


def _nothing() -> None:
    """Nobody listens."""
