"""A session that a model grew is found sound; whatever is changed in it is found out."""

from __future__ import annotations

import importlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from loom.engine.client import Connect, EngineClient, Listener
from loom.engine.events import EngineDied, RequestFailed
from loom.engine.local import LocalEngine
from loom.engine.request import Embed, Grow, LoadSpec, Request, Score
from loom.errors import ModelFileError, SessionFileError
from loom.session.exporting import said_of
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.session.verifying import Verification, verify
from loom.session.verifying.asking import Asking
from loom.session.verifying.sentence import in_a_sentence
from loom.session.verifying.telling import lines, verdict, verification_object

from .conftest import Plant, grow

Planted = Callable[[Plant], Verification]

GROWN = "SELECT seq FROM content WHERE elapsed_s IS NOT NULL ORDER BY seq"
"""The contents of branches: 0 to 2 of the first request, 3 and 4 of the second, 5 exact."""


def content_of(db: sqlite3.Connection, number: int) -> int:
    return int(db.execute(f"{GROWN} LIMIT 1 OFFSET ?", (number,)).fetchone()[0])


def set_in(db: sqlite3.Connection, kind: str, path: str, value: object, nth: int = 0) -> None:
    """Change one value in the payload of the nth event of a kind."""
    query = "SELECT seq FROM event WHERE kind = ? ORDER BY seq LIMIT 1 OFFSET ?"
    (seq,) = db.execute(query, (kind, nth)).fetchone()
    change = "UPDATE event SET payload = json_set(payload, ?, ?) WHERE seq = ?"
    db.execute(change, (path, value, seq))


def said(found: Verification) -> str:
    return "\n".join([*lines(found), verdict(found)])


def test_what_the_bundled_model_grew_is_sound(grown: Path, bundled: Connect) -> None:
    before = grown.read_bytes()
    found = verify(grown, bundled, lambda what: None)
    assert found.is_sound, said(found)
    assert grown.read_bytes() == before
    assert [path.name for path in grown.parent.iterdir()] == [grown.name]
    assert (len(found.rescored), len(found.resampled)) == (6, 6)
    assert all(model.is_same for model in found.models)
    assert found.tolerance("story-base") == 5 * found.noise("story-base") < 0.2
    (exact,) = (one for one in found.resampled if one.mode == "exact")
    assert (exact.must_match, exact.first_difference, exact.same_bits) == (True, None, True)
    assert not any(one.must_match for one in found.resampled if one is not exact)


@pytest.mark.parametrize("attention", ["on", "off"])
def test_the_model_computes_as_it_did_then_whatever_it_would_do_unasked_now(
    attention: str, planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def open_asking(connect: Connect, spec: LoadSpec) -> Asking:
        asked.append(spec.flash_attention)
        return Asking(connect, spec)

    # The function of the same name hides the module.
    module = importlib.import_module("loom.session.verifying.verify")
    monkeypatch.setattr(module, "Asking", open_asking)
    planted(
        lambda db: db.execute(
            "UPDATE event SET payload = json_set(payload, ?, ?) WHERE kind = 'growth_accepted'",
            ("$.provenance.model.flash_attention", attention),
        )
    )
    assert asked == [attention]


def test_a_changed_token_is_found_by_its_statistics_and_its_score(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        seq = content_of(db, 1)
        (packed,) = db.execute("SELECT token_ids FROM content WHERE seq = ?", (seq,)).fetchone()
        ids = np.frombuffer(packed, "<i4").copy()
        ids[4] = (ids[4] + 7) % 4000
        db.execute("UPDATE content SET token_ids = ? WHERE seq = ?", (ids.tobytes(), seq))

    found = planted(plant)
    assert not found.is_sound
    assert "statistics do not fit token 5" in said(found)
    (apart,) = (one for one in found.rescored if not found.is_within(one))
    (differs,) = (one for one in found.resampled if one.node_id == apart.node_id)
    assert differs.first_difference == 4


def test_changed_statistics_are_found_by_the_score_alone(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM token_statistics WHERE seq = ?", (content_of(db, 0),))
        one, other = content_of(db, 1), content_of(db, 2)
        query = "SELECT n_top, packed FROM token_statistics WHERE seq = ?"
        n_top, packed = db.execute(query, (other,)).fetchone()
        change = "UPDATE token_statistics SET n_top = ?, packed = ? WHERE seq = ?"
        db.execute(change, (n_top, packed, one))

    found = planted(plant)
    assert not found.is_sound
    assert len(found.rescored) == 5
    assert sum(not found.is_within(one) for one in found.rescored) == 1


def test_a_changed_text_is_not_what_its_tokens_stand_for(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        seq = content_of(db, 2)
        (text,) = db.execute("SELECT text FROM content WHERE seq = ?", (seq,)).fetchone()
        swapped = text[:-1] + bytes([text[-1] ^ 1])
        db.execute("UPDATE content SET text = ? WHERE seq = ?", (swapped, seq))

    found = planted(plant)
    assert not found.is_sound
    assert "stands for" in said(found)


def test_a_text_of_another_length_is_no_text_of_its_tokens(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        change = "UPDATE content SET text = CAST(text || '!!' AS BLOB) WHERE seq = ?"
        db.execute(change, (content_of(db, 2),))

    found = planted(plant)
    assert not found.is_sound
    assert "pieces that are not the text" in said(found)
    assert not found.rescored
    assert "The models were not asked" in said(found)


def test_a_changed_text_of_a_person_is_not_what_the_model_read(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        db.execute(
            "UPDATE content SET text = replace(text, 'March', 'April') WHERE token_ids IS NULL"
            " AND seq = (SELECT min(seq) FROM content)"
        )
        db.execute("UPDATE content SET text = CAST(text AS BLOB)")

    found = planted(plant)
    assert not found.is_sound
    assert "are not those of its text" in said(found)


def test_a_branch_that_hangs_elsewhere_was_not_asked_for_there(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        (other,) = db.execute(
            "SELECT node_id FROM event WHERE kind = 'branch_opened' ORDER BY seq LIMIT 1 OFFSET 1"
        ).fetchone()
        set_in(db, "branch_opened", "$.parent_id", other, nth=3)

    found = planted(plant)
    assert not found.is_sound
    assert "but was asked for below" in said(found)


def test_a_request_that_hangs_elsewhere_read_other_tokens(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        (other,) = db.execute(
            "SELECT node_id FROM event WHERE kind = 'branch_opened' ORDER BY seq LIMIT 1 OFFSET 1"
        ).fetchone()
        set_in(db, "growth_requested", "$.parent_id", other, nth=1)
        for nth in (3, 4):
            set_in(db, "branch_opened", "$.parent_id", other, nth=nth)

    found = planted(plant)
    assert not found.is_sound
    assert "not the same ones" in said(found)


def test_a_seed_that_was_changed_once_contradicts_itself(planted: Planted) -> None:
    found = planted(lambda db: set_in(db, "growth_requested", "$.seed", 99))
    assert not found.is_sound
    assert "asked for seed 99 and was run with 1" in said(found)


def seed_everywhere(db: sqlite3.Connection, nth: int) -> None:
    set_in(db, "growth_requested", "$.seed", 12345, nth)
    set_in(db, "growth_accepted", "$.provenance.seed", 12345, nth)


def test_another_seed_grows_other_branches_and_that_is_told(planted: Planted) -> None:
    found = planted(lambda db: seed_everywhere(db, 0))
    first = found.resampled[:3]
    assert all(one.first_difference is not None for one in first)
    assert said(found).count("differs from token") == 3
    assert all(map(found.is_within, found.rescored))


def test_another_seed_in_exact_mode_is_wrong(planted: Planted) -> None:
    found = planted(lambda db: seed_everywhere(db, 2))
    assert not found.is_sound
    assert "where nothing can" in said(found)


def test_exact_bits_from_another_processor_are_told_and_not_held_against_it(
    planted: Planted,
) -> None:
    def plant(db: sqlite3.Connection) -> None:
        seed_everywhere(db, 2)
        set_in(db, "growth_accepted", "$.provenance.model.processor", "an abacus", 2)

    found = planted(plant)
    assert "(exact mode)" in said(found)
    assert not any(one.is_wrong for one in found.resampled)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("growth_accepted", "$.provenance.model.fingerprint"),
        ("session_started", "$.model"),
    ],
)
def test_another_model_is_found_by_its_hash(planted: Planted, kind: str, path: str) -> None:
    value = "story-chat" if kind == "session_started" else "0123456789abcdef"
    found = planted(lambda db: set_in(db, kind, path, value))
    assert not found.is_sound
    assert "is not the model that this was grown with" in said(found)
    assert "was not tried again" in said(found)


def test_an_event_that_is_gone_leaves_a_gap(planted: Planted) -> None:
    def plant(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM event WHERE kind = 'growth_accepted' AND seq < 8")

    found = planted(plant)
    assert not found.is_sound
    assert "cannot be found before event" in said(found)


def test_without_the_model_the_file_is_checked_and_the_rest_is_told(
    tmp_path: Path, story_base: Path, bundled: Connect
) -> None:
    model = tmp_path / "mine.gguf"
    shutil.copyfile(story_base, model)
    beginning = Beginning("t", str(model), prompt="One morning")
    session = Session.create(tmp_path / "t.loom", beginning, bundled)
    with closing(session):
        grow(session, session.tree.root_ids[0], GrowSettings(2, 4, seed=1))
    model.unlink()
    found = verify(tmp_path / "t.loom", bundled, lambda what: None)
    assert found.is_sound, said(found)
    assert not found.rescored
    assert "What mine grew was not all tried again" in said(found)
    assert "sound as far as it could be checked" in verdict(found)


def test_a_model_that_does_not_open_is_told(grown: Path) -> None:
    def broken(spec: LoadSpec, listener: Listener) -> LocalEngine:
        def make() -> None:
            raise ModelFileError("It is too large.", "Take a smaller one.")

        return LocalEngine(make, listener)  # type: ignore[arg-type]

    found = verify(grown, broken, lambda what: None)
    assert found.is_sound
    assert "It is too large." in said(found)


class Failing:
    """A model's engine that answers to its second request with a failure of its own."""

    def __init__(self, client: EngineClient, listener: Listener, failure: type) -> None:
        self._client = client
        self._listener = listener
        self._failure = failure
        self._n_asked = 0

    def submit(self, request: Request) -> None:
        self._n_asked += 1
        if self._n_asked != 2:
            self._client.submit(request)
        elif self._failure is EngineDied:
            self._listener((EngineDied("It died.", "Try again."),))
        else:
            assert isinstance(request, Grow | Score | Embed)
            self._listener((RequestFailed(request.request_id, "It has no room.", "Make some."),))

    def close(self) -> None:
        self._client.close()


@pytest.mark.parametrize(
    ("failure", "what"), [(EngineDied, "It died."), (RequestFailed, "It has no room.")]
)
def test_what_fails_is_told_and_the_rest_is_tried_with_a_model_that_was_opened_anew(
    grown: Path, bundled: Connect, failure: type, what: str
) -> None:
    opened: list[str] = []

    def connect(spec: LoadSpec, listener: Listener) -> EngineClient:
        client = bundled(spec, listener)
        opened.append(spec.name)
        return client if len(opened) > 1 else Failing(client, listener, failure)

    found = verify(grown, connect, lambda what: None)
    assert found.is_sound, said(found)
    assert len(opened) == 2
    assert f"What story-base grew was not all tried again: {what}" in said(found)
    assert "sound as far as it could be checked" in verdict(found)
    # The second and the third request are of three branches.
    assert len(found.rescored) == len(found.resampled) == 3


def test_a_world_has_no_noise_and_its_sessions_are_sound(tmp_path: Path, bundled: Connect) -> None:
    path = tmp_path / "world.loom"
    session = Session.create(path, Beginning("w", "golden-mean", prompt="1 1 0 1"), bundled)
    with closing(session):
        first = grow(session, session.tree.root_ids[0], GrowSettings(3, 8, seed=1))
        grow(session, first, GrowSettings(2, 4, seed=2))
    found = verify(path, bundled, lambda what: None)
    assert found.is_sound, said(found)
    assert len(found.rescored) == 5
    assert max(one.greatest for one in found.rescored) < 1e-6
    assert all(one.first_difference is None for one in found.resampled)


def test_the_document_has_everything(grown: Path, bundled: Connect) -> None:
    found = verify(grown, bundled, lambda what: None)
    document = verification_object(found)
    assert document["sound"] is True
    assert set(document) == {
        "file",
        "sound",
        "integrity",
        "models",
        "rescore",
        "resample",
        "not_checked",
    }


def test_what_is_no_session_is_told(tmp_path: Path, bundled: Connect) -> None:
    (tmp_path / "no.loom").write_bytes(b"no session at all" * 100)
    with pytest.raises(SessionFileError):
        verify(tmp_path / "no.loom", bundled, lambda what: None)


def test_a_write_up_is_told_what_came_of_it(grown: Path, bundled: Connect) -> None:
    alone = said_of(grown, "file", bundled, lambda _: None)
    assert alone is not None
    assert alone.startswith("Verified: the session file is whole (")
    assert alone.endswith("No model was asked again.")
    asked = said_of(grown, "models", bundled, lambda _: None)
    assert asked is not None
    assert "story-base scored" in asked
    assert "token for token" in asked
    assert str(grown.parent) not in asked
    assert said_of(grown, "none", bundled, lambda _: None) is None


def test_a_write_up_does_not_praise_what_is_broken(planted: Planted, bundled: Connect) -> None:
    def plant(db: sqlite3.Connection) -> None:
        db.execute("UPDATE content SET text = ? WHERE seq = ?", (b"Twice", content_of(db, 0)))

    assert in_a_sentence(planted(plant)).startswith("Not sound: ")
