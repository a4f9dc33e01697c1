"""Branches that wait, that are gone on from, and that a command line waits for."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loom.engine.local import LocalEngine
from loom.engine.process import connect_to_child
from loom.engine.request import Grow, LoadSpec
from loom.engine.scripted import ScriptedBackend
from loom.errors import LoomError
from loom.records import Cover, Ending
from loom.records.sampling import PRESETS
from loom.session.growing import grown_nodes
from loom.session.plans import Plan
from loom.session.reading import read_tree
from loom.session.session import Beginning, Notice, Session
from loom.session.settings import GrowSettings
from loom.store import open_for_reading
from loom.tree.events import BranchClosed
from tests.session.conftest import SCRIPTS, ScriptedModel, settle
from tests.session.growing import grown, pull

Begin = Callable[..., Session]


class TestBranchesThatWait:
    def test_a_branch_is_there_with_its_first_token_and_counted_before(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        session.grow(root, GrowSettings(n_branches=3))
        assert session.waiting_at(root) == 3
        assert session.tree.n_children(root) == 0
        model.engines[-1].step(3)
        pull(session)
        assert session.waiting_at(root) == 0
        assert all(node.text for node in grown(session))

    def test_three_hundred_branches_grow_in_waves(self, begin: Begin, model: ScriptedModel) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        request_id = session.grow(root, GrowSettings(n_branches=300, max_tokens=4))
        model.engines[-1].step(3)
        pull(session)
        n_begun = session.tree.n_children(root)
        assert 0 < n_begun < 300
        assert session.waiting_at(root) == 300 - n_begun
        settle(session, request_id, model)
        nodes = grown(session)
        assert [node.index for node in nodes] == list(range(300))
        assert session.tree.requests[request_id].n_branches == 300

    def test_stopping_drops_those_that_wait_and_the_count_stays_true(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        request_id = session.grow(root, GrowSettings(n_branches=300, max_tokens=4))
        model.engines[-1].step(3)
        session.stop()
        settle(session, request_id, model)
        assert session.waiting_at(root) == 0
        assert session.progress is None
        kept = grown(session)
        assert 0 < len(kept) < 300
        assert all(node.text and node.finish == "cancelled" for node in kept)
        session.close()
        tree = read_tree(session.path)
        assert len(tree) == len(kept) + 1
        assert tree.requests[request_id].n_branches == 300

    def test_stopped_before_it_began_a_request_leaves_nothing_but_itself(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        request_id = session.grow(session.tree.root_ids[0])
        session.stop()
        settle(session, request_id, model)
        assert len(session.tree) == 1
        assert session.tree.requests[request_id].n_branches == 5

    def test_how_long_a_branch_waited_is_kept(self, begin: Begin, model: ScriptedModel) -> None:
        session = begin()
        request_id = session.grow(session.tree.root_ids[0], GrowSettings(n_branches=300))
        settle(session, request_id, model)
        with open_for_reading(session.path) as stored:
            events = list(stored.load_events())
        waited_s = [event.queue_s for event in events if isinstance(event, BranchClosed)]
        assert len(waited_s) == 300
        assert 0 < waited_s[0] < waited_s[-1]


class TestGoingOn:
    def test_one_branch_more_of_the_same_kind(self, begin: Begin, model: ScriptedModel) -> None:
        session = begin()
        ending = Ending(stop=("\n",))
        settings = GrowSettings(4, 2, PRESETS["as is"], 7, ending, Cover(0.5))
        settle(session, session.grow(session.tree.root_ids[0], settings), model)
        (request,) = session.tree.requests.values()
        alike = GrowSettings.like(request)
        assert alike == GrowSettings(4, 2, PRESETS["as is"], None, ending, Cover(0.5))
        assert alike.continuing() == GrowSettings(1, 2, PRESETS["as is"], None, ending)

    def test_a_stopped_branch_goes_on_as_a_child_from_where_it_was(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        request_id = session.grow(root, GrowSettings(n_branches=1))
        model.engines[-1].step(3)
        session.stop()
        settle(session, request_id, model)
        (partial,) = grown(session)
        asked = GrowSettings.like(session.tree.requests[request_id]).continuing()
        settle(session, session.grow(partial.id, asked), model)
        (child,) = session.tree.child_ids(partial.id)
        assert session.tree.node(partial.id) == partial
        provenance = session.tree.provenance[session.tree.node(child).request_id or ""]
        n_path = session.tree.node(root).n_tokens + partial.n_tokens
        assert provenance.n_prompt_tokens == n_path

    def test_what_was_asked_of_the_engine_is_what_is_kept(
        self, begin: Begin, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = begin()
        session.load_model()
        asked: list[Grow] = []
        monkeypatch.setattr(model.engines[-1], "submit", asked.append)
        ending = Ending(3, ("\n", "The end"), "sentence")
        settings = GrowSettings(8, 30, PRESETS["tidy"], 9, ending, Cover(0.7, 0.1), "exact")
        session.grow(session.tree.root_ids[0], settings)
        session._journal.flush()
        (grow,) = asked
        assert (grow.ending, grow.cover, grow.mode) == (ending, Cover(0.7, 0.1), "exact")
        (request,) = read_tree(session.path).requests.values()
        assert (request.ending, request.cover, request.mode) == (
            ending,
            Cover(0.7, 0.1),
            "exact",
        )


def test_a_full_window_is_said_once_with_a_remedy(begin: Begin) -> None:
    model = ScriptedModel(scripts=("word " * 40,), n_ctx=16)
    session = begin()
    session._models._connect = model.connect
    root = session.tree.root_ids[0]
    for _ in range(2):
        settle(session, session.grow(root, GrowSettings(n_branches=3, max_tokens=64)), model)
    assert {node.finish for node in grown(session)} == {"context"}
    (notice,) = session.notices()
    assert notice.what == "This text has filled the window of scripted, 16 tokens."
    assert notice.remedy.startswith("All of it is kept.")


class TestWaitingForAPlan:
    def on_a_thread(self, spec: LoadSpec, listener: Callable[..., None]) -> LocalEngine:
        return LocalEngine(lambda: ScriptedBackend(SCRIPTS, n_ctx=64), listener)

    def session(self, path: Path, prompt: str = "Friends,") -> Session:
        return Session.create(path, Beginning("t", "story-base", prompt=prompt), self.on_a_thread)

    def test_every_branch_comes_when_it_is_finished(self, tmp_path: Path) -> None:
        with closing(self.session(tmp_path / "t.loom")) as session:
            plan = Plan(session.tree.root_ids, GrowSettings(3, 2), depth=3)
            nodes = list(grown_nodes(session, plan, _nobody))
            assert len(nodes) == 3 + 9 + 27
            assert all(node.state == "done" for node in nodes)
            assert len({node.id for node in nodes}) == 39

    def test_a_failure_comes_after_all_that_could_be_grown(self, tmp_path: Path) -> None:
        with closing(self.session(tmp_path / "t.loom")) as session:
            root = session.tree.root_ids[0]
            plan = Plan((session.write(root, " word" * 80), root), GrowSettings(2, 3))
            nodes = []
            with pytest.raises(LoomError, match="tokens"):
                nodes += [node.parent_id for node in grown_nodes(session, plan, _nobody)]
            assert session.tree.n_children(root) == 3

    def test_what_a_person_should_know_is_told(self, tmp_path: Path) -> None:
        told: list[Notice] = []
        with closing(self.session(tmp_path / "t.loom")) as session:
            plan = Plan(session.tree.root_ids, GrowSettings(2, 3), budget=4)
            nodes = list(grown_nodes(session, plan, told.append))
        assert [node.n_tokens for node in nodes] == [3, 1]
        assert ["shortened" in n.what or "last branch" in n.what for n in told] == [True]


def _nobody(notice: Notice) -> None:
    raise AssertionError(notice)


class TestOnTheBundledModel:
    @pytest.fixture
    def session(self, tmp_path: Path) -> Session:
        beginning = Beginning("t", "story-base", prompt="One morning in")
        connect = connect_to_child(tmp_path / "engine.log")
        return Session.create(tmp_path / "t.loom", beginning, connect)

    def test_three_hundred_branches(self, session: Session) -> None:
        with closing(session):
            plan = Plan(session.tree.root_ids, GrowSettings(300, 3, seed=1))
            nodes = list(grown_nodes(session, plan, _nobody))
        assert sorted(node.index or 0 for node in nodes) == list(range(300))
        assert {node.n_tokens for node in nodes} <= {1, 2, 3}
        tree = read_tree(session.path)
        assert [request.n_branches for request in tree.requests.values()] == [300]
        assert len(tree) == 301

    def test_covering_records_the_exact_probability_of_each_first_token(
        self, session: Session
    ) -> None:
        cover = Cover(share=0.95, min_probability=0.002)
        with closing(session):
            plan = Plan(session.tree.root_ids, GrowSettings(50, 4, cover=cover))
            nodes = list(grown_nodes(session, plan, _nobody))
        tree = read_tree(session.path)
        (covered,) = tree.covered.values()
        logprobs = []
        with open_for_reading(session.path) as stored:
            for node in sorted(nodes, key=lambda node: node.index or 0):
                tokens = stored.read_tokens(node.id)
                assert tokens.stats is not None
                logprobs.append(float(tokens.stats.logprob[0]))
        probabilities = [math.exp(logprob) for logprob in logprobs]
        assert probabilities == sorted(probabilities, reverse=True)
        assert len(probabilities) == covered.n_branches > 1
        assert sum(probabilities) == pytest.approx(covered.mass, abs=1e-4)
        assert min(probabilities) >= 0.002
        assert sum(probabilities[:-1]) < 0.95
        assert len({node.token_ids[0] for node in nodes if node.token_ids}) == len(nodes)

    def test_sentences_deep(self, session: Session) -> None:
        settings = GrowSettings(2, 60, seed=3, ending=Ending(until="sentence"))
        with closing(session):
            plan = Plan(session.tree.root_ids, settings, depth=2)
            nodes = list(grown_nodes(session, plan, _nobody))
        sentences = [node for node in nodes if node.finish == "until"]
        assert sentences
        assert all(node.text.rstrip()[-1:] in b".!?\"'" for node in sentences)
