"""Which models are in memory, and what is said when one has to go."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loom.engine.events import BranchEnded, EngineDied, Gauge, LoadFailed
from loom.engine.request import Cancel, Embed, LoadSpec
from loom.errors import ModelFileError
from loom.records import Opening
from loom.session import residents as residents_module
from loom.session.residents import Residents
from tests.session.engines import Engines

GIB = 1 << 30


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engines() -> Engines:
    return Engines()


@pytest.fixture
def rooms(engines: Engines, clock: Clock) -> Iterator[Residents]:
    rooms = Residents(engines.connect, engines.heard(), clock)
    yield rooms
    rooms.close()


@pytest.fixture(autouse=True)
def free_bytes(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Say how much memory is free; plenty unless a test does."""

    def say(n_bytes: int) -> None:
        monkeypatch.setattr(residents_module, "available_bytes", lambda: n_bytes)

    say(64 * GIB)
    return say


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def make(name: str) -> str:
        path = tmp_path / f"{name}.gguf"
        path.write_text(f"the weights of {name}")
        return str(path)

    return make


def grow(rooms: Residents, model: str, request_id: str = "r") -> LoadSpec:
    spec = rooms.spec_for(model, Opening())
    rooms.submit(spec, Embed(request_id, ()))
    return spec


Make = Callable[[str], str]


def test_a_model_is_opened_as_the_session_says(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    opening = Opening(64, 3, "CUDA0", "on", "q8_0")
    rooms.load(rooms.spec_for(file("a"), opening))
    spec = engines.started[0].spec
    assert (spec.n_ctx, spec.gpu_layers, spec.device) == (64, 3, "CUDA0")
    assert (spec.flash_attention, spec.cache_type) == ("on", "q8_0")
    assert spec.room_bytes == 64 * GIB


def test_a_model_is_loaded_once_and_gets_what_it_is_asked(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    model = file("a")
    grow(rooms, model, "one")
    engines.started[0].ready()
    grow(rooms, model, "two")
    (engine,) = engines.started
    assert [getattr(request, "request_id", None) for request in engine.asked] == ["one", "two"]
    assert rooms.status.state == "ready"


def test_two_models_stay_loaded_and_going_back_loads_nothing(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    one, two = file("a"), file("b")
    for model in (one, two, one, two):
        grow(rooms, model)
        engines.started[-1].ready()
    assert engines.running() == ["a", "b"]
    assert len(engines.started) == 2
    assert (rooms.status.name, rooms.status.others) == ("b", ("a",))


def test_the_status_is_that_of_the_model_that_was_named(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    one, two = file("a"), file("b")
    grow(rooms, one)
    engines.started[0].ready()
    rooms.name(two, Opening())
    assert (rooms.status.state, rooms.status.name) == ("unloaded", "b")
    rooms.name(one, Opening())
    assert (rooms.status.state, rooms.status.name) == ("ready", "a")


def test_the_one_used_least_recently_goes_for_a_third(
    rooms: Residents, engines: Engines, clock: Clock, file: Make
) -> None:
    one, two, three = file("a"), file("b"), file("c")
    for model in (one, two, one, three):
        clock.now_s += 1
        grow(rooms, model)
    assert engines.running() == ["a", "c"]
    clock.now_s += 2.5
    engines.started[-1].ready()
    assert engines.said == ["b made room for c, which took 2.5 s to open."]
    assert rooms.status.load_s == 2.5


def test_a_model_goes_first_when_the_next_could_not_be_read_whole(
    rooms: Residents, engines: Engines, file: Make, free_bytes: Callable[[int], None]
) -> None:
    grow(rooms, file("a"))
    engines.started[0].ready(weight_bytes=3 * GIB)
    free_bytes(3 * GIB + 5)
    grow(rooms, file("b"))
    assert engines.running() == ["b"]
    assert engines.started[1].spec.room_bytes == 3 * GIB + 5


def test_others_weights_do_not_count_as_free(
    rooms: Residents, engines: Engines, file: Make, free_bytes: Callable[[int], None]
) -> None:
    grow(rooms, file("a"))
    engines.started[0].ready(weight_bytes=3 * GIB)
    free_bytes(8 * GIB)
    grow(rooms, file("b"))
    assert engines.running() == ["a", "b"]
    assert engines.started[1].spec.room_bytes == 5 * GIB


def test_a_model_that_does_not_fit_is_loaded_where_another_was(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    grow(rooms, file("a"))
    engines.started[0].ready()
    grow(rooms, file("b"), "kept")
    engines.started[1].refuse()
    assert engines.running()[-1] == "b"
    assert engines.started[0].is_closed
    again = engines.started[2]
    assert [getattr(request, "request_id", None) for request in again.asked] == ["kept"]
    assert not any(isinstance(event, LoadFailed) for event in engines.events)
    assert rooms.status.state == "loading"
    again.ready()
    assert engines.said[-1].startswith("a made room for b")


def test_a_model_that_does_not_fit_alone_fails(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    grow(rooms, file("a"), "lost")
    engines.started[0].refuse()
    ((lost, why),) = engines.lost
    assert lost == {"lost"}
    assert isinstance(why, LoadFailed)
    assert rooms.status.state == "failed"
    assert len(engines.started) == 1


def test_only_the_requests_of_a_dead_engine_are_lost(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    one = file("a")
    grow(rooms, one, "of a")
    engines.started[0].ready()
    grow(rooms, file("b"), "of b")
    engines.started[1].ready()
    engines.started[0].say(EngineDied("It was ended by SIGKILL.", "Space starts it."))
    assert [lost for lost, _ in engines.lost] == [{"of a"}]
    assert rooms.status.state == "ready"
    grow(rooms, one, "again")
    assert len(engines.started) == 3


def test_a_request_to_an_engine_that_fails_at_once_is_lost(
    clock: Clock, engines: Engines, file: Make
) -> None:
    def connect(spec: LoadSpec, listener: Callable[[tuple[LoadFailed]], None]) -> None:
        listener((LoadFailed("It is no model.", "Take another."),))

    rooms = Residents(connect, engines.heard(), clock)  # type: ignore[arg-type]
    grow(rooms, file("a"), "r")
    assert engines.lost == [({"r"}, LoadFailed("It is no model.", "Take another."))]
    rooms.close()


def test_what_is_let_go_is_stopped_first_and_what_it_says_then_is_heard(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    grow(rooms, file("a"), "r")
    (engine,) = engines.started
    engine.ready()
    engine.last_words = (BranchEnded("r", 0, "cancelled"),)
    rooms.unload()
    assert engine.asked[-1] == Cancel(None)
    assert engine.is_closed
    assert engines.events[-1] == BranchEnded("r", 0, "cancelled")
    assert engines.lost == [({"r"}, None)]
    assert rooms.status.state == "unloaded"


def test_a_death_on_being_let_go_is_nobodys_business(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    grow(rooms, file("a"))
    engines.started[0].last_words = (EngineDied("It was ended by SIGTERM.", ""),)
    rooms.unload()
    assert not engines.events


def test_a_model_without_work_is_unloaded(
    rooms: Residents, engines: Engines, clock: Clock, file: Make
) -> None:
    rooms.unload_after_s = 120
    grow(rooms, file("a"))
    engines.started[0].ready()
    clock.now_s += 100
    engines.started[0].say(Gauge(1, 2, 3, 4))
    clock.now_s += 119
    rooms.unload_idle()
    assert engines.running() == ["a"]
    clock.now_s += 1
    rooms.unload_idle()
    assert engines.running() == []
    assert engines.said == ["a was unloaded after 2 minutes without work."]


def test_a_model_that_takes_long_to_open_is_not_idle(
    rooms: Residents, engines: Engines, clock: Clock, file: Make
) -> None:
    grow(rooms, file("a"))
    clock.now_s += 10_000
    rooms.unload_idle()
    assert engines.running() == ["a"]


def test_a_replaced_file_is_told_once_and_the_old_model_goes_on_under_its_name(
    rooms: Residents, engines: Engines, file: Make, tmp_path: Path
) -> None:
    model = file("a")
    before = grow(rooms, model)
    engines.started[0].ready()
    (tmp_path / "new").write_text("other weights")
    (tmp_path / "new").replace(model)
    assert [grow(rooms, model), grow(rooms, model)] == [before, before]
    (told,) = engines.said
    assert "a.gguf was replaced on the disk while it was open" in told
    rooms.unload()
    after = grow(rooms, model)
    assert after.fingerprint != before.fingerprint
    assert engines.running() == ["a"]


def test_a_file_that_was_written_over_is_loaded_anew(
    rooms: Residents, engines: Engines, file: Make
) -> None:
    model = file("a")
    before = grow(rooms, model)
    engines.started[0].ready()
    Path(model).write_text("other weights, in the same place")
    after = grow(rooms, model)
    assert after.fingerprint != before.fingerprint
    assert engines.started[0].is_closed
    assert engines.running() == ["a"]
    assert "written to while it was open" in engines.said[0]


@pytest.mark.parametrize("how", ["touched", "copied", "gone"])
def test_a_file_with_the_same_weights_is_the_same(
    rooms: Residents, engines: Engines, file: Make, tmp_path: Path, how: str
) -> None:
    model = file("a")
    before = grow(rooms, model)
    engines.started[0].ready()
    match how:
        case "touched":
            os.utime(model, (1, 1))
        case "copied":
            (tmp_path / "copy").write_bytes(Path(model).read_bytes())
            (tmp_path / "copy").replace(model)
        case "gone":
            Path(model).unlink()
    assert grow(rooms, model) == before
    assert engines.said == []


def test_a_model_that_is_none_is_refused(rooms: Residents, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError):
        rooms.spec_for(str(tmp_path / "nothing.gguf"), Opening())


def test_closing_twice_is_closing_once(rooms: Residents, engines: Engines, file: Make) -> None:
    grow(rooms, file("a"))
    rooms.close()
    rooms.close()
    assert engines.running() == []
