"""What goes to a terminal, and what to a file or another program."""

from __future__ import annotations

import io
import sys

import pytest

from loom.cli.importing import _progress
from loom.cli.printing import print_notice, print_verbatim
from loom.session import Notice

TEXT = b"red \x1b[31mink\x00 and \xff half a character\n"


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True

    def shown(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(io.BytesIO(), encoding="utf-8")


def test_a_file_gets_every_byte_as_it_is(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_verbatim(TEXT)
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == TEXT


def test_no_text_gives_orders_to_a_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", terminal)
    print_verbatim(TEXT)
    shown = terminal.shown().decode()
    assert not set(shown) & {"\x1b", "\x00"}
    assert shown.startswith("red ")
    assert shown.endswith("half a character\n")


def test_a_notice_without_a_remedy_ends_with_its_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_notice(Notice("warning", "It rains.", "Take a coat."))
    print_notice(Notice("warning", "It rains.", ""))
    assert capsys.readouterr() == ("", "It rains. Take a coat.\nIt rains.\n")


def test_reading_a_large_file_is_told_in_percents_on_one_line_that_ends(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _progress() is None
    monkeypatch.setattr(sys, "stderr", terminal)
    tell = _progress()
    assert tell is not None
    for n in (0, 1, 50 << 20, 50 << 20, 100 << 20, 101 << 20):
        tell(n, 100 << 20)
    tell(5, 10)
    assert terminal.shown() == b"\rReading 0 %\rReading 50 %\rReading 100 %\n"
