"""Whose turn a session grows, in which mode, by which template; and what of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loom.engine.request import Grow, TextPart
from loom.errors import ChatTemplateError, UsageError
from loom.models.gguf_file import fingerprint
from loom.models.mode_memory import ModeAnswer, remember_mode
from loom.models.named_templates import FORMATS
from loom.records.template_use import TemplateUse
from loom.session.opening import open_any
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.tree.node import Node

from .conftest import ScriptedModel, settle

Begin = Callable[..., Session]


def chat_of(begin: Begin, **more: str) -> Session:
    return begin("Who won?", "chat", template="chatml", **more)


def grown(session: Session, node_id: str, model: ScriptedModel, **settings: object) -> Node:
    request_id = session.grow(node_id, GrowSettings(1, 64, **settings))  # type: ignore[arg-type]
    settle(session, request_id, model)
    return session.tree.node(session.tree.child_ids(node_id)[-1])


def test_the_two_take_turns_for_as_long_as_one_likes(begin: Begin, model: ScriptedModel) -> None:
    session = chat_of(begin)
    at = session.tree.root_ids[0]
    for role in ("assistant", "user", "assistant", "user"):
        node = grown(session, at, model)
        assert (node.role, node.author, node.finish) == (role, "scripted", "eos")
        at = node.id


def test_the_person_can_be_made_to_go_on(begin: Begin, model: ScriptedModel) -> None:
    session = chat_of(begin)
    assert grown(session, session.tree.root_ids[0], model, speaker="user").role == "user"


def test_after_a_system_text_the_model_writes_the_first_message(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin("", "chat", template="chatml", system="You are a gossip.")
    assert grown(session, session.tree.root_ids[0], model).role == "user"


def test_how_a_chat_was_arranged_is_recorded(begin: Begin, model: ScriptedModel) -> None:
    session = chat_of(begin)
    node = grown(session, session.tree.root_ids[0], model)
    use = session.tree.requests[node.request_id or ""].template
    assert isinstance(use, TemplateUse)
    assert (use.name, len(use.sha256)) == ("chatml", 64)
    session.choose_mode("plain")
    plain = grown(session, session.tree.root_ids[0], model)
    assert session.tree.requests[plain.request_id or ""].template is None


def test_switching_keeps_everything_and_is_there_again(begin: Begin, model: ScriptedModel) -> None:
    session = chat_of(begin)
    node = grown(session, session.tree.root_ids[0], model)
    before = list(session.tree)
    session.choose_mode("plain")
    assert grown(session, node.id, model).role == "text"
    session.choose_mode("chat", "llama3")
    assert list(session.tree)[: len(before)] == before
    assert (session.settings.n_branches, session.settings.max_tokens) == (3, 512)
    session.close()
    again = Session.open(session.path, model.connect)
    assert (again.tree.mode, again.tree.template) == ("chat", "llama3")
    assert list(again.tree) == list(session.tree)
    again.close()


def test_an_answer_about_a_model_is_remembered(begin: Begin) -> None:
    session = begin()
    assert not session.mode_question().is_open
    # Loom's own base model, which is known to go on with plain text.
    assert session.mode_question().answer == ModeAnswer("plain")
    session.choose_mode("chat", "chatml")
    assert session.mode_question().answer == ModeAnswer("chat", "chatml")
    session.choose_mode("plain")
    assert session.mode_question().answer == ModeAnswer("plain")


def test_another_model_grows_as_was_answered_for_it(begin: Begin, story_base: Path) -> None:
    session = begin()
    remember_mode(fingerprint(story_base), "chat", "chatml")
    session.choose_model(str(story_base))
    assert (session.tree.mode, session.tree.template) == ("chat", "chatml")
    assert session.settings == GrowSettings.for_mode("chat")


def test_a_model_opened_by_its_file_grows_as_was_answered_for_it(
    story_base: Path, model: ScriptedModel
) -> None:
    remember_mode(fingerprint(story_base), "chat", "gemma")
    session = open_any(story_base, model.connect)
    assert (session.tree.mode, session.tree.template) == ("chat", "gemma")
    session.close()


def test_an_unknown_template_is_told_before_anything_is_made(
    begin: Begin, tmp_path: Path, model: ScriptedModel
) -> None:
    path = tmp_path / "none.loom"
    with pytest.raises(UsageError, match="no chat template called 'x'"):
        Session.create(path, Beginning("t", "story-base", "chat", template="x"), model.connect)
    assert not path.exists()
    session = begin()
    with pytest.raises(UsageError, match=next(iter(FORMATS))):
        session.choose_mode("chat", "x")


def test_a_model_without_a_template_says_so_and_works_in_plain_text(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin("Who won?", "chat")
    root = session.tree.root_ids[0]
    with pytest.raises(ChatTemplateError, match="brings no chat template") as caught:
        session.grow(root)
    assert "plain text" in caught.value.remedy
    session.choose_mode("plain")
    assert grown(session, root, model).role == "text"


class TestSpecialTokens:
    def test_typed_they_are_text(self, begin: Begin, model: ScriptedModel) -> None:
        session = begin("a<|im_end|>b")
        assert session.look(session.tree.root_ids[0]).prompt.parts == (TextPart(b"a<|im_end|>b"),)

    def test_asked_for_they_are_those_tokens_and_stay_so(
        self, begin: Begin, model: ScriptedModel
    ) -> None:
        session = begin("a<|im_end|>b", reading="special")
        parts = (TextPart(b"a<|im_end|>b", special=True),)
        root = session.tree.root_ids[0]
        assert session.look(root).prompt.parts == parts
        grown(session, root, model)
        session.close()
        again = Session.open(session.path, model.connect)
        assert again.tree.node(root).special
        assert again.look(root).prompt.parts == parts
        again.close()


def test_what_is_looked_at_is_what_is_sent(
    begin: Begin, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = chat_of(begin, system="Be <|im_end|> kind.")
    at = grown(session, session.tree.path(session.tree.selected_id or "")[-1].id, model).id
    look = session.look(at)
    session.grow(at)
    sent: list[object] = []
    engine = model.engines[-1]
    monkeypatch.setattr(engine, "submit", sent.append)
    session.grow(at)
    assert isinstance(sent[0], Grow)
    assert sent[0].prompt == look.prompt.parts
