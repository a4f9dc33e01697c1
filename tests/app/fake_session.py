"""A session in memory whose model says what a test tells it to, one token when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from loom.errors import LoomError
from loom.models.mode_memory import ModeAnswer
from loom.records import Evidence, Join, LexicalEvidence, PredictiveEvidence, Span, TokenColumns
from loom.session import GrowSettings, ModelStatus, Notice
from loom.session.forced import Onward, Turnoff
from loom.session.judging.scope import Asked
from loom.session.judging.service import JudgingStatus
from loom.session.leaves import open_leaves
from loom.session.mode_question import ModeQuestion
from loom.session.operations import Operations
from loom.session.plans import Estimate, Plan, Progress, estimated
from loom.session.turns import next_role, turns_of
from loom.session.what_the_model_sees import ModelView
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    Finish,
    FuturesJudged,
    GrowthRequested,
    Mode,
    ModeChosen,
    ModelChosen,
    NodeAdded,
    NodeSelected,
    Reading,
    Role,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.node import HUMAN

from .fake_laws import FakeLaws

TOAST = "Friends, raise your glasses. I have known Marco since the winter the lake froze, and he "
TOAST += "has never once let me win at cards."
TWIST = " But there is something you should know about the groom."
FALL = " The room went still. A spoon fell."

BRANCHES = (
    " Then Marco laughed, and so did everyone. It was the old joke, told the same way each year, "
    "and his bride took his hand and raised her glass.",
    " His bride laughed first, and the tables followed. It was the old joke, told once too often, "
    "and the band began to play.",
    " Nobody moved. Marco put down the knife, slowly, and looked at the door.",
    ' "Every year," sighed Marco, and the whole room laughed. It was the old joke, told to the '
    "very last word.",
    " Marco laughed. Nobody else did, and the band put down their fiddles.",
    "\n\n***\n\nThe harbour was quiet that morning, and the boats lay still.",
    " Then Marco laughed, and so did everyone. It was the old joke, told the same way each year, "
    "and his bride took his hand and raised her glass.",
    " The bride stood up and walked out into the snow. The end.",
)
JOKE = "It was the old joke, told"


def words(text: str) -> list[bytes]:
    """A token is a word with the space before it."""
    return [f" {word}".encode() if at else word.encode() for at, word in enumerate(text.split(" "))]


@dataclass
class Growing:
    """What a branch has still to say."""

    left: list[bytes]
    finish: Finish
    n_said: int = 0


class FakeSecond:
    """A second model that is any that one names; it has read everything."""

    def __init__(self, tree: Tree) -> None:
        self.reference: str | None = None
        self.name = ""
        self.laws = FakeLaws(tree, "story-chat")

    def choose(self, model: str) -> None:
        if model == "story-base":
            raise LoomError("story-base is the model that grows here already.", "Choose another.")
        self.reference, self.name = model, model

    def put_away(self) -> None:
        self.reference, self.name = None, ""

    def score(self, node_id: str) -> None:
        self.laws.score(node_id)

    def score_after(self, node_id: str) -> None:
        self.laws.score_after(node_id)


@dataclass
class FakeJudging:
    """The judge as the app sees it."""

    status: JudgingStatus = field(default_factory=JudgingStatus)


@dataclass
class FakeUnasked:
    """What is compared unasked, as the app sees it: what was asked for is written down."""

    why_not: str | None = None
    n_advances: int = 0
    asked_at: list[str] = field(default_factory=list)
    failure: LoomError | None = None

    def advance(self) -> None:
        self.n_advances += 1

    def check_now(self, node_id: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.asked_at.append(node_id)


@dataclass
class FakeSession:
    """The members of Session that the app may use; everything is done at once, in this thread."""

    mode: Mode = "plain"
    title: str = "wedding-toast"
    model: str = "story-base"
    scripts: Sequence[str] = BRANCHES
    finishes: Sequence[Finish] = ("length",) * 7 + ("eos",)
    holds_back: bool = False
    """Whether branches only begin when the test calls `begin`, as while a model is loaded."""

    tree: Tree = field(default_factory=Tree)
    path: Path = Path("wedding-toast.loom")
    status: ModelStatus = field(default_factory=lambda: ModelStatus(name="story-base"))
    found: tuple[Join, ...] = ()
    n_stops: int = 0
    chosen: list[str] = field(default_factory=list)
    failure: LoomError | None = None
    question: ModeQuestion = field(
        default_factory=lambda: ModeQuestion("story-base", "plain", "", False, None)
    )
    seen: ModelView | None = None
    rate: float | None = None
    """Tokens a second, as they would be known."""

    grown_with: list[str | None] = field(default_factory=list)
    progress: Progress | None = None
    planted: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._news: list[TreeEvent] = []
        self._n_applied = 0
        self._notices: list[Notice] = []
        self._wake: Callable[[], None] = lambda: None
        self._waiting: list[tuple[GrowthRequested, Role]] = []
        self._growing: dict[str, Growing] = {}
        self._n_ids = 0
        self.tree.apply(SessionStarted(0.0, self.title, self.mode, self.model, "0"))
        self.settings = GrowSettings.for_mode(self.mode)
        self.operations = Operations(
            self.tree, self._do, self.select, lambda _: self.stop(), self.waiting_at
        )
        self.is_read_only = False
        self.laws = FakeLaws(self.tree)
        self.judging = FakeJudging()
        self.unasked = FakeUnasked()
        self.judged_joins: list[Join | None] = []
        self.second = FakeSecond(self.tree)

    # What the app calls

    def listen(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def drain(self) -> tuple[TreeEvent, ...]:
        for event in self._news[self._n_applied :]:
            self.tree.apply(event)
        news, self._news, self._n_applied = tuple(self._news), [], 0
        return news

    def notices(self) -> tuple[Notice, ...]:
        notices, self._notices = tuple(self._notices), []
        return notices

    def write(
        self, parent_id: str | None, text: str, role: Role = "text", reading: Reading = "text"
    ) -> str:
        return self.type(parent_id, text.encode(), role, special=reading == "special")

    def grow(self, node_id: str, settings: GrowSettings | None = None) -> str:
        if self.failure is not None:
            raise self.failure
        settings = settings or self.settings
        request = GrowthRequested(
            0.0,
            self._id("request"),
            node_id,
            settings.n_branches,
            settings.max_tokens,
            settings.sampling,
            seed=1,
            ending=settings.ending,
            cover=settings.cover,
            mode=settings.mode,
        )
        self.grown_with.append(settings.model)
        self._news.append(request)
        self._waiting.append((request, self._role_after(node_id, settings)))
        if not self.holds_back:
            self.begin()
        return request.request_id

    def plant(self, plan: Plan) -> None:
        if self.failure is not None:
            raise self.failure
        self.planted.append(plan)
        for node_id in plan.node_ids:
            self.grow(node_id, plan.settings)

    def estimate(self, plan: Plan) -> Estimate:
        return estimated(plan, self.rate)

    def leaves(self) -> tuple[str, ...]:
        return open_leaves(self.tree)

    def waiting_at(self, node_id: str) -> int:
        waiting = (request for request, _ in self._waiting)
        return sum(request.n_branches for request in waiting if request.parent_id == node_id)

    def stop(self) -> None:
        self.n_stops += 1
        self._waiting.clear()
        self.progress = None
        for node_id in self._growing:
            self._news.append(BranchClosed(0.0, node_id, "cancelled"))
        self._growing.clear()
        self._wake()

    def select(self, node_id: str) -> None:
        self.tree.apply(NodeSelected(0.0, node_id))

    def joins(self) -> tuple[Join, ...]:
        return self.found

    def joins_by(self, until_s: float) -> tuple[Join, ...] | None:
        return self.found

    def judge(self, asked: Asked) -> None:
        self.judged_joins.append(asked.join)

    def choose_model(self, path: str) -> None:
        self.chosen.append(path)
        self._news.append(ModelChosen(0.0, path, self.mode))
        self._pull()

    def turn_off(self, turnoff: Turnoff | Onward) -> str:
        events = turnoff.taken(self._id("n"), 0.0)
        self._news.extend(events)
        self._pull()
        return events[0].node_id

    def unload_model(self) -> None:
        self.stop()
        self.status = ModelStatus(name=self.status.name)

    def mode_question(self) -> ModeQuestion:
        return self.question

    def choose_mode(self, mode: Mode, template: str | None = None) -> None:
        self.question = replace(self.question, answer=ModeAnswer(mode, template))
        self._news.append(ModeChosen(0.0, mode, template))
        self._pull()
        self.settings = self.settings.as_usual_in(mode)

    def look(self, node_id: str) -> str:
        if self.failure is not None:
            raise self.failure
        return node_id

    def view(self, look: str) -> ModelView:
        assert self.seen is not None
        return self.seen

    def count_tokens(self, text: str) -> int | None:
        return len(text.split())

    # What a test calls

    def judge_again(self, join: Join, found: PredictiveEvidence) -> None:
        """The judge has looked at a finding again."""
        rounds = [one for one in self.tree.judged if one.judged]
        before = next(one for one in rounds[-1].judged if one.evidence == join.evidence.predictive)
        again = replace(rounds[-1], judged=(replace(before, evidence=found),))
        self._news.append(FuturesJudged(0.0, again))
        sharper = replace(join, evidence=replace(join.evidence, predictive=found))
        self.found = tuple(sharper if one.id == join.id else one for one in self.found)
        self._wake()

    def type(
        self, parent_id: str | None, text: bytes, role: Role = "text", *, special: bool = False
    ) -> str:
        """A text is there."""
        node_id = self._id("n")
        self._news.append(NodeAdded(0.0, node_id, parent_id, role, HUMAN, text, special))
        self._pull()
        return node_id

    def say(self, parent_id: str, *texts: str, role: Role = "text") -> list[str]:
        """A model has written these, to the end."""
        node_ids = []
        for index, text in enumerate(texts):
            node_ids.append(self._open(parent_id, "earlier", index, role))
            self._lengthen(node_ids[-1], 0, words(text))
            self._news.append(BranchClosed(0.0, node_ids[-1], "length"))
        self._pull()
        return node_ids

    def begin(self) -> None:
        """The branches that were asked for begin."""
        for request, role in self._waiting:
            for index in range(request.n_branches):
                node_id = self._open(request.parent_id, request.request_id, index, role)
                script = self.scripts[index % len(self.scripts)]
                finish = self.finishes[index % len(self.finishes)]
                self._growing[node_id] = Growing(words(script), finish)
        self._waiting.clear()
        self._wake()

    def release(self, n_tokens: int = 1_000) -> None:
        """Each branch becomes so many tokens longer, or comes to its end."""
        for node_id, branch in list(self._growing.items()):
            said, branch.left = branch.left[:n_tokens], branch.left[n_tokens:]
            self._lengthen(node_id, branch.n_said, said)
            branch.n_said += len(said)
            if not branch.left:
                del self._growing[node_id]
                self._news.append(BranchClosed(0.0, node_id, branch.finish))
        self._wake()

    def tell(self, notice: Notice) -> None:
        """Something is to be known; of what has not begun when something fails comes nothing."""
        self._notices.append(notice)
        if notice.severity == "error":
            self._waiting.clear()
        self._wake()

    def _role_after(self, node_id: str, settings: GrowSettings) -> Role:
        if self.tree.mode == "plain":
            return "text"
        return next_role(turns_of(self.tree.path(node_id)), settings.speaker)

    def _open(self, parent_id: str, request_id: str, index: int, role: Role) -> str:
        node_id, author = self._id("b"), self.status.name
        self._news.append(BranchOpened(0.0, node_id, parent_id, request_id, index, role, author))
        return node_id

    def _lengthen(self, node_id: str, start: int, pieces: Sequence[bytes]) -> None:
        tokens = TokenColumns(
            ids=np.zeros(len(pieces), np.int32),
            pieces=tuple(pieces),
            elapsed_s=np.zeros(len(pieces), np.float32),
            stats=None,
        )
        self._news.append(TokensAppended(0.0, node_id, start, tokens))

    def _do(self, events: Sequence[TreeEvent]) -> None:
        self._news.extend(events)
        self._pull()

    def _pull(self) -> None:
        """Take everything in at once; `drain` hands it out later."""
        for event in self._news[self._n_applied :]:
            self.tree.apply(event)
        self._n_applied = len(self._news)

    def _id(self, kind: str) -> str:
        self._n_ids += 1
        return f"{kind}{self._n_ids}"


def shared(tree: Tree, node_ids: Iterable[str], text: str, *, common: bool = False) -> Join:
    """A join: these branches say the same words."""
    spans = []
    for node_id in node_ids:
        start = tree.node(node_id).text.index(text.encode())
        spans.append(Span(node_id, 0, 0, start, start + len(text.encode())))
    parent = tree.node(spans[0].node).parent_id
    siblings = tree.sibling_ids(spans[0].node)
    numbers = [str(siblings.index(span.node) + 1) for span in spans]
    n, n_tokens = len(spans), len(words(text))
    return Join(
        id=f"{parent}:{text}",
        verdict="not_judged",
        kind="shared_words",
        nodes=tuple(span.node for span in spans),
        spans=tuple(spans),
        weight=n / len(siblings),
        sentence=f"Branches {', '.join(numbers[:-1])} and {numbers[-1]} ({n} of {len(siblings)}) "
        f"say the same {n_tokens} words: “{text}”.",
        evidence=Evidence(LexicalEvidence(text, n_tokens, n, len(siblings), 0.0004, common)),
    )


def toast(**more: object) -> FakeSession:
    """The wedding toast: three texts on the way, three ways at the first fork."""
    session = FakeSession(**more)  # type: ignore[arg-type]
    root = session.type(None, TOAST.encode())
    session.say(root, TWIST, " Nobody else dares to.", " He cheats, of course.")
    twist = session.tree.child_ids(root)[0]
    fall = session.type(twist, b" You are a murderer, Marco.")
    session.say(fall, FALL)
    session.drain()
    session.select(session.tree.child_ids(fall)[0])
    return session
