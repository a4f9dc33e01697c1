"""Two models in one tree: each grows where it is asked to, and reads what the other wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from loom.errors import LoomError, ModelFileError, UsageError
from loom.session.second_model import SecondModel
from loom.session.session import Session
from loom.session.settings import GrowSettings

from .test_worlds import selected, session_on


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
