"""Two models in one tree: each grows where it is asked to, and reads what the other wrote."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from loom.errors import LoomError, ModelFileError, UsageError
from loom.session.second_model import SecondModel
from loom.session.session import Session
from loom.session.settings import GrowSettings
from loom.store.compacting import compact, plan_compacting
from loom.tree.events import SecondModelChosen

from .test_worlds import nobody, selected, session_on


def known(session: Session, node_id: str) -> str:
    """The model whose laws stand beside a text, once they are known."""
    while (laws := session.second.laws.of(node_id)) is None:
        session.drain()
    assert laws.scored
    return laws.model


def grown(session: Session, settings: GrowSettings) -> str:
    root = selected(session)
    request = session.grow(root, settings)
    while not session.ended(request):
        session.drain()
    session.drain()
    return session.tree.child_ids(root)[-1]


def test_each_branch_knows_its_model_and_the_other_reads_it(tmp_path: Path) -> None:
    with session_on(tmp_path / "t.loom", "golden-mean", prompt="1011") as session:
        session.second.choose("even")
        assert (session.second.reference, session.second.name) == ("even", "even")
        settings = GrowSettings(1, 6, seed=1)
        own = grown(session, settings)
        others = grown(session, replace(settings, model=session.second.reference))
        tree = session.tree
        assert [tree.node(one).author for one in (own, others)] == ["golden-mean", "even"]
        assert session.status.name == "golden-mean"
        assert session.status.others == ("even",)
        session.second.score(own)
        assert known(session, own) == "even"
        session.second.score(others)
        assert known(session, others) == "golden-mean"
        session.second.score_after(own)
        while (law := session.second.laws.after(own)) is None:
            session.drain()
        assert law.model == "even"


def test_put_away_it_has_said_nothing(tmp_path: Path) -> None:
    with session_on(tmp_path / "t.loom", "golden-mean", prompt="1011") as session:
        root = selected(session)
        session.second.choose("even")
        session.second.score_after(root)
        while session.second.laws.after(root) is None:
            session.drain()
        session.second.put_away()
        assert session.second.reference is None
        assert session.second.laws.after(root) is None
        with pytest.raises(LoomError, match="No second model"):
            session.second.score(root)
        session.second.score_after(root)
        assert session.second.laws.after(root) is None


@pytest.mark.parametrize(
    ("model", "refused"), [("golden-mean", UsageError), ("no-such-model", ModelFileError)]
)
def test_some_models_cannot_stand_beside(
    tmp_path: Path, model: str, refused: type[LoomError]
) -> None:
    with session_on(tmp_path / "t.loom", "golden-mean", prompt="1011") as session:
        assert isinstance(session.second, SecondModel)
        with pytest.raises(refused):
            session.second.choose(model)
        assert session.second.reference is None


def notices_of(session: Session) -> str:
    return " ".join(f"{one.what} {one.remedy}" for one in session.notices())


def test_it_stands_beside_again_when_the_session_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "t.loom"
    with session_on(path, "golden-mean", prompt="1011") as session:
        session.second.choose("even")
    with closing(Session.open(path, nobody)) as session:
        assert (session.second.reference, session.second.name) == ("even", "even")
        session.second.score(selected(session))
        assert known(session, selected(session)) == "even"
        session.second.put_away()
    with closing(Session.open(path, nobody)) as session:
        assert session.second.reference is None
        assert notices_of(session) == ""


def test_one_that_is_gone_is_told_and_nothing_stands_beside(tmp_path: Path) -> None:
    path, gone = tmp_path / "t.loom", tmp_path / "gone.gguf"
    with session_on(path, "golden-mean", prompt="1011") as session:
        session._journal.append(SecondModelChosen(1.0, str(gone)))
        session.save()
    with closing(Session.open(path, nobody)) as session:
        assert session.second.reference is None
        told = notices_of(session)
        assert told.startswith("gone, which stood beside as the second model, cannot be opened.")
        assert told.endswith("Choose another one.")


def test_a_reader_of_the_file_chooses_one_for_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.loom"
    with session_on(path, "golden-mean", prompt="1011") as session:
        with closing(Session.open(path, nobody)) as reader:
            assert reader.is_read_only
            reader.second.choose("even")
            assert reader.second.name == "even"
        session.drain()
        assert session.second.reference is None


def test_a_compact_copy_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "t.loom"
    with session_on(path, "golden-mean", prompt="1011") as session:
        session.second.choose("even")
    compact(path, plan_compacting(path))
    with closing(Session.open(path, nobody)) as session:
        assert session.second.name == "even"
