"""What several commands print: texts verbatim on stdout, notices of a session on stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from loom.session import Notice


def print_verbatim(text: bytes) -> None:
    """Every byte as it is and no newline added; only a terminal is kept from obeying the text."""
    if sys.stdout.isatty():
        from loom.tree.visible import visible

        text = visible(text.decode("utf-8", "replace")).encode()
    sys.stdout.buffer.write(text)


def print_notice(notice: Notice) -> None:
    """What a session has to say, with what can be done about it."""
    click.echo(f"{notice.what} {notice.remedy}".strip(), err=True)
