"""An open session: what a person does goes to the journal, what is committed comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from loom.engine.client import Connect
from loom.engine.events import EngineEvent
from loom.engine.request import Cancel, LoadSpec
from loom.errors import LoomError
from loom.models.mode_memory import ModeAnswer, remember_mode
from loom.models.named_templates import known_name
from loom.records import Join, Opening, Priority
from loom.session import access
from loom.session.beginning import Beginning
from loom.session.engines import with_worlds
from loom.session.forced import Onward, Turnoff
from loom.session.growths import Growths
from loom.session.judging.engines import engines_for
from loom.session.judging.scope import Asked
from loom.session.judging.service import Judging
from loom.session.judging.telling import JoinTeller
from loom.session.judging.unasked import Unasked
from loom.session.laws import Laws
from loom.session.leaves import open_leaves
from loom.session.mode_question import ModeQuestion, question_about
from loom.session.model_source import find_source
from loom.session.news import News, Notice
from loom.session.operations import Operations
from loom.session.plans import Estimate, Plan, Progress, estimated
from loom.session.planter import Planter
from loom.session.prompt_maker import PromptMaker
from loom.session.reading import without_collection
from loom.session.remarks import Remarks
from loom.session.requests import Requests, asked_of_engine
from loom.session.residents import Heard, Loss, Residents
from loom.session.scribe import Writing, new_id
from loom.session.second_model import SecondModel
from loom.session.settings import GrowSettings, ModelStatus
from loom.session.token_counter import TokenCounter
from loom.session.turns import Speaker
from loom.session.what_the_model_sees import Look, ModelView, ModelViewer
from loom.store.database import create, open_at_a_glance
from loom.store.follower import Follower
from loom.tree.events import (
    Mode,
    ModeChosen,
    ModelChosen,
    ModelHashed,
    NodeAdded,
    NodeSelected,
    Reading,
    Role,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.node import HUMAN

__all__ = ["Beginning", "Notice", "Session"]


class Session:
    """An open session file with its tree, its model, and what meets in it.

    `tree` belongs to the thread that calls `drain`; so do all methods but `status`. `settings` is
    what `grow` uses when told nothing else, `operations` what is done to texts that are there.
    """

    tree: Tree
    path: Path
    settings: GrowSettings
    operations: Operations

    def __init__(self, path: Path, connect: Connect) -> None:
        """Open a session file; SessionFileError says why it cannot be. Loads no model."""
        self.path = path
        self.tree = Tree()
        self._joins = JoinTeller()
        self._news = News()
        self._drained: list[TreeEvent] = []
        self._growths = Growths(self._start, self._news.say)
        self._remarks = Remarks()
        self._prompts = PromptMaker()
        self._viewer = ModelViewer()
        self._journal = access.take_hold(path, self._news)
        try:
            with open_at_a_glance(path) as stored, without_collection():
                for event in stored.load_condensed():
                    self._apply(event)
                access.follow_on(self._journal, stored.last_seq, self.tree)
        except BaseException:
            self._journal.close()
            raise
        self.settings = GrowSettings.for_mode(self.tree.mode)
        self._requests = Requests(self._journal.append, self._news)
        heard = Heard(self._hear, self._lose, self._news.say, self._hashed)
        self.judging = Judging(path, self._journal.append, self._news)
        self._models = Residents(with_worlds(connect), self.judging.in_front_of(heard))
        submit, news = self._models.submit, self._news
        self.laws = Laws(path, self.tree, self._prompts, self._spec, submit, news.rouse)
        self.second = SecondModel(path, self.tree, self._spec, submit, news, self._journal.note)
        self._models.name(self.tree.model, self.tree.opening)
        self.unasked = Unasked(self.tree, self.judging, self.judge, self._spec, lambda: self.status)
        self._counter = TokenCounter()
        self.exporter = partial(access.exporter, path, connect)
        self.operations = Operations(
            self.tree, self._do, self.select, self._halt, self._growths.waiting_at
        )

    @classmethod
    def open(cls, path: Path, connect: Connect) -> Session:
        """Open a session file; SessionFileError says why it cannot be. Loads no model."""
        return cls(path, connect)

    @classmethod
    def create(cls, path: Path, beginning: Beginning, connect: Connect) -> Session:
        """Make a session file, with its first texts if there are any, and open it."""
        source = find_source(beginning.model)
        source.check()
        create(path, beginning.started(source.reference))
        session = cls(path, connect)
        if (remark := beginning.remark_on_window(source.window)) is not None:
            session._news.say("information", *remark)
        parent_id: str | None = None
        for text, role in beginning.texts():
            parent_id = session.write(parent_id, text, role, beginning.reading)
        if parent_id is not None:
            session.select(parent_id)
        return session

    # What comes in

    @property
    def is_read_only(self) -> bool:
        """Whether another loom writes the file, or it may not be written; it is followed then."""
        return isinstance(self._journal, Follower)

    @property
    def status(self) -> ModelStatus:
        """The engine now; cheap, from any thread."""
        return self._models.status

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` when there is news, at most once per `drain`, mostly from another thread."""
        self._news.listen(wake)

    def drain(self) -> tuple[TreeEvent, ...]:
        """Apply everything newly committed to `tree` and return it, in order."""
        self._news.rest()
        self._pull()
        self._growths.advance()
        drained, self._drained = tuple(self._drained), []
        return drained

    def notices(self) -> tuple[Notice, ...]:
        """Notices since the last call."""
        return self._news.take_notices()

    def tell(self, what: str, remedy: str) -> None:
        """Put a notice among those that are to be shown."""
        self._news.say("information", what, remedy)

    def joins(self) -> tuple[Join, ...]:
        """Where branches meet again, strongest first, over everything drained so far."""
        return self._joins.joins(self.tree)

    def joins_by(self, until_s: float) -> tuple[Join, ...] | None:
        """The same if it is known by then, a `time.monotonic`; if not, ask again to go on."""
        return self._joins.joins_by(until_s, self.tree)

    def judge(self, asked: Asked) -> None:
        """Begin to compare futures beside everything else; LoomError if nothing can be compared.

        Loads the model if it is not loaded. What is found arrives with `drain`, one by one.
        """
        opening = self.tree.opening if asked.model is None else Opening()
        spec = self._models.spec_for(asked.model or self.tree.model, opening)
        engines = engines_for(self._models, spec, asked.embedder)
        words = self._joins.words(self.tree)
        self.judging.start(self.tree, spec, self._prompts, words, asked, engines)

    def _pull(self) -> None:
        for event in self._news.take_events():
            self._apply(event)
            self.unasked.take(event)
            self._drained.append(event)
            if (remark := self._remarks.on(event, self.tree)) is not None:
                self._news.say("warning", *remark)

    def _apply(self, event: TreeEvent) -> None:
        self.tree.apply(event)
        self._joins.take(event, self.tree)
        self._growths.take(event)

    # What a person does

    def write(
        self, parent_id: str | None, text: str, role: Role = "text", reading: Reading = "text"
    ) -> str:
        """Add a text that a person wrote and return its node's id; it is in the tree at once.

        Names of special tokens in it stay text, unless `reading` says that they are meant.
        """
        node_id = new_id()
        raw, special = text.encode("utf-8", "surrogateescape"), reading == "special"
        self._do([NodeAdded(time.time(), node_id, parent_id, role, HUMAN, raw, special)])
        return node_id

    def turn_off(self, turnoff: Turnoff | Onward) -> str:
        """Begin another way on inside a text and return its node's id; LoomError if none can be."""
        node_id = new_id()
        self._do(turnoff.taken(node_id, time.time()))
        return node_id

    def _do(self, events: Sequence[TreeEvent]) -> None:
        """Have something committed and take it into the tree at once."""
        before = self.tree.model, self.tree.mode
        self._journal.append(*events)
        if not self._journal.flush():
            raise access.not_shown_yet(self.path)
        self._pull()
        # Choosing a model or a mode may have been undone.
        if before[0] != self.tree.model:
            self._models.name(self.tree.model, self.tree.opening)
        if before[1] != self.tree.mode:
            self.settings = self.settings.as_usual_in(self.tree.mode)

    def _halt(self, request_id: str) -> None:
        """Stop what grows if that request is among it, or a plan would ask for more."""
        is_planned = (progress := self.progress) is not None and progress.is_planned
        if is_planned or self._requests.is_going(request_id):
            self.stop()

    def grow(self, node_id: str, settings: GrowSettings | None = None) -> str:
        """Grow continuations of a node; returns the request's id.

        In a chat an answer, or the person's next turn where the answer is finished. LoomError if
        it cannot be. Loads the model if it is not loaded. Branches arrive with `drain`.
        """
        self.operations.check_visible(node_id)
        return self._growths.grow(node_id, settings or self.settings)

    def plant(self, plan: Plan) -> Planter:
        """Begin to grow at several places or several levels deep, as each `drain` allows.

        LoomError if not even the first place can be grown from.
        """
        for node_id in plan.node_ids:
            self.operations.check_visible(node_id)
        return self._growths.plant(plan)

    def estimate(self, plan: Plan) -> Estimate:
        """What a plan comes to at most; its seconds are known once the model has grown here."""
        with suppress(LoomError):
            return estimated(plan, self._growths.rate(self._spec().fingerprint))
        return estimated(plan, None)

    def leaves(self, under: str | None = None) -> tuple[str, ...]:
        """The visible ends that can be grown on from, of the whole tree or under one node."""
        return open_leaves(self.tree, under)

    @property
    def progress(self) -> Progress | None:
        """How far all that grows is, None if nothing does."""
        return self._growths.progress

    def waiting_at(self, node_id: str) -> int:
        """Branches asked for at a node that have not begun."""
        return self._growths.waiting_at(node_id)

    def _spec(self, model: str | None = None) -> LoadSpec:
        return self._models.spec_for(model or self.tree.model, self.tree.opening)

    def _hear(self, events: tuple[EngineEvent, ...]) -> None:
        for hearer in (self._requests, self.laws, self.second):
            hearer.hear(events)

    def _lose(self, request_ids: Iterable[str], why: Loss) -> None:
        self._requests.lose(request_ids, why)
        self.laws.lose(request_ids)
        self.second.lose(request_ids)

    def _start(
        self, node_id: str, settings: GrowSettings, priority: Priority, plan_id: str | None
    ) -> Writing:
        spec = self._spec(settings.model)
        prompt = self._prompts.prompt(self.tree, node_id, spec, settings.speaker)
        writing = self._requests.begin(node_id, settings, prompt, plan_id)
        self._models.submit(spec, asked_of_engine(writing, priority))
        return writing

    def stop(self) -> None:
        """Stop everything that is growing within one step; what is written is kept."""
        self._growths.stop()
        self.judging.stop()
        self._models.tell(Cancel(None))

    def select(self, node_id: str) -> None:
        """Stand at a node: `tree.selected_id` changes at once and is saved when at rest."""
        if self.tree.selected_id != node_id:
            event = NodeSelected(time.time(), node_id)
            self.tree.apply(event)
            self._journal.point(event)

    # The model

    def choose_model(self, model: str) -> None:
        """Grow with another model (a name or a path) from now on; ModelFileError if it is none."""
        source = find_source(model)
        source.check()
        self.stop()
        kept = ModeAnswer(self.tree.mode, self.tree.template)
        answer = source.usual(source.fingerprint()) or kept
        self._do([ModelChosen(time.time(), source.reference, answer.mode, answer.template)])
        self._models.name(source.reference, self.tree.opening)

    def mode_question(self) -> ModeQuestion:
        """What there is to say about plain text or chat with this model; LoomError if no model."""
        return question_about(self._spec())

    def choose_mode(self, mode: Mode, template: str | None = None) -> None:
        """Grow as plain text or as a chat from now on, and remember it for the model.

        All that is there stays as it is. `template` is a named one; UsageError if there is none.
        """
        chosen = None if mode == "plain" or template is None else known_name(template)
        if (mode, chosen) != (self.tree.mode, self.tree.template):
            self._do([ModeChosen(time.time(), mode, chosen)])
        spec = self._spec()
        try:
            remember_mode(spec.fingerprint, mode, chosen)
        except LoomError as error:
            self._news.say("warning", error.what, error.remedy)

    def load_model(self) -> None:
        """Begin to load the model without growing."""
        self._models.load(self._spec())

    def unload_model(self) -> None:
        """Free the memory of all models; what was being written is closed as stopped."""
        self.stop()
        self._models.unload()
        self._requests.abandon()

    def unload_when_idle(self, after_s: float) -> None:
        """Free a model's memory after so many seconds without work, ten minutes unless told."""
        self._models.unload_after_s = after_s

    def count_tokens(self, text: str) -> int | None:
        """How many tokens a text has for the session's model; None while that is not known."""
        with suppress(LoomError):
            return self._counter.count(find_source(self.tree.model), text)
        return None

    def look(self, node_id: str, speaker: Speaker = "next") -> Look:
        """Look at what the model would be sent to go on from a node; LoomError as `grow`."""
        return self._viewer.look(self._prompts, self.tree, node_id, speaker)

    def view(self, look: Look) -> ModelView:
        """Its exact tokens; may take a second the first time, and may be called in any thread."""
        return self._viewer.view(look)

    # Ending

    def ended(self, request_id: str) -> bool:
        """Whether nothing more will come of a request; all of it can then be drained.

        LoomError if it ended because it could not be run.
        """
        writing = self._requests.writing(request_id)
        if not writing.done.is_set():
            return False
        self._journal.flush()
        if writing.failure is not None:
            raise writing.failure
        return True

    def save(self) -> None:
        """Commit all that has happened; SessionFileError if it cannot be written now."""
        if not self._journal.flush():
            raise access.not_saved_yet(self.path)

    def close(self) -> None:
        """Stop, commit everything, free the model, leave one file; closing again does nothing.

        SessionFileError if the last of it could not be written.
        """
        self.unload_model()
        for part in (self._models, self._prompts, self.laws, self.second):
            part.close()
        if not self._journal.close():
            raise access.not_saved_at_all(self.path)

    def _hashed(self, fingerprint: str, sha256: str) -> None:
        if self.tree.model_hashes.get(fingerprint) != sha256:
            self._journal.note(ModelHashed(time.time(), fingerprint, sha256))
