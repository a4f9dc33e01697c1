"""What is told of every token: recorded ones from the file, others scored when asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from loom.errors import LoomError
from loom.session.forced import Turnoff
from loom.session.session import Session
from loom.session.settings import GrowSettings
from loom.session.spelling import _of_pieces
from loom.session.token_laws import Choice

from .conftest import ScriptedModel, settle

Begin = Callable[..., Session]


def at_rest(session: Session) -> None:
    """Everything that is to be read in the background has been read."""
    session.laws._reader.submit(lambda: None).result()


def grown(session: Session, model: ScriptedModel) -> str:
    """One branch below the first text."""
    root = session.tree.root_ids[0]
    request = session.grow(root, GrowSettings(n_branches=1, max_tokens=4))
    settle(session, request, model)
    return session.tree.child_ids(root)[0]


def test_the_laws_of_a_grown_text_are_those_recorded(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    branch = grown(session, model)
    assert session.laws.of(branch) is None
    session.laws.look([branch])
    at_rest(session)
    laws = session.laws.of(branch)
    assert laws is not None
    assert not laws.scored
    assert len(laws) == session.tree.node(branch).n_tokens == 4
    assert b"".join(laws.columns.pieces) == session.tree.node(branch).text
    law = laws.law(0)
    assert law.taken is not None
    assert law.taken.probability == pytest.approx(0.5, abs=0.01)
    assert law.surprisal_bits == pytest.approx(1.0, abs=0.01)
    assert sum(c.probability for c in law.choices) + law.unseen == pytest.approx(1, abs=1e-3)
    assert law.n_live == pytest.approx(2**law.entropy_bits)


def test_a_typed_text_is_scored_in_its_place_when_asked_for(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin()
    typed = session.write(session.tree.root_ids[0], " Nobody moved.")
    session.laws.look([typed])
    at_rest(session)
    assert session.laws.of(typed) is None
    session.laws.score(typed)
    assert session.laws.awaits(typed)
    model.run()
    at_rest(session)
    laws = session.laws.of(typed)
    assert laws is not None
    assert laws.scored
    assert not session.laws.awaits(typed)
    assert laws.columns.pieces == (b" Nobody", b" moved.")
    assert laws.offsets().tolist() == [0, 7, 14]
    assert np.allclose(laws.surprisal_bits, 1, atol=0.01)


def test_what_comes_next_is_scored_once(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    session.laws.score_after(root, [(), (1,)])
    session.laws.score_after(root)
    model.run()
    at_rest(session)
    law, later = session.laws.after(root), session.laws.after(root, (1,))
    assert law is not None
    assert later is not None
    assert law.taken is None
    assert law.surprisal_bits is None
    assert sum(1 for asked in session.laws._known) == 2
    n_asked = len(model.engines)
    session.laws.score_after(root)
    assert not session.laws.awaits(root, ())
    assert len(model.engines) == n_asked == 1


def test_stopping_ends_what_was_asked_for(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    session.laws.score_after(root)
    session.stop()
    at_rest(session)
    assert not session.laws.awaits(root, ())
    session.laws.score_after(root)
    session.unload_model()
    at_rest(session)
    assert not session.laws.awaits(root, ())
    assert session.laws.after(root) is None


@pytest.mark.parametrize("n_kept", [0, 2, 4])
def test_another_token_begins_another_way_and_the_old_one_stays(
    begin: Begin, model: ScriptedModel, n_kept: int
) -> None:
    session = begin()
    branch = grown(session, model)
    session.laws.look([branch])
    at_rest(session)
    node, laws = session.tree.node(branch), session.laws.of(branch)
    assert laws is not None
    choice = Choice(77, b" but", 0.1)
    turnoff = Turnoff(node, n_kept, choice, node.token_model, laws)
    new = session.tree.node(session.turn_off(turnoff))
    kept = b"".join(laws.columns.pieces[:n_kept])
    follows = n_kept == len(laws)
    assert session.tree.node(branch) is node
    assert new.parent_id == (branch if follows else node.parent_id)
    assert new.text == (b"" if follows else kept) + b" but"
    assert new.token_ids == (() if follows else tuple((node.token_ids or ())[:n_kept])) + (77,)
    # Its exact tokens are what a model goes on from: nothing is read anew.
    prompt = session._prompts.prompt(session.tree, new.id, session._spec())
    assert new.token_model != session._spec().fingerprint or prompt.node_ids[-1] is None


def test_the_end_of_the_text_is_no_way_on(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    node = session.tree.node(session.tree.root_ids[0])
    n_nodes = len(session.tree)
    for choice, why in (
        (Choice(0, b"<end>", 0.1, special=True), "ends the text"),
        (Choice(5, None, 0.1), "is spelled"),
    ):
        with pytest.raises(LoomError, match=why):
            session.turn_off(Turnoff(node, 0, choice, "f"))
    assert len(session.tree) == n_nodes


def test_pieces_of_sentencepiece_are_the_bytes_they_stand_for() -> None:
    spell = _of_pieces((b"<s>", "▁the".encode(), b"<0x0A>", b"ing"), frozenset({0}))
    assert [spell(at) for at in range(5)] == [b"<s>", b" the", b"\n", b"ing", None]
