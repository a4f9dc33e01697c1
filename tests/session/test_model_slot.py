"""A session and its real models: opened as chosen, killed, swapped, known by their hashes."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loom.engine.client import Listener
from loom.engine.process import ProcessEngine, connect_to_child
from loom.engine.request import LoadSpec
from loom.errors import EngineDiedError, LoomError
from loom.records import Opening, Sampling
from loom.session import residents
from loom.session.reading import read_tree
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.tree.events import ModelHashed, TokensAppended

TIMEOUT_S = 120


class Loom:
    """A session on real engines, and somebody who waits for its news."""

    def __init__(self, path: Path, model: str, opening: Opening) -> None:
        self.engines: list[ProcessEngine] = []
        self._connect = connect_to_child(path.with_suffix(".log"))
        beginning = Beginning("t", model, prompt="Once upon a time", opening=opening)
        self.session = Session.create(path, beginning, self.connect)
        self.root = self.session.tree.root_ids[0]
        self._news = threading.Event()
        self.session.listen(self._news.set)

    def connect(self, spec: LoadSpec, listener: Listener) -> ProcessEngine:
        self.engines.append(self._connect(spec, listener))
        return self.engines[-1]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for news until something is so."""
        while not is_so():
            assert self._news.wait(TIMEOUT_S)
            self._news.clear()
            self.session.drain()

    def grow(self, n: int = 1, tokens: int = 4) -> str:
        request_id = self.session.grow(self.root, GrowSettings(n, tokens))
        self.until(lambda: self.session.ended(request_id))
        self.session.drain()
        return request_id


@pytest.fixture
def begin(tmp_path: Path, story_base: Path) -> Iterator[Callable[..., Loom]]:
    made: list[Loom] = []

    def make(model: str = "story-base", opening: Opening | None = None) -> Loom:
        path = tmp_path / f"s{len(made)}.loom"
        made.append(Loom(path, model, opening or Opening()))
        return made[-1]

    yield make
    for loom in made:
        loom.session.close()


Begin = Callable[..., Loom]


def test_a_model_is_opened_as_the_session_was_begun(begin: Begin) -> None:
    loom = begin(opening=Opening(n_ctx=64, device="cpu", flash_attention="on", cache_type="q8_0"))
    request_id = loom.grow()
    info = loom.session.tree.provenance[request_id].model
    assert (info.n_ctx, info.cache_type, info.flash_attention) == (64, "q8_0", "on")
    loom.session.close()
    assert read_tree(loom.session.path).opening == Opening(64, None, "cpu", "on", "q8_0")
    assert read_tree(loom.session.path).provenance[request_id].model == info


def test_a_device_that_there_is_not_fails_the_growth(begin: Begin) -> None:
    loom = begin(opening=Opening(device="CUDA7"))
    with pytest.raises(LoomError, match="no device CUDA7"):
        loom.grow()
    assert loom.session.status.state == "failed"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT])
def test_an_engine_killed_in_mid_branch_keeps_what_was_written_and_another_goes_on(
    begin: Begin, how: signal.Signals
) -> None:
    loom = begin()
    session = loom.session
    # No story may end before all four are seen to grow.
    endless = GrowSettings(4, 900, Sampling(ban_end=True))
    request_id = session.grow(loom.root, endless)
    loom.until(lambda: len(session.tree.growing_ids) == 4)
    assert loom.engines[0].pid is not None
    os.kill(loom.engines[0].pid, how)
    with pytest.raises(EngineDiedError, match=how.name):
        loom.until(lambda: session.ended(request_id))
    session.drain()
    nodes = [session.tree.node(i) for i in session.tree.child_ids(loom.root)]
    assert len(nodes) == 4
    assert {(node.state, node.finish) for node in nodes} == {("partial", "error")}
    assert all(node.text for node in nodes)
    assert [notice.severity for notice in session.notices()] == ["error"]
    branch = session.grow(nodes[0].id, GrowSettings(1, 3))
    loom.until(lambda: session.ended(branch))
    session.drain()
    assert session.tree.node(session.tree.child_ids(nodes[0].id)[0]).text


def test_unloading_while_a_model_opens_ends_what_was_asked_of_it(begin: Begin) -> None:
    loom = begin()
    request_id = loom.session.grow(loom.root, GrowSettings(2, 9))
    loom.session.unload_model()
    loom.until(lambda: loom.session.ended(request_id))
    assert loom.session.status.state == "unloaded"
    assert loom.session.notices() == ()
    loom.grow()
    assert len(loom.engines) == 2


def test_going_to_another_model_and_back_loads_each_once(
    begin: Begin, tmp_path: Path, story_base: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(story_base.read_bytes())
    loom = begin()
    loom.grow()
    for model in (str(other), "story-base", str(other)):
        loom.session.choose_model(model)
        loom.grow()
    assert len(loom.engines) == 2
    authors = [loom.session.tree.node(i).author for i in loom.session.tree.child_ids(loom.root)]
    assert authors == ["story-base", "other", "story-base", "other"]
    assert loom.session.status.others == ("story-base",)


def test_a_replaced_file_does_not_give_its_name_to_old_weights(
    begin: Begin, tmp_path: Path, story_base: Path
) -> None:
    model = tmp_path / "m.gguf"
    model.write_bytes(story_base.read_bytes())
    loom = begin(str(model))
    before = loom.grow()
    (tmp_path / "new").write_bytes(story_base.read_bytes() + b"\0" * 32)
    (tmp_path / "new").replace(model)
    after = loom.grow()
    prints = [loom.session.tree.provenance[i].model.fingerprint for i in (before, after)]
    assert prints[0] == prints[1]
    (told,) = loom.session.notices()
    assert "was replaced on the disk" in told.what
    loom.session.unload_model()
    anew = loom.session.tree.provenance[loom.grow()].model.fingerprint
    assert anew != prints[0]


def test_the_whole_files_hash_is_recorded_once_it_is_known(
    begin: Begin, story_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residents, "QUIET_S", 0.0)
    loom = begin()
    tree = loom.session.tree
    first = tree.provenance[loom.grow()].model
    loom.until(lambda: first.fingerprint in tree.model_hashes)
    sha256 = hashlib.sha256(story_base.read_bytes()).hexdigest()
    assert tree.model_hashes == {first.fingerprint: sha256}
    assert tree.provenance[loom.grow()].model.sha256 == sha256
    loom.session.close()
    again = read_tree(loom.session.path)
    assert again.model_hashes == {first.fingerprint: sha256}


def test_the_hash_is_written_once(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residents, "QUIET_S", 0.0)
    loom = begin()
    seen: list[object] = []
    apply = loom.session.tree.apply

    def noted(event: object) -> None:
        seen.append(event)
        apply(event)  # type: ignore[arg-type]

    monkeypatch.setattr(loom.session.tree, "apply", noted)
    loom.grow()
    loom.until(lambda: bool(loom.session.tree.model_hashes))
    loom.session.unload_model()
    loom.grow()
    loom.grow()
    assert sum(isinstance(event, ModelHashed) for event in seen) == 1
    assert any(isinstance(event, TokensAppended) for event in seen)
