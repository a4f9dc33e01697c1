"""Scoring, embedding, covering and exact growing, through llama.cpp with the bundled model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from loom.engine.backend import Row
from loom.engine.engine import Engine
from loom.engine.events import (
    BranchEnded,
    Covered,
    Embedded,
    RequestEnded,
    RequestFailed,
    Stepped,
)
from loom.engine.llama.backend import LlamaBackend
from loom.engine.request import (
    Cancel,
    Embed,
    Grow,
    LoadSpec,
    Score,
    ScoreItem,
    TextPart,
    TokensPart,
)
from loom.engine.scripted import ScriptedBackend
from loom.records import Cover, Ending, Sampling
from tests.engine.driving import finishes, gauge_of, only, run, scored, texts, written

PROMPT = (TextPart(b"One morning in the town, "),)
OTHER = (TextPart(b"The baker told a story about the sea. "),)
OPEN = (TextPart(b"Anna"),)
NOISE = 0.05
"""Batches of other shapes change logits in their last bits (F16 cache), not more."""


@pytest.fixture(scope="module")
def backend(story_base: Path) -> Iterator[LlamaBackend]:
    backend = LlamaBackend(LoadSpec(str(story_base), fingerprint="f"))
    yield backend
    backend.close()


@pytest.fixture
def engine(backend: LlamaBackend) -> Engine:
    backend.clear()
    return Engine(backend)


def from_scratch(backend: LlamaBackend, history: list[int], text: list[int]) -> np.ndarray:
    """Log-probabilities of a text, evaluated in one go on an empty memory."""
    backend.clear()
    tokens = [*history, *text[:-1]]
    rows = [Row(t, i, 0, i >= len(history) - 1) for i, t in enumerate(tokens)]
    backend.decode(rows)
    laws = [backend.law(i).astype(np.float64) for i in range(len(text))]
    found = np.array(
        [
            law[t] - law.max() - np.log(np.exp(law - law.max()).sum())
            for law, t in zip(laws, text, strict=True)
        ]
    )
    backend.clear()
    return found


def ids_of(backend: LlamaBackend, text: bytes, *, at_start: bool = False) -> list[int]:
    ids = backend.tokenise(text, special=False, at_start=at_start)
    bos = [] if backend.bos_id is None or not at_start else [backend.bos_id]
    return bos + ids


def test_scores_are_those_of_evaluation_from_scratch(engine: Engine, backend: LlamaBackend) -> None:
    given = [b"the baker went out.", b"a fox!", b"Anna met Marco at the harbour", b"zzz"]
    histories = [PROMPT, OTHER, PROMPT, PROMPT]
    items = tuple(
        ScoreItem(history, (TextPart(text),))
        for history, text in zip(histories, given, strict=True)
    )
    found = scored(run(engine, Score("s", items)))
    assert sorted(found) == [0, 1, 2, 3]
    for index, (history, text) in enumerate(zip(histories, given, strict=True)):
        expected = from_scratch(
            backend, ids_of(backend, history[0].text, at_start=True), ids_of(backend, text)
        )
        assert b"".join(found[index].pieces) == text
        stats = found[index].stats
        assert stats is not None
        np.testing.assert_allclose(stats.logprob, expected, atol=NOISE)


def test_scoring_what_was_generated_gives_its_own_statistics_again(engine: Engine) -> None:
    grown = written(run(engine, Grow("g", PROMPT, 4, 24, Sampling(), seed=3)))
    items = tuple(
        ScoreItem(PROMPT, (TokensPart(tuple(grown["g", i].ids.tolist())),)) for i in range(4)
    )
    found = scored(run(engine, Score("s", items)))
    for i in range(4):
        then, now = grown["g", i].stats, found[i].stats
        assert then is not None
        assert now is not None
        np.testing.assert_allclose(now.logprob, then.logprob, atol=NOISE)
        np.testing.assert_allclose(now.entropy_bits, then.entropy_bits, atol=NOISE)
        assert (now.top_ids[:, 0] == then.top_ids[:, 0]).mean() > 0.9


def test_a_history_is_read_once_for_all_its_texts(engine: Engine) -> None:
    text = (TextPart(b"the baker"),)
    run(engine, Score("warm", (ScoreItem(PROMPT, text),)))
    before = gauge_of(run(engine, Score("one", (ScoreItem(PROMPT, text),)))).n_evaluated
    after = gauge_of(run(engine, Score("many", (ScoreItem(PROMPT, text),) * 10))).n_evaluated
    n_text = len(scored(run(engine, Score("n", (ScoreItem(PROMPT, text),))))[0])
    assert after - before == 10 * n_text


def test_scores_arrive_while_branches_grow_and_share_their_batches(engine: Engine) -> None:
    items = tuple(ScoreItem(OTHER, (TextPart(b"the sea is wide"),)) for _ in range(4))
    events = run(engine, Grow("g", PROMPT, 3, 30, Sampling(), seed=1), Score("s", items))
    first_end = next(i for i, e in enumerate(events) if isinstance(e, BranchEnded))
    last_score = max(i for i, e in enumerate(events) if isinstance(e, RequestEnded))
    assert last_score < first_end
    assert len(scored(events)) == 4


def test_background_work_waits_until_nobody_waits(engine: Engine) -> None:
    items = tuple(ScoreItem(OTHER, (TextPart(b"the sea is wide"),)) for _ in range(4))
    background = Score("s", items, priority="background")
    events = run(engine, background, Grow("g", PROMPT, 3, 12, Sampling(), seed=1))
    last_end = max(i for i, e in enumerate(events) if isinstance(e, BranchEnded))
    first_score = min(i for i, e in enumerate(events) if isinstance(e, RequestEnded))
    assert last_end < first_score


def test_a_text_without_tokens_scores_as_nothing(engine: Engine) -> None:
    events = run(engine, Score("s", (ScoreItem(PROMPT, ()),)))
    assert len(scored(events)[0]) == 0
    assert only(events, RequestEnded) == [RequestEnded("s", cancelled=False)]


def test_a_cancelled_score_ends_at_once_and_leaves_room(engine: Engine) -> None:
    items = tuple(ScoreItem(PROMPT, (TextPart(b"the baker " * 40),)) for _ in range(40))
    events = engine.submit(Score("s", items)) + engine.step()
    events += engine.submit(Cancel("s"))
    assert only(events, RequestEnded) == [RequestEnded("s", cancelled=True)]
    assert len(finishes(run(engine, Grow("g", PROMPT, 4, 8, Sampling(), seed=1)))) == 4


def test_a_text_longer_than_the_window_is_refused(engine: Engine, backend: LlamaBackend) -> None:
    text = (TokensPart((5,) * (backend.info.n_ctx + 1)),)
    failed = only(run(engine, Score("s", (ScoreItem(PROMPT, text),))), RequestFailed)
    assert "reads at most" in failed[0].what


def test_covering_begins_a_branch_with_every_likely_token(engine: Engine) -> None:
    cover = Cover(share=0.8, min_probability=0.001)
    several = (TextPart(b"One morning in"),)
    events = run(engine, Grow("c", several, 64, 6, Sampling(), seed=1, cover=cover))
    found = only(events, Covered)[0]
    grown = written(events)
    assert found.n_branches == len(grown) == len(finishes(events)) > 1
    firsts = [grown["c", i] for i in range(found.n_branches)]
    logprobs = [float(tokens.stats.logprob[0]) for tokens in firsts if tokens.stats is not None]
    assert logprobs == sorted(logprobs, reverse=True)
    assert np.isclose(np.exp(logprobs).sum(), found.mass, atol=1e-3)
    assert found.mass >= 0.8 > found.mass - np.exp(logprobs[-1])
    assert len({int(tokens.ids[0]) for tokens in firsts}) == found.n_branches


def test_covering_stops_at_what_is_too_unlikely_and_at_the_most_branches(engine: Engine) -> None:
    def n_branches(most: int, cover: Cover) -> int:
        events = run(engine, Grow("c", OPEN, most, 2, Sampling(), seed=1, cover=cover))
        return only(events, Covered)[0].n_branches

    assert n_branches(3, Cover(share=1.0, min_probability=0.0)) == 3
    assert n_branches(64, Cover(share=1.0, min_probability=0.9)) == 1


def test_a_covered_growth_can_be_cancelled_before_it_knows_its_branches(engine: Engine) -> None:
    events = engine.submit(Grow("c", PROMPT, 8, 8, Sampling(), seed=1, cover=Cover()))
    events += engine.submit(Cancel("c"))
    assert only(events, Covered) == [Covered("c", 0, 0.0)]
    while engine.busy:
        assert not only(engine.step(), Stepped)


def test_exact_branches_are_the_same_bit_for_bit_whatever_ran_before(engine: Engine) -> None:
    exact = Grow("e", PROMPT, 2, 20, Sampling(), seed=5, mode="exact")
    first = written(run(engine, exact))
    run(engine, Grow("g", OTHER, 7, 30, Sampling(), seed=2))
    again = written(run(engine, exact))
    for branch in (("e", 0), ("e", 1)):
        assert first[branch].ids.tolist() == again[branch].ids.tolist()
        then, now = first[branch].stats, again[branch].stats
        assert then is not None
        assert now is not None
        assert then.logprob.tobytes() == now.logprob.tobytes()


def test_covering_in_exact_mode_is_refused_and_spoils_nothing(engine: Engine) -> None:
    both = Grow("b", OPEN, 4, 8, Sampling(), seed=1, mode="exact", cover=Cover())
    assert only(engine.submit(both), RequestFailed)
    assert len(finishes(run(engine, Grow("g", OPEN, 2, 4, Sampling(), seed=1)))) == 2


def test_a_covered_grammar_begins_only_what_it_allows(engine: Engine) -> None:
    grammar = Sampling(grammar='root ::= " went" | " was"')
    cover = Cover(share=1.0, min_probability=0.0)
    events = run(engine, Grow("c", OPEN, 500, 4, grammar, seed=1, cover=cover))
    wanted = {b" went", b" was", b" w", b" "}
    assert texts(events)
    assert all(any(text.startswith(w) for w in wanted) for text in texts(events).values())


def test_exact_and_fast_draw_from_the_same_law(engine: Engine) -> None:
    greedy = Sampling(min_p=None, temperature=0.0)
    exact = run(engine, Grow("r", PROMPT, 1, 12, greedy, seed=1, mode="exact"))
    fast = run(engine, Grow("r", PROMPT, 1, 12, greedy, seed=1))
    assert texts(exact) == texts(fast)


def test_a_branch_ends_with_its_sentence_or_stop_text(engine: Engine) -> None:
    until = Ending(until="sentence")
    events = run(engine, Grow("s", PROMPT, 6, 80, Sampling(), seed=1, ending=until))
    ended = {name for name, finish in finishes(events).items() if finish == "until"}
    assert ended
    for name in ended:
        assert texts(events)[name].rstrip().endswith((b".", b"!", b"?", b'"', b"'"))
    stop = Ending(stop=("the",))
    events = run(engine, Grow("t", PROMPT, 6, 80, Sampling(), seed=1, ending=stop))
    for name, finish in finishes(events).items():
        text = texts(events)[name]
        assert (b"the" in text) == (finish == "stop")
        assert b"the" not in text[:-8]


def test_the_model_cannot_end_before_the_least_number_of_tokens(engine: Engine) -> None:
    prompt = (TextPart(b"The end."),)
    ending = Ending(min_tokens=30)
    events = run(engine, Grow("m", prompt, 8, 40, Sampling(), seed=1, ending=ending))
    assert min(len(tokens) for tokens in written(events).values()) >= 30


def test_texts_become_vectors_of_length_one_and_like_is_near_like(engine: Engine) -> None:
    sentences = [
        b"Anna walked to the harbour and met the baker.",
        b"Anna walked to the harbour and met the baker!",
        b"> be me",
    ]
    events = run(engine, Embed("v", tuple((TextPart(text),) for text in sentences)))
    found = {event.index: event for event in only(events, Embedded)}
    assert sorted(found) == [0, 1, 2]
    assert {event.pooling for event in found.values()} == {"mean of hidden states"}
    a, b, c = (found[i].vector for i in range(3))
    assert np.isclose(np.linalg.norm(a), 1, atol=1e-5)
    assert a @ b > a @ c
    assert only(events, RequestEnded) == [RequestEnded("v", cancelled=False)]


def test_an_empty_text_has_no_vector_where_the_model_has_no_beginning() -> None:
    failed = only(run(Engine(ScriptedBackend(["x"])), Embed("v", ((),))), RequestFailed)
    assert "no embedding" in failed[0].what
