"""Judging beside everything else, on a world that answers at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loom.convergence.budget import Budget
from loom.convergence.scorer import Item, ScoringStopped
from loom.engine.client import Listener
from loom.engine.events import EngineEvent, Stepped
from loom.engine.local import SteppedEngine
from loom.engine.request import Grow, LoadSpec, Request
from loom.errors import CannotScoreError, UsageError
from loom.records import TokenColumns
from loom.session.growing import grown_nodes
from loom.session.judging.asking import EngineScorer, JudgedBy
from loom.session.judging.scope import Asked
from loom.session.judging.usual import usual_after, why_not_unasked
from loom.session.plans import Plan
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.worlds.catalogue import open_world
from tests.convergence.exact_scorer import ExactScorer
from tests.store.specimens import MODEL


def no_model(spec: LoadSpec, listener: Listener) -> SteppedEngine:
    raise AssertionError("a world needs no model")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session.create(
        tmp_path / "even.loom", Beginning("even", "even", "plain", prompt="0110"), no_model
    )
    yield made
    made.close()


def grow(session: Session, n_branches: int, n_tokens: int = 8) -> None:
    assert session.tree.selected_id is not None
    settings = GrowSettings(n_branches, n_tokens, seed=1)
    list(grown_nodes(session, Plan((session.tree.selected_id,), settings), print))


def judge(session: Session, asked: Asked) -> None:
    session.judge(asked)
    session.judging.wait()
    session.save()
    session.drain()


def test_joins_are_found_kept_and_there_again_when_the_session_is_opened(session: Session) -> None:
    grow(session, 5)
    nodes = [(node.id, node.text, node.state) for node in session.tree]
    judge(session, Asked())
    joined = [join for join in session.joins() if join.verdict == "joined"]
    assert joined
    evidence = joined[0].evidence.predictive
    assert evidence is not None
    assert evidence.model == open_world("even").info.fingerprint
    assert evidence.floor_source == "known"
    assert [(node.id, node.text, node.state) for node in session.tree] == nodes
    session.close()
    again = Session.open(session.path, no_model)
    assert [join for join in again.joins() if join.verdict == "joined"] == joined
    again.close()


def test_places_on_one_road_have_one_state(session: Session) -> None:
    grow(session, 4)
    judge(session, Asked())
    filter_ = open_world("even").filter
    for found in session.tree.judged:
        for one in found.judged:
            states = []
            for place in (one.one, one.other):
                node = session.tree.node(place.node)
                text = b"0110" + node.text[: place.n_tokens]
                belief = filter_.follow(filter_.start(), text).belief
                states.append({s for s, weight in belief.weights.items() if weight > 0.5})
            assert (one.evidence.verdict == "joined") == (states[0] == states[1])


def test_one_branch_is_refused_in_a_sentence(session: Session) -> None:
    with pytest.raises(UsageError, match="one branch"):
        session.judge(Asked())


def test_a_node_and_what_stands_above_it_are_one_branch(session: Session) -> None:
    grow(session, 2)
    prompt, one, _ = (node.id for node in session.tree)
    with pytest.raises(UsageError, match="one branch"):
        session.judge(Asked(pair=(prompt, one)))


def test_a_pair_is_compared_at_its_ends_and_looked_at_again(session: Session) -> None:
    grow(session, 2)
    _, one, other = (node.id for node in session.tree)
    judge(session, Asked(pair=(one, other)))
    (first,) = session.tree.judged[-1].judged
    assert {first.one.n_tokens, first.other.n_tokens} == {8}
    judge(session, Asked(pair=(one, other), more=True))
    (second,) = session.tree.judged[-1].judged
    assert second.evidence.n_futures > first.evidence.n_futures
    assert second.evidence.verdict == first.evidence.verdict


def test_empty_and_identical_branches_are_no_trouble(session: Session) -> None:
    prompt = session.tree.selected_id
    texts = ("0110110", "0110110", "", " ", "1")
    written = [session.write(prompt, text) for text in texts]
    judge(session, Asked())
    left_out = session.judging.status.left_out
    assert [left_out.get(node_id) for node_id in written[2:4]] == ["is empty", "is empty"]
    assert all(join.nodes[:2] != tuple(written[:2]) for join in session.joins())


def test_a_budget_is_kept_and_says_what_was_not_reached(session: Session) -> None:
    grow(session, 6, 24)
    judge(session, Asked(Budget(n_tokens=1)))
    assert session.judging.status.n_not_reached > 0


def test_stopping_ends_it_and_keeps_what_was_found(session: Session) -> None:
    grow(session, 6, 48)
    session.judge(Asked())
    session.stop()
    assert not session.judging.status.running
    session.drain()


class Asking:
    """A scorer on a stepped engine: whatever is asked is answered before the call returns."""

    def __init__(self) -> None:
        world = open_world("even")
        self.passed_on: list[EngineEvent] = []
        self.asked: list[Request] = []
        self.exact = ExactScorer(world.filter)
        self.scorer = EngineScorer(JudgedBy("even", (), (), {}), self._submit)
        self.engine = SteppedEngine(world, self._listen)

    def _listen(self, events: tuple[EngineEvent, ...]) -> None:
        self.passed_on += self.scorer.hear(events)

    def _submit(self, request: Request) -> bool:
        self.asked.append(request)
        self.engine.submit(request)
        while self.engine.busy:
            self.engine.step()
        return True


def test_what_the_engine_answers_is_the_exact_law() -> None:
    asking = Asking()
    history = tuple(b"0110110")
    # A world begins every prompt with its document's beginning, which its law forgets.
    futures = asking.scorer.futures([history, history[:4]], 6, 12, [3, 3])
    for of, some in zip((history, history[:4]), futures, strict=True):
        exact = asking.exact.score([Item(of, one.token_ids) for one in some])
        for one, bits in zip(some, exact, strict=True):
            assert len(one.token_ids) == 12
            np.testing.assert_allclose(one.log2_probs, bits, atol=1e-5)
    scored = asking.scorer.score([Item(history, (48, 49)), Item(history[:2], ())])
    np.testing.assert_allclose(scored[0], asking.exact.score([Item(history, (48, 49))])[0], 1e-5)
    assert len(scored[1]) == 0
    assert asking.scorer.spent.n_tokens == 2 * 6 * 12 + 2


def test_every_request_waits_for_what_a_person_asks() -> None:
    asking = Asking()
    asking.scorer.futures([(48,)], 2, 4, [1])
    asking.scorer.score([Item((48,), (49,))])
    assert {request.priority for request in asking.asked} == {"background"}  # type: ignore[union-attr]


def test_dice_hang_on_the_seed_and_on_the_history() -> None:
    asking = Asking()
    asking.scorer.futures([(48,), (49,)], 2, 4, [1, 1])
    asking.scorer.futures([(48,)], 2, 4, [2])
    seeds = [request.seed for request in asking.asked if isinstance(request, Grow)]
    assert len(set(seeds)) == 3


def test_a_world_makes_no_vectors_and_says_so() -> None:
    with pytest.raises(CannotScoreError, match="no vectors"):
        Asking().scorer.embed(["a"])


def test_steps_of_others_go_on_without_the_judges_rows() -> None:
    asking = Asking()
    asking.scorer.futures([(48,)], 2, 4, [1])
    assert not any(isinstance(event, Stepped) for event in asking.passed_on)
    other = Stepped((("r", 0), ("judging-x", 0), ("r", 1)), _columns(3))
    (left,) = asking.scorer.hear([other])
    assert isinstance(left, Stepped)
    assert left.branches == (("r", 0), ("r", 1))
    assert left.tokens.ids.tolist() == [0, 2]


def test_a_stopped_scorer_answers_nothing_more() -> None:
    asking = Asking()
    asking.scorer.stop()
    with pytest.raises(ScoringStopped):
        asking.scorer.score([Item((48,), (49,))])


def test_an_engine_that_is_gone_stops_the_judge() -> None:
    scorer = EngineScorer(JudgedBy("m", (), (), {}), lambda request: False)
    with pytest.raises(ScoringStopped):
        scorer.score([Item((1,), (2,))])


def _columns(n: int) -> TokenColumns:
    ids = np.arange(n, dtype=np.int32)
    return TokenColumns(ids, (b"x",) * n, np.zeros(n, np.float32), None)


def test_unasked_it_looks_at_what_was_grown_for_a_quarter_of_the_time(session: Session) -> None:
    grow(session, 3)
    prompt, *branches = (node.id for node in session.tree)
    asked = usual_after(session.tree, prompt, 8.0)
    assert (asked.node_ids, asked.budget) == (tuple(branches), Budget(seconds=2.0))
    assert usual_after(session.tree, branches[1], 8.0).node_ids == tuple(branches)


def test_a_battery_or_a_large_model_on_a_processor_is_spared(tmp_path: Path) -> None:
    small = replace(MODEL, n_parameters=10**6, gpu_layers=0)
    large = replace(small, n_parameters=8 * 10**9)
    assert why_not_unasked(small, tmp_path) is None
    assert why_not_unasked(large, tmp_path) == "a large model without a GPU"
    assert why_not_unasked(replace(large, gpu_layers=32), tmp_path) is None
    (tmp_path / "BAT0").mkdir()
    (tmp_path / "BAT0" / "status").write_text("Discharging\n")
    assert why_not_unasked(small, tmp_path) == "running on battery"


def test_a_finding_is_looked_at_further_step_by_step_and_keeps_its_name(session: Session) -> None:
    grow(session, 4)
    judge(session, Asked())
    n_before = len(session.tree.judged)
    join = next(one for one in session.joins() if one.verdict == "joined")
    before = join.evidence.predictive
    assert before is not None
    judge(session, Asked(join=join))
    looks = [found.judged[0].evidence.n_futures for found in session.tree.judged[n_before:]]
    assert looks == [before.n_futures + 16, before.n_futures + 32]
    again = next(one for one in session.joins() if one.id == join.id)
    after = again.evidence.predictive
    assert after is not None
    assert again.mark == join.mark
    assert after.n_futures == before.n_futures + 32
    assert after.excess_high - after.excess_low <= before.excess_high - before.excess_low
    # What was drawn before is not drawn again.
    spent = session.judging.status.spent
    assert (spent.n_judged, spent.n_pairs) == (1, 1)
    assert spent.n_tokens <= 2 * 32 * before.horizon


def test_shared_words_are_compared_behind_their_places(tmp_path: Path) -> None:
    made = Session.create(
        tmp_path / "quill.loom", Beginning("q", "story-world", "plain", prompt="The"), no_model
    )
    grow(made, 12, 96)
    words = next(
        one
        for one in made.joins()
        if one.kind == "shared_words" and one.evidence.lexical and not one.evidence.lexical.common
    )
    judge(made, Asked(join=words))
    (found,) = made.tree.judged[-1].judged
    assert {found.one.node, found.other.node} <= {span.node for span in words.spans}
    made.close()


def test_a_persons_word_is_kept_beside_the_models_and_can_be_undone(session: Session) -> None:
    grow(session, 4)
    judge(session, Asked())
    join = next(one for one in session.joins() if one.verdict == "joined")
    session.operations.marking.deny(join)
    denied = next(one for one in session.joins() if one.id == join.id)
    assert denied == replace(join, denied=True)
    session.close()
    again = Session.open(session.path, no_model)
    assert denied in again.joins()
    # A road that gets another way in later is still none to that person.
    judge(again, Asked(join=denied))
    assert next(one for one in again.joins() if one.id == join.id).denied
    again.operations.undo()
    assert not any(one.denied for one in again.joins())
    again.operations.redo()
    assert next(one for one in again.joins() if one.id == join.id).denied
    again.operations.marking.allow(denied)
    assert not any(one.denied for one in again.joins())
    again.close()
