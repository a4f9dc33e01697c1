"""What is judged without being asked for: after growing, within a quarter of its time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from loom.convergence.budget import Budget
from loom.engine.client import Listener
from loom.engine.local import SteppedEngine
from loom.engine.request import LoadSpec
from loom.errors import CannotScoreError, UsageError
from loom.session.growing import grown_nodes
from loom.session.judging.scope import Asked
from loom.session.judging.unasked import ASKED_S, Unasked
from loom.session.plans import Plan
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings, ModelStatus
from loom.tree.events import BranchClosed, BranchOpened, Finish
from tests.convergence.trees import Noise, star
from tests.store.specimens import MODEL

SMALL = replace(MODEL, n_parameters=2_000_000)
READY = ModelStatus("ready", "story-base", SMALL)
SPEC = LoadSpec("story-base.gguf", SMALL.fingerprint, "story-base")


class Judge:
    """Writes down what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.failure: CannotScoreError | None = None
        self.ready: list[str] = []

    def __call__(self, asked: Asked) -> None:
        self.asked.append(asked)

    def make_ready(self, spec: LoadSpec) -> None:
        self.ready.append(spec.fingerprint)


def no_model(spec: LoadSpec, listener: Listener) -> SteppedEngine:
    raise AssertionError("a world needs no model")


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def noise() -> Noise:
    return Noise()


@pytest.fixture
def plugged_in(tmp_path: Path) -> Path:
    return tmp_path


def unasked(judge: Judge, noise: Noise, power: Path, status: ModelStatus = READY) -> Unasked:
    tree = star(noise(3), noise(9), noise(9), noise(9))
    return Unasked(tree, judge, judge, lambda: SPEC, lambda: status, power)  # type: ignore[arg-type]


def grow(unasked: Unasked, seconds: float, finish: Finish = "length") -> None:
    for node_id in ("1", "2", "3"):
        unasked.take(BranchOpened(100.0, node_id, "0", "r", 0, "text", "m"))
    for node_id in ("1", "2", "3"):
        unasked.take(BranchClosed(100.0 + seconds, node_id, finish))


def test_what_the_judge_needs_is_read_while_branches_grow(
    judge: Judge, noise: Noise, plugged_in: Path
) -> None:
    watching = unasked(judge, noise, plugged_in)
    grow(watching, 8.0)
    assert judge.ready == [SMALL.fingerprint]


def test_after_growing_its_ends_are_compared_for_a_quarter_of_its_time(
    judge: Judge, noise: Noise, plugged_in: Path
) -> None:
    watching = unasked(judge, noise, plugged_in)
    watching.take(BranchOpened(100.0, "1", "0", "r", 0, "text", "m"))
    watching.advance()
    assert not judge.asked
    watching.take(BranchClosed(140.0, "1", "length"))
    watching.advance()
    watching.advance()
    assert judge.asked == [Asked(Budget(seconds=10.0), node_ids=("1", "2", "3"))]


@pytest.mark.parametrize("finish", ["cancelled", "error"])
def test_what_was_stopped_is_not_compared(
    judge: Judge, noise: Noise, plugged_in: Path, finish: Finish
) -> None:
    watching = unasked(judge, noise, plugged_in)
    grow(watching, 8.0, finish)
    watching.advance()
    assert not judge.asked


def test_on_battery_nothing_is_compared_and_it_says_why_until_somebody_asks(
    judge: Judge, noise: Noise, tmp_path: Path
) -> None:
    (tmp_path / "BAT0").mkdir()
    (tmp_path / "BAT0" / "status").write_text("Discharging\n")
    watching = unasked(judge, noise, tmp_path)
    grow(watching, 8.0)
    watching.advance()
    assert not judge.asked
    assert watching.why_not == "running on battery"
    watching.check_now("1")
    assert judge.asked == [Asked(Budget(seconds=ASKED_S), node_ids=("1", "2", "3"))]


def test_a_large_model_without_a_gpu_waits_to_be_asked(
    judge: Judge, noise: Noise, plugged_in: Path
) -> None:
    large = replace(READY, model=replace(SMALL, n_parameters=7_000_000_000, gpu_layers=0))
    watching = unasked(judge, noise, plugged_in, large)
    grow(watching, 8.0)
    watching.advance()
    assert not judge.asked
    assert watching.why_not == "a large model without a GPU"


def test_a_model_that_cannot_score_is_asked_once(
    judge: Judge, noise: Noise, plugged_in: Path
) -> None:
    watching = unasked(judge, noise, plugged_in)
    grow(watching, 8.0)
    watching.advance()
    judge.failure = CannotScoreError("It does not say.", "Ask another.")
    grow(watching, 8.0)
    watching.advance()
    assert len(judge.asked) == 1
    assert watching.why_not == "this model cannot score texts"


def test_no_model_is_loaded_for_it(judge: Judge, noise: Noise, plugged_in: Path) -> None:
    watching = unasked(judge, noise, plugged_in, ModelStatus(name="story-base"))
    grow(watching, 8.0)
    watching.advance()
    assert not judge.asked
    assert watching.why_not is None


def test_one_way_on_meets_nobody(judge: Judge, plugged_in: Path, noise: Noise) -> None:
    tree = star(noise(3), noise(9))
    watching = Unasked(tree, judge, judge, lambda: SPEC, lambda: READY, plugged_in)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="takes two to meet"):
        watching.check_now("1")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session.create(
        tmp_path / "even.loom", Beginning("even", "even", "plain", prompt="0110"), no_model
    )
    yield made
    made.close()


def test_a_session_judges_what_it_has_grown_and_tells_what_it_bought(session: Session) -> None:
    news = threading.Event()
    session.listen(news.set)
    assert session.tree.selected_id is not None
    settings = GrowSettings(5, 8, seed=1)
    list(grown_nodes(session, Plan((session.tree.selected_id,), settings), print))
    session.unasked.advance()
    session.judging.wait()
    session.save()
    session.drain()
    spent = session.judging.status.spent
    assert 0 < spent.n_judged <= spent.n_pairs
    assert spent.n_tokens > 0
    assert session.tree.judged[-1].spent == spent
    assert any(join.verdict == "joined" for join in session.joins())
