import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.engine.backend import Backend, BackendError, Row
from loom.engine.engine import Engine
from loom.engine.events import EngineEvent, RequestFailed, Scored, Stepped
from loom.engine.request import Embed, Grow, Request, Score, ScoreItem, TextPart
from loom.errors import UsageError
from loom.records import Sampling
from loom.records.sampling import LogitBias, Penalties, Xtc
from loom.worlds.backend import WorldBackend
from loom.worlds.catalogue import WORLDS, open_world
from loom.worlds.dice import WorldDice
from loom.worlds.grammar import Place
from loom.worlds.names import SKETCHES

PROMPT = "Friends, raise your glasses. I have known"


def rows(tokens: list[int], sequence: int = 0, start: int = 0) -> list[Row]:
    last = len(tokens) - 1
    return [Row(t, start + i, sequence, i == last) for i, t in enumerate(tokens)]


def drawn(world: WorldBackend[Place], sequence: int) -> int:
    """The likeliest token after what a sequence holds."""
    held = world._sequences[sequence]
    return int(np.argmax(world.log_law(held[-1][1])))


@pytest.fixture
def world(story: WorldBackend[Place]) -> WorldBackend[Place]:
    fresh = story.alone()
    assert fresh.info == story.info
    return fresh


def test_every_world_is_a_backend() -> None:
    for name in WORLDS:
        backend: Backend = open_world(name)
        assert backend.info.name == name
        assert backend.info.n_vocab > 256


def test_a_name_that_is_no_world_is_refused() -> None:
    with pytest.raises(UsageError, match="no world called quilt"):
        open_world("quilt")


def test_the_first_token_of_a_text_may_be_the_end_of_another(world: WorldBackend[Place]) -> None:
    assert world.bos_id is not None
    tokens = [world.bos_id, *world.tokenise(PROMPT.encode(), special=False, at_start=True)]
    world.decode(rows(tokens, 0))
    first = world.statistics([0], [0], 50)
    world.decode(rows(tokens[1:], 1))
    assert np.array_equal(first.top_ids, world.statistics([0], [0], 50).top_ids)


def test_a_copy_shares_a_beginning_and_nothing_more(world: WorldBackend[Place]) -> None:
    tokens = world.tokenise(PROMPT.encode(), special=False, at_start=True)
    world.decode(rows(tokens, 0))
    expected = world.statistics([0], [0], 5).top_ids.tolist()
    world.copy(0, 1, len(tokens) - 1)
    world.decode(rows([world.vocabulary.encode(" zebra")[0]], 0, len(tokens)))
    world.decode(rows(tokens[-1:], 1, len(tokens) - 1))
    assert world.statistics([0], [0], 5).top_ids.tolist() == expected


def test_what_was_saved_comes_back(world: WorldBackend[Place]) -> None:
    tokens = world.tokenise(PROMPT.encode(), special=False, at_start=True)
    world.decode(rows(tokens, 0))
    expected = drawn(world, 0)
    saved = world.save(0, 2, len(tokens))
    assert saved is not None
    world.copy(0, 3, 2)
    world.clear()
    world.decode(rows(tokens[:2], 3))
    assert world.restore(3, saved, 2, len(tokens))
    assert drawn(world, 3) == expected
    assert world.reaches(3, len(tokens))
    assert not world.reaches(3, len(tokens) + 1)
    assert world.save(3, 0, len(tokens) + 1) is None


def test_a_hole_in_a_sequence_is_an_error(world: WorldBackend[Place]) -> None:
    with pytest.raises(BackendError, match="holds 0 tokens"):
        world.decode([Row(5, 3, 9, False)])


def test_statistics_are_those_of_the_law(world: WorldBackend[Place]) -> None:
    tokens = world.tokenise(PROMPT.encode(), special=False, at_start=True)
    world.decode(rows(tokens, 0))
    law = np.exp(world.log_law(world._sequences[0][-1][1]))
    chosen = int(np.argmax(law))
    stats = world.statistics([0], [chosen], 3)
    positive = law[law > 0]
    assert stats.logprob[0] == pytest.approx(math.log(law[chosen]), abs=1e-6)
    assert stats.entropy_bits[0] == pytest.approx(-(positive * np.log2(positive)).sum(), abs=1e-5)
    assert stats.collision[0] == pytest.approx((law**2).sum(), abs=1e-6)
    assert stats.p_max[0] == pytest.approx(law.max(), abs=1e-6)
    assert stats.residual_mass[0] == pytest.approx(1 - np.sort(law)[-3:].sum(), abs=1e-6)
    surprise = -np.log2(positive)
    spread = (positive * (surprise - (positive * surprise).sum()) ** 2).sum()
    assert stats.varentropy_bits2[0] == pytest.approx(spread, abs=1e-4)


@pytest.mark.parametrize("name", ["golden-mean", "even", "rrxor"])
def test_a_small_process_has_its_entropy_behind_the_protocol(name: str) -> None:
    backend = open_world(name)
    assert backend.bos_id is not None
    backend.decode(rows([backend.bos_id, *b"1101"]))
    stats = backend.statistics([0], [ord("1")], 4)
    law = np.exp(stats.top_logprobs[0][:2].astype(float))
    assert law.sum() == pytest.approx(1, abs=1e-6)
    expected = -sum(p * math.log2(p) for p in law if p > 0)
    assert stats.entropy_bits[0] == pytest.approx(expected, abs=1e-5)


@settings(deadline=None, max_examples=20)
@given(st.integers(min_value=0, max_value=2**31), st.integers(min_value=1, max_value=60))
def test_what_is_drawn_with_the_defaults_can_be_said(
    story: WorldBackend[Place], seed: int, n_tokens: int
) -> None:
    world = story.alone()
    tokens = [story.vocabulary.end_of_text]
    sampler = world.sampler(Sampling(), seed)
    world.decode(rows(tokens))
    for position in range(1, n_tokens):
        tokens.append(sampler.draw(0, may_end=True))
        if world.ends_text(tokens[-1]):
            break
        world.decode([Row(tokens[-1], position, 0, True)])
    followed = world.filter.follow(world.filter.start(), tokens[1:])
    assert followed.outside == ()


LAW = np.log(np.array([0.4, 0.3, 0.2, 0.05, 0.05]))


def frequencies(sampling: Sampling, biases: dict[int, float] | None = None) -> list[float]:
    dice = WorldDice(sampling, 3, (4,), biases or {})
    counts = np.bincount([dice.draw(LAW, may_end=True) for _ in range(4000)], minlength=5)
    return (counts / 4000).tolist()


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (Sampling(min_p=None), [0.4, 0.3, 0.2, 0.05, 0.05]),
        (Sampling(min_p=0.5), [4 / 9, 3 / 9, 2 / 9, 0, 0]),
        (Sampling(min_p=None, top_k=2), [4 / 7, 3 / 7, 0, 0, 0]),
        (Sampling(min_p=None, top_p=0.6), [4 / 7, 3 / 7, 0, 0, 0]),
        (Sampling(min_p=None, temperature=0.5), [0.16 / 0.295, 0.09 / 0.295, 0.04 / 0.295, 0, 0]),
        (Sampling(min_p=None, temperature=0.0), [1, 0, 0, 0, 0]),
        (Sampling(min_p=None, xtc=Xtc(1.0, 0.25)), [0, 3 / 6, 2 / 6, 0.05 / 0.6, 0.05 / 0.6]),
        (Sampling(min_p=None, ban_end=True), [0.4 / 0.95, 0.3 / 0.95, 0.2 / 0.95, 0.05 / 0.95, 0]),
    ],
)
def test_each_step_does_what_its_name_says(sampling: Sampling, expected: list[float]) -> None:
    assert frequencies(sampling) == pytest.approx(expected, abs=0.035)


def test_a_bias_moves_a_token() -> None:
    banned = Sampling(min_p=None, biases=(LogitBias(0, None),))
    assert frequencies(banned, {0: -math.inf})[0] == 0


def test_the_same_seed_draws_the_same(world: WorldBackend[Place]) -> None:
    one, other = (WorldDice(Sampling(min_p=None), 7, (4,), {}) for _ in range(2))
    assert [one.draw(LAW, may_end=True) for _ in range(50)] == [
        other.draw(LAW, may_end=True) for _ in range(50)
    ]


def test_a_step_that_looks_back_is_refused(world: WorldBackend[Place]) -> None:
    with pytest.raises(UsageError, match="penalties"):
        world.check_sampling(Sampling(penalties=Penalties(repeat=1.2)))


def test_an_end_is_not_drawn_where_it_may_not_be(world: WorldBackend[Place]) -> None:
    dice = WorldDice(Sampling(min_p=None), 1, (0, 1, 2, 3), {})
    assert {dice.draw(LAW, may_end=False) for _ in range(20)} == {4}


def run(engine: Engine, request: Request) -> list[EngineEvent]:
    events = [*engine.submit(request)]
    while engine.busy:
        events += engine.step()
    engine.check()
    return events


def branches(events: list[EngineEvent]) -> dict[int, list[int]]:
    said: dict[int, list[int]] = {}
    for event in events:
        if isinstance(event, Stepped):
            for (_, index), token in zip(event.branches, event.tokens.ids.tolist(), strict=True):
                said.setdefault(index, []).append(token)
    return said


def test_the_engine_grows_branches_of_a_world(world: WorldBackend[Place]) -> None:
    request = Grow("r", (TextPart(PROMPT.encode()),), 4, 24, Sampling(), seed=5)
    said = branches(run(Engine(world), request))
    assert len(said) == 4
    prompt = world.tokenise(PROMPT.encode(), special=False, at_start=True)
    for tokens in said.values():
        followed = world.filter.follow(world.filter.start(), [*prompt, *tokens])
        assert followed.outside == ()


def test_exact_mode_says_what_fast_mode_says(world: WorldBackend[Place]) -> None:
    fast = Grow("r", (TextPart(PROMPT.encode()),), 3, 16, Sampling(), seed=6)
    exact = replace(fast, mode="exact")
    assert branches(run(Engine(world), fast)) == branches(run(Engine(world), exact))


def test_a_world_has_no_vectors_and_says_so(world: WorldBackend[Place]) -> None:
    (refused,) = run(Engine(world), Embed("e", ((TextPart(PROMPT.encode()),),)))
    assert isinstance(refused, RequestFailed)
    assert refused.what == "story-world makes no vectors of texts."
    assert refused.remedy


def test_every_world_has_a_name_and_a_sentence() -> None:
    assert list(SKETCHES) == list(WORLDS)
    for name, sketch in SKETCHES.items():
        world = open_world(name)
        assert (sketch.mode == "chat") == (world.info.chat_template is not None)
        assert sketch.about.endswith(".")


def test_a_window_that_was_asked_for_is_kept_in_exact_mode_too() -> None:
    world = open_world("golden-mean", 8)
    assert (world.info.n_ctx, world.alone().info.n_ctx) == (8, 8)
    prompt = (TextPart(b"1101"),)
    for mode in ("fast", "exact"):
        grown = branches(run(Engine(world), Grow("r", prompt, 1, 99, Sampling(), 1, mode=mode)))
        # The token that begins a text stands in the window as well.
        assert len(grown[0]) == 8 - 5
    assert open_world("golden-mean", 10**9).info.n_ctx == world.info.n_ctx_train


def test_the_engine_scores_texts_as_the_filter_does(world: WorldBackend[Place]) -> None:
    text = " Marco since the winter the lake froze, and zebra"
    item = ScoreItem((TextPart(PROMPT.encode()),), (TextPart(text.encode()),))
    events = run(Engine(world), Score("s", (item,)))
    (scored,) = [event for event in events if isinstance(event, Scored)]
    assert scored.tokens.stats is not None
    before = world.filter.follow(world.filter.start(), world.vocabulary.encode(PROMPT)).belief
    exact = world.filter.follow(before, world.vocabulary.encode(text)).bits
    found = -scored.tokens.stats.logprob.astype(float) / math.log(2)
    assert found.tolist() == pytest.approx(list(exact), abs=1e-5)
