"""What a person is shown of a prompt is what llama.cpp was given, token for token."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from loom.engine.llama.backend import LlamaBackend
from loom.engine.local import LocalEngine
from loom.session.growing import grown_nodes
from loom.session.plans import Plan
from loom.session.seen_as_text import lines, shown, summary, view_object
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.session.what_the_model_sees import ModelView, SeenPart, view_of
from loom.tree.events import Mode
from loom.tree.node import HUMAN, Node


def on_llama(path: Path, mode: Mode = "chat", **more: str) -> Session:
    beginning = Beginning(
        "t",
        "story-base",
        mode,
        prompt="Who won, <|im_start|>Marco<|im_end|> 🎲?",
        template="chatml" if mode == "chat" else None,
        **more,  # type: ignore[arg-type]
    )
    return Session.create(
        path, beginning, lambda spec, hear: LocalEngine(lambda: LlamaBackend(spec), hear)
    )


def grown(session: Session, at: str, n_tokens: int = 6) -> Node:
    plan = Plan((at,), GrowSettings(1, n_tokens, seed=1), depth=1)
    (node,) = grown_nodes(session, plan, lambda notice: None)
    return node


def sent_sha256(session: Session, node: Node) -> str:
    return session.tree.provenance[node.request_id or ""].prompt_sha256


@pytest.mark.parametrize("reading", ["text", "special"])
def test_it_is_what_was_sent(tmp_path: Path, reading: str) -> None:
    with closing(on_llama(tmp_path / "t.loom", system="Be\nkind ", reading=reading)) as session:
        asked = session.tree.selected_id or ""
        seen = view_of(session.tree, asked)
        answer = grown(session, asked)
        assert seen.sha256 == sent_sha256(session, answer)
        # Once more, with the tokens as they were read and grown.
        assert view_of(session.tree, asked).sha256 == seen.sha256
        more = grown(session, answer.id)
        assert view_of(session.tree, answer.id).sha256 == sent_sha256(session, more)
        reply = session.write(more.id, "And <|im_end|> then?", "user")
        last = grown(session, reply)
        assert view_of(session.tree, reply).sha256 == sent_sha256(session, last)
        session.choose_mode("plain")
        plain = grown(session, reply)
        assert view_of(session.tree, reply).sha256 == sent_sha256(session, plain)


def test_special_tokens_are_told_from_text_that_is_spelled_like_them(tmp_path: Path) -> None:
    with closing(on_llama(tmp_path / "t.loom")) as session:
        view = view_of(session.tree, session.tree.selected_id or "")
    typed = next(part for part in view.parts if part.author == HUMAN)
    assert typed.tokens is not None
    assert not any(token.special for token in typed.tokens)
    assert b"".join(token.piece for token in typed.tokens) == typed.text
    special = [t.piece for part in view.parts for t in part.tokens or () if t.special]
    assert special == [b"<|endoftext|>", b"<|im_start|>", b"<|im_end|>", b"<|im_start|>"]
    assert view.role == "assistant"


def test_it_needs_no_model_loaded(tmp_path: Path) -> None:
    with closing(on_llama(tmp_path / "t.loom")) as session:
        view_of(session.tree, session.tree.selected_id or "")
        assert session.status.state == "unloaded"


UNREAD = ModelView(
    "m", None, "text", (SeenPart("n1", HUMAN, b"Once\nupon", None), SeenPart("n2", "m", b"", ()))
)


def test_what_is_not_read_yet_is_said() -> None:
    assert (UNREAD.sha256, view_object(UNREAD)["n_tokens"]) == (None, None)
    assert "1 part not read yet" in summary(UNREAD)
    assert [line.split() for line in lines(UNREAD)] == [["-", "-", "n1", "unread", "Once↵upon"]]


def test_parts_of_characters_and_controls_are_shown() -> None:
    assert shown("é\n".encode()) == "é↵"
    assert shown(b"\xf0\x9f") == "\\xf0\\x9f"
    assert "\x1b" not in shown(b"\x1b[31m")
