"""Plain text or chat is asked once per model, and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from loom.errors import LoomError
from loom.models.mode_memory import ModeAnswer, answered_mode, remember_mode, remembered_answer


def test_nothing_is_remembered_at_first() -> None:
    assert answered_mode("f") is None


def test_each_model_has_its_answer_and_the_last_one_counts() -> None:
    remember_mode("f", "chat", "chatml")
    remember_mode("g", "plain")
    remember_mode("f", "chat")
    assert answered_mode("f") == "chat"
    assert remembered_answer("f") == ModeAnswer("chat", None)
    assert remembered_answer("g") == ModeAnswer("plain", None)
    assert answered_mode("h") is None


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"f": 3}', '{"f": {"mode": "loud"}}'])
def test_a_damaged_memory_has_forgotten(text: str, loom_home: Path) -> None:
    (loom_home / "modes.json").write_text(text)
    assert answered_mode("f") is None
    remember_mode("f", "plain")
    assert answered_mode("f") == "plain"


def test_a_memory_that_cannot_be_written_is_told(loom_home: Path) -> None:
    (loom_home / "modes.json").mkdir()
    with pytest.raises(LoomError, match="could not be remembered"):
        remember_mode("f", "chat")
    assert [path.name for path in loom_home.iterdir()] == ["modes.json"]
