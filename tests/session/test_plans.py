"""What a plan comes to, and what it promises while it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loom.engine.events import EngineDied
from loom.engine.request import Grow
from loom.records import Cover
from loom.records.sampling import PRESETS
from loom.session.plans import Plan, estimated, seed_within, told
from loom.session.planter import MOST_IN_FLIGHT
from loom.session.session import Session
from loom.session.settings import GrowSettings
from tests.session.conftest import ScriptedModel
from tests.session.growing import a_plan, carry_out, grown, levels, pull

Begin = Callable[..., Session]
LONG = "one two three four five six seven eight nine ten eleven twelve"

numbers = st.integers(1, 6)


@pytest.fixture
def model() -> ScriptedModel:
    """Nothing it says ends by itself."""
    return ScriptedModel(scripts=(LONG,))


class TestWhatItComesTo:
    def test_each_level_grows_from_every_branch_of_the_one_before(self) -> None:
        estimate = estimated(a_plan("n", n_branches=5, max_tokens=64, depth=3), 100.0)
        assert (estimate.n_requests, estimate.n_branches) == (1 + 5 + 25, 5 + 25 + 125)
        assert estimate.n_tokens == 155 * 64
        assert estimate.seconds == 155 * 64 / 100

    def test_nobody_knows_the_seconds_before_the_model_has_grown(self) -> None:
        assert estimated(a_plan("n"), None).seconds is None

    @given(numbers, numbers, st.integers(1, 4), numbers, st.integers(1, 500))
    def test_a_budget_is_never_exceeded_and_a_large_one_changes_nothing(
        self, n_places: int, width: int, depth: int, longest: int, budget: int
    ) -> None:
        nodes = tuple(map(str, range(n_places)))
        asked = GrowSettings(n_branches=width, max_tokens=longest)
        free = estimated(Plan(nodes, asked, depth), None)
        bound = estimated(Plan(nodes, asked, depth, budget), None)
        assert bound.n_tokens == min(free.n_tokens, budget)
        assert (bound.n_branches - 1) * longest < max(budget, 1)
        if budget >= free.n_tokens:
            assert bound == free

    def test_it_is_told_in_words(self) -> None:
        assert told(estimated(a_plan("n", n_branches=1), 0.25)) == (
            "up to 1 branch and 3 tokens, about 12 s"
        )
        assert told(estimated(a_plan("n", depth=60), 1.0)) == (
            "up to over a billion branches and over a billion tokens, about 1,000,000,000 days"
        )

    def test_seeds_differ_from_place_to_place_and_are_small_enough_to_type(self) -> None:
        seeds = [seed_within(7, at) for at in range(1_000)]
        assert len(set(seeds)) == 1_000
        assert all(0 <= seed < 2**31 for seed in seeds)


class TestDepth:
    def test_levels_grow_one_from_another(self, begin: Begin, model: ScriptedModel) -> None:
        session = begin()
        carry_out(session, a_plan(session.tree.root_ids[0], n_branches=2, depth=3), model)
        assert levels(session) == [2, 4, 8]
        assert {node.finish for node in grown(session)} == {"length"}

    def test_a_text_that_came_to_its_end_is_not_grown_from(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        model.scripts = ("The end.",)
        session = begin()
        carry_out(session, a_plan(session.tree.root_ids[0], depth=3), model)
        assert levels(session) == [2]

    def test_every_end_grows_in_one_plan(self, begin: Begin, model: ScriptedModel) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        carry_out(session, a_plan(root, n_branches=3), model)
        leaves = session.leaves()
        assert len(leaves) == 3
        carry_out(session, a_plan(*leaves, n_branches=2), model)
        assert levels(session) == [3, 6]
        assert len(session.leaves(leaves[0])) == 2

    def test_what_ended_or_grows_is_no_open_end(self, begin: Begin, model: ScriptedModel) -> None:
        model.scripts = ("The end.", LONG)
        session = begin()
        root = session.tree.root_ids[0]
        carry_out(session, a_plan(root, n_branches=2), model)
        (open_end,) = session.leaves()
        assert session.tree.node(open_end).finish == "length"
        session.grow(open_end)
        model.engines[-1].step(3)
        pull(session)
        assert session.leaves() == ()

    def test_one_seed_grows_the_whole_plan_again(self, begin: Begin, model: ScriptedModel) -> None:
        seeds = []
        for _ in range(2):
            session = begin()
            carry_out(session, a_plan(session.tree.root_ids[0], depth=3, seed=11), model)
            seeds.append(sorted(request.seed for request in session.tree.requests.values()))
        assert seeds[0] == seeds[1]
        assert len(set(seeds[0])) == 7
        assert 11 in seeds[0]

    def test_greedy_grows_one_chain_and_says_so_once(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        plan = a_plan(session.tree.root_ids[0], n_branches=4, depth=3)
        plan = replace(plan, settings=replace(plan.settings, sampling=PRESETS["greedy"]))
        carry_out(session, plan, model)
        assert levels(session) == [1, 1, 1]
        assert len([n for n in session.notices() if "temperature 0" in n.what]) == 1


class TestBudget:
    @pytest.mark.parametrize("budget", [1, 2, 3, 7, 20, 41, 42])
    def test_it_is_spent_to_the_token(
        self, begin: Begin, model: ScriptedModel, budget: int
    ) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        carry_out(session, a_plan(root, n_branches=2, depth=3, budget=budget), model)
        lengths = [node.n_tokens for node in grown(session)]
        assert sum(lengths) == min(budget, 14 * 3)
        assert sum(length < 3 for length in lengths) == (1 if budget % 3 else 0)

    @given(
        lengths=st.lists(st.integers(1, 5), min_size=1, max_size=5),
        width=st.integers(1, 4),
        depth=st.integers(1, 3),
        longest=st.integers(1, 4),
        budget=st.integers(1, 60),
    )
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_the_branches_say_it_is_kept_and_not_wasted(
        self,
        begin: Begin,
        model: ScriptedModel,
        lengths: list[int],
        width: int,
        depth: int,
        longest: int,
        budget: int,
    ) -> None:
        model.scripts = tuple("word " * n for n in lengths)
        session = begin()
        root = session.tree.root_ids[0]
        plan = a_plan(root, n_branches=width, max_tokens=longest, depth=depth, budget=budget)
        carry_out(session, plan, model)
        nodes = grown(session)
        n_tokens = sum(node.n_tokens for node in nodes)
        assert n_tokens <= budget
        if n_tokens < budget:
            # Then every place has all its branches.
            inner = [n for n in nodes if len(session.tree.path(n.id)) <= depth]
            places = [root, *(n.id for n in inner if n.finish == "length")]
            assert all(session.tree.n_children(place) == width for place in places)

    def test_shortening_and_what_is_left_out_are_said(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        carry_out(session, a_plan(session.tree.root_ids[0], depth=2, budget=8), model)
        said = [notice.what for notice in session.notices()]
        assert said[0].startswith("The last branch has at most 2 of 3 tokens")
        assert said[1].startswith("The budget of 8 tokens is spent: 3 branches")

    def test_what_a_branch_did_not_need_goes_to_the_next(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        model.scripts = ("Ha.", "Ha.", LONG)
        session = begin()
        # Two branches of two tokens (a word and the end) leave room for two whole ones.
        carry_out(session, a_plan(session.tree.root_ids[0], n_branches=4, budget=10), model)
        assert [node.n_tokens for node in grown(session)] == [2, 2, 3, 2]

    def test_a_plan_within_its_budget_says_nothing(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        carry_out(session, a_plan(session.tree.root_ids[0], budget=100), model)
        assert levels(session) == [2]
        assert session.notices() == ()


class TestOnItsWay:
    def test_few_branches_are_in_flight_and_other_requests_go_first(
        self, begin: Begin, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        carry_out(session, a_plan(root, n_branches=60, max_tokens=1), model)
        asked: list[Grow] = []
        submit = model.engines[-1].submit
        monkeypatch.setattr(
            model.engines[-1], "submit", lambda grow: (asked.append(grow), submit(grow))
        )
        planter = session.plant(a_plan(*session.leaves(), n_branches=10))
        assert sum(grow.n_branches for grow in asked) == MOST_IN_FLIGHT // 10 * 10
        session.grow(root)
        assert [grow.priority for grow in asked] == ["background"] * 6 + ["now"]
        while not planter.ended:
            model.run()
            pull(session)
        assert sum(grow.n_branches for grow in asked) == 600 + 5

    def test_progress_counts_up_to_what_it_comes_to(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        planter = session.plant(a_plan(session.tree.root_ids[0], n_branches=3, depth=2))
        seen = []
        while (progress := session.progress) is not None:
            seen.append(progress)
            model.engines[-1].step()
            pull(session)
        assert planter.ended
        assert (seen[0].n_ended, seen[0].n_branches, seen[0].most_tokens) == (0, 12, 36)
        assert {(p.n_branches, p.most_tokens) for p in seen} == {(12, 36)}
        assert [p.n_tokens for p in seen] == sorted(p.n_tokens for p in seen)
        assert seen[0].is_planned
        assert not seen[-1].is_planned

    def test_one_stop_ends_every_level_and_keeps_all(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        planter = session.plant(a_plan(session.tree.root_ids[0], max_tokens=4, depth=5))
        while levels(session) != [2, 4] if grown(session) else True:
            model.engines[-1].step()
            pull(session)
        session.stop()
        assert session.progress is None
        model.run()
        pull(session)
        assert planter.ended
        assert levels(session) == [2, 4]
        assert [node.finish for node in grown(session)] == ["length"] * 2 + ["cancelled"] * 4
        assert all(node.text for node in grown(session))

    def test_a_dead_engine_ends_the_plan_and_is_not_started_again(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        planter = session.plant(a_plan(session.tree.root_ids[0], depth=3))
        model.engines[-1].step(3)
        model.listeners[-1]((EngineDied("It was ended by SIGKILL.", "Space starts it."),))
        pull(session)
        assert planter.ended
        assert "SIGKILL" in str(planter.failure)
        assert len(model.engines) == 1

    def test_a_place_that_is_too_long_does_not_keep_the_others_from_growing(
        self, begin: Begin
    ) -> None:
        model = ScriptedModel(scripts=(LONG,), n_ctx=24)
        session = begin()
        session._models._connect = model.connect
        root = session.tree.root_ids[0]
        long = session.write(root, " word" * 40)
        short = session.write(root, " word")
        planter = carry_out(session, a_plan(long, short), model)
        assert "tokens" in str(planter.failure)
        assert session.tree.n_children(long) == 0
        assert session.tree.n_children(short) == 2

    def test_freeing_the_model_ends_what_it_was_growing(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        planter = session.plant(a_plan(session.tree.root_ids[0], depth=3))
        model.engines[-1].step(3)
        session.unload_model()
        pull(session)
        assert planter.ended
        assert session.progress is None
        assert {node.finish for node in grown(session)} == {"cancelled"}

    def test_how_fast_it_was_is_known_after_opening_again(
        self, begin: Begin, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = begin()
        now = iter(range(10_000))
        session._requests._scribe._clock = lambda: float(next(now))
        plan = a_plan(session.tree.root_ids[0], n_branches=4, max_tokens=10)
        carry_out(session, plan, model)
        rate = session._growths.rate("scripted")
        assert rate is not None
        session.close()
        again = Session.open(session.path, model.connect)
        try:
            assert again._growths.rate("scripted") == pytest.approx(rate, rel=0.1)
        finally:
            again.close()


class TestCovering:
    def test_branches_are_as_many_as_the_law_asks_for(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        root = session.tree.root_ids[0]
        asked = GrowSettings(n_branches=20, max_tokens=2, cover=Cover(0.8, 0.01))
        # The law of the scripts: the end with 1/2, eight others with 1/16 each.
        carry_out(session, Plan((root,), asked), model)
        (request,) = session.tree.requests.values()
        covered = session.tree.covered[request.request_id]
        assert covered.n_branches == session.tree.n_children(root) == 6
        assert covered.mass == pytest.approx(13 / 16, abs=1e-3)
        assert session.progress is None

    def test_stopped_before_it_saw_the_law_nothing_is_covered(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin()
        asked = GrowSettings(n_branches=20, cover=Cover(0.8))
        planter = session.plant(Plan((session.tree.root_ids[0],), asked))
        session.stop()
        model.run()
        pull(session)
        assert planter.ended
        assert not session.tree.covered
        assert len(session.tree) == 1
