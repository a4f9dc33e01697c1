"""The engine over a backend with no model: what is scheduled, what is answered."""

from __future__ import annotations

from dataclasses import replace

from loom.engine.engine import Engine
from loom.engine.events import (
    Accepted,
    EngineEvent,
    Gauge,
    RequestFailed,
    Stepped,
)
from loom.engine.intake import sha256_of_ids
from loom.engine.prompts import PromptReader
from loom.engine.request import Cancel, Grow, TextPart, TokensPart
from loom.engine.scripted import END, ScriptedBackend
from loom.engine.sequence import RANDOM_SEED, branch_seed
from loom.records import Sampling
from tests.engine.driving import finishes, gauge_of, run, texts

PROMPT = (TextPart(b"Friends, raise your glasses."),)


def grow(name: str = "r", n: int = 3, tokens: int = 8, prompt: object = PROMPT) -> Grow:
    return Grow(name, prompt, n, tokens, Sampling(), seed=1)  # type: ignore[arg-type]


def test_branches_say_their_scripts_and_end() -> None:
    engine = Engine(ScriptedBackend(["Marco laughed.", "Nobody moved at all that evening."]))
    events = run(engine, grow(n=2, tokens=4))
    assert texts(events) == {("r", 0): b"Marco laughed.", ("r", 1): b"Nobody moved at all"}
    assert finishes(events) == {("r", 0): "eos", ("r", 1): "length"}


def test_the_prompt_is_evaluated_once_for_all_branches() -> None:
    engine = Engine(ScriptedBackend(["one two three"]))
    gauge = [event for event in run(engine, grow(n=8, tokens=3)) if isinstance(event, Gauge)][-1]
    n_prompt = 4
    # Each branch evaluates the last token of the prompt and all of its own but the last.
    assert gauge.n_evaluated == (n_prompt - 1) + 8 * 3


def test_a_long_prompt_of_two_requests_is_evaluated_once() -> None:
    engine = Engine(ScriptedBackend(["one two three"]))
    words = " ".join(f"word{i}" for i in range(40))
    prompt = (TextPart(words.encode()),)
    events = run(engine, grow("a", 2, 3, prompt), grow("b", 2, 3, prompt))
    accepted = next(event for event in events if isinstance(event, Accepted))
    part = accepted.parts[0]
    assert part is not None
    assert len(part.ids) > 20
    assert gauge_of(events).n_evaluated == (len(part.ids) - 1) + 4 * 3


def test_growing_from_a_held_path_evaluates_one_token_first() -> None:
    engine = Engine(ScriptedBackend(["one two three four"]))
    first = run(engine, grow(n=1, tokens=4))
    before = gauge_of(first)
    ids = tuple(token for e in first if isinstance(e, Stepped) for token in e.tokens.ids.tolist())
    prompt = (TokensPart(read_ids(first)), TokensPart(ids))
    after = gauge_of(run(engine, grow("again", 1, 1, prompt)))
    # The last token of the path was drawn but never evaluated: it is the only one.
    assert after.n_evaluated - before.n_evaluated == 1


def read_ids(events: list[EngineEvent]) -> tuple[int, ...]:
    accepted = next(event for event in events if isinstance(event, Accepted))
    part = accepted.parts[0]
    assert part is not None
    return part.ids


def test_the_tokens_of_a_text_are_reported_and_make_up_the_text() -> None:
    events = Engine(ScriptedBackend(["x"])).submit(grow())
    accepted = next(event for event in events if isinstance(event, Accepted))
    part = accepted.parts[0]
    assert part is not None
    assert b"".join(part.pieces) == PROMPT[0].text
    assert accepted.provenance.n_prompt_tokens == len(part.ids)


def test_more_branches_than_fit_run_in_waves_and_all_end() -> None:
    backend = ScriptedBackend(["one two three"], n_ctx=16)
    engine = Engine(backend)
    events = run(engine, grow(n=40, tokens=3))
    assert set(finishes(events).values()) == {"length"}
    assert len(finishes(events)) == 40
    most_at_once = max(len(e.branches) for e in events if isinstance(e, Stepped))
    assert 1 < most_at_once <= backend.info.n_cells // 3


def test_waves_say_the_same_as_one_batch() -> None:
    scripts = [f"branch {i} says its own" for i in range(12)]
    wide = run(Engine(ScriptedBackend(scripts)), grow(n=12))
    narrow = run(Engine(ScriptedBackend(scripts, n_ctx=16)), grow(n=12))
    assert texts(wide) == texts(narrow)


def test_requests_share_the_batch() -> None:
    engine = Engine(ScriptedBackend(["one two three four five"]))
    events = run(engine, grow("a", 2), grow("b", 2, prompt=(TextPart(b"Another text."),)))
    together = [e for e in events if isinstance(e, Stepped) and len({r for r, _ in e.branches}) > 1]
    assert together
    assert len(finishes(events)) == 4


def test_cancel_stops_within_a_step_and_keeps_what_is_written() -> None:
    engine = Engine(ScriptedBackend(["one two three four five"] * 4))
    events = engine.submit(grow(n=4))
    events += engine.step() + engine.step()
    events += engine.submit(Cancel("r"))
    assert not any(isinstance(event, Stepped) for event in run(engine))
    assert set(finishes(events).values()) == {"cancelled"}
    assert set(finishes(events)) == {("r", i) for i in range(4)}
    assert set(texts(events).values()) == {b"one"}


def test_cancel_also_ends_branches_that_never_began() -> None:
    engine = Engine(ScriptedBackend(["one two three"], n_ctx=16))
    events = engine.submit(grow(n=40)) + engine.step() + engine.step()
    events += engine.submit(Cancel(None))
    assert len(finishes(events)) == 40


def test_cancel_leaves_other_requests_alone() -> None:
    engine = Engine(ScriptedBackend(["one two three"]))
    engine.submit(grow("a"))
    events = engine.submit(grow("b"))
    events += engine.submit(Cancel("a"))
    while engine.busy:
        events += engine.step()
    assert {finish for (name, _), finish in finishes(events).items() if name == "b"} == {"eos"}


def test_a_full_window_ends_a_branch_with_context() -> None:
    engine = Engine(ScriptedBackend(["a b c d e f g h i j k l m n"], n_ctx=8))
    events = run(engine, grow(n=1, tokens=50))
    assert finishes(events) == {("r", 0): "context"}
    assert len(texts(events)[("r", 0)].split()) == 8 - 4


def test_a_prompt_longer_than_the_window_is_refused_with_both_numbers() -> None:
    engine = Engine(ScriptedBackend(["x"], n_ctx=8))
    (failed,) = engine.submit(grow(prompt=(TextPart(b"w " * 1200),)))
    assert isinstance(failed, RequestFailed)
    assert "1,201" in failed.what
    assert "8" in failed.what
    assert failed.remedy
    assert not engine.busy


def test_no_text_at_all_is_refused_where_the_model_has_no_beginning() -> None:
    (failed,) = Engine(ScriptedBackend(["x"])).submit(grow(prompt=()))
    assert isinstance(failed, RequestFailed)


def test_an_empty_text_is_grown_from_behind_what_stands_for_it() -> None:
    backend = ScriptedBackend(["one"])
    backend.blank_id = 300
    events = run(Engine(backend), grow(n=1, prompt=(TextPart(b""),)))
    assert texts(events) == {("r", 0): b"one"}
    (accepted,) = (event for event in events if isinstance(event, Accepted))
    assert accepted.provenance.n_prompt_tokens == 1
    assert accepted.provenance.prompt_sha256 == sha256_of_ids([300])


def test_what_follows_an_empty_text_is_read_behind_the_same_token() -> None:
    reader = PromptReader(ScriptedBackend(["one two"]))
    (word,) = reader.middle((TextPart(b"one"),)).ids
    assert reader.beginning((TextPart(b""), TokensPart((word,)))).ids == [END, word]
    assert reader.beginning((TokensPart((word,)),)).ids == [word]
    begun = ScriptedBackend(["one"])
    begun.bos_id = 300  # type: ignore[assignment]
    assert PromptReader(begun).beginning((TextPart(b""),)).ids == [300]


def test_an_empty_text_is_refused_where_nothing_can_stand_for_it() -> None:
    backend = ScriptedBackend(["x"])
    backend.blank_id = None
    (failed,) = Engine(backend).submit(grow(prompt=(TextPart(b""),)))
    assert isinstance(failed, RequestFailed)
    assert "needs some to begin" in failed.what


def test_a_beginning_token_is_a_prompt() -> None:
    backend = ScriptedBackend(["one"])
    backend.bos_id = 300  # type: ignore[assignment]
    events = run(Engine(backend), grow(n=1, prompt=()))
    assert texts(events) == {("r", 0): b"one"}


def test_seeds_of_branches_do_not_depend_on_how_many_there_are() -> None:
    few = [branch_seed(1, i) for i in range(8)]
    many = [branch_seed(1, i) for i in range(16)]
    assert many[:8] == few
    assert not set(many) & {branch_seed(2, i) for i in range(16)}
    assert RANDOM_SEED not in many


def test_statistics_come_with_every_token() -> None:
    events = run(Engine(ScriptedBackend(["one two"])), replace(grow(n=2), top_k_records=7))
    for event in events:
        if isinstance(event, Stepped):
            assert event.tokens.stats is not None
            assert event.tokens.stats.top_ids.shape == (len(event.branches), 7)
