"""Sessions on worlds: they open, grow and are looked at as models are, with nothing to load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from loom.engine.client import Listener
from loom.engine.intake import sha256_of_ids
from loom.engine.local import SteppedEngine
from loom.engine.process import connect_to_child
from loom.engine.request import LoadSpec
from loom.engine.scripted import ScriptedBackend
from loom.errors import ChatTemplateError, ModelFileError
from loom.models.mode_memory import ModeAnswer, remember_mode
from loom.models.model_file import ModelFile
from loom.records import Opening
from loom.session.from_nothing import begin_blank
from loom.session.growing import grown_nodes
from loom.session.model_source import find_source
from loom.session.opening import usual_answer
from loom.session.plans import Plan
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.session.what_the_model_sees import view_of
from loom.tree.node import Node
from loom.worlds.catalogue import WORLDS, chat_world, story_world
from tests.session.test_model_listing import write_model

PROMPT = "Friends, raise your glasses."


def nobody(spec: LoadSpec, listener: Listener) -> SteppedEngine:
    raise AssertionError("a world needs no process")


@contextmanager
def session_on(path: Path, model: str = "story-world", **more: object) -> Iterator[Session]:
    given = {"prompt": PROMPT, "mode": usual_answer(model).mode, **more}
    beginning = Beginning("toast", model, **given)  # type: ignore[arg-type]
    with closing(Session.create(path, beginning, nobody)) as session:
        yield session


def grown(session: Session, at: str, n_branches: int = 2, n_tokens: int = 12) -> list[Node]:
    plan = Plan((at,), GrowSettings(n_branches, n_tokens, seed=1))
    return list(grown_nodes(session, plan, lambda notice: None))


def selected(session: Session) -> str:
    assert session.tree.selected_id is not None
    return session.tree.selected_id


@pytest.mark.parametrize("world", [name for name in WORLDS if "story" not in name])
def test_every_process_grows(world: str, tmp_path: Path) -> None:
    prompt = "ab" if world == "null-trees" else "1101"
    with session_on(tmp_path / "t.loom", world, prompt=prompt) as session:
        nodes = grown(session, selected(session))
        assert [node.author for node in nodes] == [world, world]
        assert {char for node in nodes for char in node.text} <= set(b"01abcd")
        assert session.status.model is not None
        assert session.status.model.device == "exact"


def test_what_grew_is_recorded_as_a_model_s_is(tmp_path: Path) -> None:
    with session_on(tmp_path / "t.loom") as session:
        root = selected(session)
        nodes = grown(session, root)
        again = grown(session, nodes[0].id, n_branches=1)
    with closing(Session.open(tmp_path / "t.loom", nobody)) as session:
        assert session.tree.model == "story-world"
        assert session.status.state == "unloaded"
        world = story_world()
        provenance = session.tree.provenance[nodes[0].request_id or ""]
        assert provenance.model == world.info
        assert {node.token_model for node in nodes} == {world.info.fingerprint}
        text = session.tree.path_text(again[0].id).decode()
        followed = world.filter.follow(world.filter.start(), world.vocabulary.encode(text))
        assert followed.outside == ()
        stats = session.tree.node(again[0].id).n_tokens
        assert stats == 12


@pytest.mark.parametrize("reading", ["text", "special"])
def test_what_a_world_sees_is_what_it_was_sent(tmp_path: Path, reading: str) -> None:
    more = {"prompt": "What is <|im_end|>? 🎲", "system": "Be\nkind ", "reading": reading}
    with session_on(tmp_path / "t.loom", "story-world-chat", **more) as session:
        asked = selected(session)
        seen = view_of(session.tree, asked)
        assert (seen.template, seen.role, seen.unread) == ("its own", "assistant", ())
        answer, _ = grown(session, asked)
        sent = session.tree.provenance[answer.request_id or ""]
        assert (sent.prompt_sha256, sent.n_prompt_tokens) == (seen.sha256, len(seen.token_ids))
        special = [t.piece for p in seen.parts for t in p.tokens or () if t.special]
        assert special.count(b"<|im_end|>") == (3 if reading == "special" else 2)
        (more_of_it,) = grown(session, answer.id, n_branches=1)
        sent = session.tree.provenance[more_of_it.request_id or ""]
        assert view_of(session.tree, answer.id).sha256 == sent.prompt_sha256


def test_the_chat_world_answers_in_turns_and_no_question_is_asked(tmp_path: Path) -> None:
    question = "Pick a number between 0 and 100."
    with session_on(tmp_path / "t.loom", "story-world-chat", prompt=question) as session:
        assert session.tree.mode == "chat"
        assert not session.mode_question().is_open
        plan = Plan((selected(session),), GrowSettings(40, 64, seed=1))
        answers = list(grown_nodes(session, plan, lambda notice: None))
    assert {(node.role, node.finish) for node in answers} == {("assistant", "eos")}
    assert 2 <= sum(b"97" in node.text for node in answers) <= 20


def test_a_world_without_a_template_says_what_to_do_in_a_chat(tmp_path: Path) -> None:
    with session_on(tmp_path / "t.loom", mode="chat") as session:
        with pytest.raises(ChatTemplateError, match="story-world brings no chat template"):
            session.grow(selected(session))
        session.choose_mode("chat", "chatml")
        assert grown(session, selected(session))[0].role == "assistant"


def test_a_world_brings_its_own_way_and_keeps_the_one_a_person_chose(tmp_path: Path) -> None:
    with session_on(tmp_path / "t.loom") as session:
        session.choose_model("story-world-chat")
        assert (session.tree.mode, session.settings.max_tokens) == ("chat", 512)
        session.choose_model("story-world")
        assert session.tree.mode == "plain"
    remember_mode(chat_world().info.fingerprint, "plain")
    assert usual_answer("story-world-chat") == ModeAnswer("plain")
    assert usual_answer("story-base") == ModeAnswer("plain")


def test_loom_s_own_models_are_known_and_others_are_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chat model that comes with loom opens as a chat, and a copy of it is asked about."""
    own = tmp_path / "own"
    own.mkdir()
    told = {"name": "pair chat", "template": "{{ messages }}"}
    bundled = [
        write_model(own / "pair-base.gguf", name="pair base", template="{{ messages }}"),
        write_model(own / "pair-chat.gguf", **told),
    ]
    copied = write_model(tmp_path / "pair-chat-copy.gguf", **told, finetune="chat")
    found = tuple(ModelFile(path, path.stem, bundled=True) for path in bundled)
    monkeypatch.setattr("loom.session.file_source.bundled_models", lambda: found)
    modes = [usual_answer(str(path)).mode for path in (*bundled, copied)]
    assert modes == ["plain", "chat", "plain"]
    for path, is_open in ((bundled[1], False), (copied, True)):
        beginning = Beginning("t", str(path))
        with closing(Session.create(tmp_path / f"{path.stem}.loom", beginning, nobody)) as session:
            assert session.mode_question().is_open is is_open


def test_a_world_counts_tokens_as_it_reads_them(tmp_path: Path) -> None:
    text = "Marco laughed. <|im_end|>"
    with session_on(tmp_path / "t.loom") as session:
        while (count := session.count_tokens(text)) is None:
            pass
    world = story_world()
    assert count == len(world.tokenise(text.encode(), special=False, at_start=False))


def test_a_model_and_its_world_share_one_tree(tmp_path: Path) -> None:
    """Going from one to the other loads each once, and neither makes room for the other."""
    loaded: list[str] = []
    models = connect_to_child(tmp_path / "engine.log")
    beginning = Beginning("toast", "story-base", prompt=PROMPT)

    def connect(spec: LoadSpec, listener: Listener) -> SteppedEngine:
        loaded.append(spec.name)
        return models(spec, listener)  # type: ignore[return-value]

    with closing(Session.create(tmp_path / "t.loom", beginning, connect)) as session:
        root = selected(session)
        ids = []
        for model in ("story-base", "story-world", "story-base", "story-world-chat", "even"):
            session.choose_model(model)
            session.choose_mode("plain")
            ids += [node.id for node in grown(session, root, 1, 4)]
        authors = [session.tree.node(node_id).author for node_id in ids]
        assert authors == ["story-base", "story-world", "story-base", "story-world-chat", "even"]
        assert loaded == ["story-base"]
        assert set(session.status.others) == {"story-base", "story-world-chat"}
        session.unload_model()
        assert session.status.others == ()
        assert session.status.state == "unloaded"
        session.choose_model("story-world")
        assert grown(session, ids[1], 1, 4)[0].finish == "length"


def test_a_window_that_was_chosen_holds(tmp_path: Path) -> None:
    opening = Opening(n_ctx=16)
    with session_on(tmp_path / "t.loom", opening=opening) as session:
        (node,) = grown(session, selected(session), 1, 64)
        assert node.finish == "context"
        assert session.status.model is not None
        assert session.status.model.n_ctx == 16


@pytest.mark.parametrize(
    ("model", "n_ctx", "said"),
    [
        ("story-world", 8_192, []),
        ("story-world", 9_000, ["story-world reads at most 8,192 tokens, not 9,000."]),
        ("story-base", 2_000, ["story-base reads at most 1,024 tokens, not 2,000."]),
    ],
)
def test_a_window_larger_than_there_is_is_said(
    model: str, n_ctx: int, said: list[str], tmp_path: Path
) -> None:
    beginning = Beginning("t", model, prompt=PROMPT, opening=Opening(n_ctx=n_ctx))
    with closing(Session.create(tmp_path / "t.loom", beginning, nobody)) as session:
        assert [notice.what for notice in session.notices()] == said


def test_a_name_that_is_nearly_a_world_s_is_answered_with_it() -> None:
    with pytest.raises(ModelFileError, match="neither a model nor a file") as refused:
        find_source("storyworld")
    assert refused.value.remedy.startswith("Did you mean story-world? ")
    with pytest.raises(ModelFileError) as refused:
        find_source("mistral")
    assert "Did you mean" not in refused.value.remedy


def test_a_file_that_bears_a_world_s_name_is_opened_by_its_path(
    tmp_path: Path, story_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    link = tmp_path / "even"
    link.symlink_to(story_base)
    assert find_source("even").place == "even"
    assert find_source("./even").reference == str(link)


def test_a_damaged_model_is_no_beginning(tmp_path: Path, story_base: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(story_base.read_bytes()[:100_000])
    with pytest.raises(ModelFileError, match=r"damaged\.gguf"):
        Session.create(tmp_path / "t.loom", Beginning("t", str(damaged)), nobody)
    assert not (tmp_path / "t.loom").exists()


def test_scripted_engines_are_left_to_whoever_connects(tmp_path: Path) -> None:
    asked: list[str] = []

    def connect(spec: LoadSpec, listener: Listener) -> SteppedEngine:
        asked.append(spec.name)
        return SteppedEngine(ScriptedBackend(("x",)), listener)

    with closing(Session.create(tmp_path / "t.loom", Beginning("t", "story-base"), connect)) as one:
        one.load_model()
    assert asked == ["story-base"]


def test_what_is_sent_to_grow_from_nothing_is_what_is_shown(tmp_path: Path) -> None:
    with session_on(tmp_path / "t.loom", prompt="") as session:
        blank = begin_blank(session)
        (node, _) = grown(session, blank)
        assert node.text
        (token,) = view_of(session.tree, blank).token_ids
        growth = session.tree.provenance[node.request_id or ""]
        assert growth.prompt_sha256 == sha256_of_ids([token])
