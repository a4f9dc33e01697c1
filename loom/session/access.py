"""How a session's file is held: as its one writer, or to read and follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loom.engine.client import Connect
from loom.errors import NotWritableError, SessionFileError
from loom.session.news import News
from loom.store.follower import Follower
from loom.store.journal import Journal
from loom.tree.graph import Tree

if TYPE_CHECKING:
    from loom.session.exporter import Exporter


def take_hold(path: Path, news: News) -> Journal | Follower:
    """Open a file to write it, or where that cannot be to follow it, which is said.

    SessionFileError if it cannot be read either.
    """
    try:
        journal = Journal(path, publish=news.publish, fault=news.fault)
    except NotWritableError as error:
        follower = Follower(path, error, publish=news.publish, fault=news.fault)
        news.say("warning", error.what, "It is open to read only, and shown as it changes.")
        return follower
    if journal.journal_mode == "delete":
        news.say(
            "information",
            f"{path.name} lies where SQLite can keep no write-ahead log, as on a network.",
            "It is written with a rollback journal, which is slower and as safe.",
        )
    return journal


def follow_on(held: Journal | Follower, last_seq: int, tree: Tree) -> None:
    """From here on what another loom writes comes in; a file of our own tells of itself."""
    if isinstance(held, Follower):
        held.follow(last_seq, {i: tree.node(i).n_tokens for i in tree.growing_ids})


def exporter(path: Path, connect: Connect) -> Exporter:
    """What writes the tree out."""
    # Imported by whoever exports: the formats are a third of all that loom is made of.
    from loom.session.exporter import Exporter

    return Exporter(path, connect)


def not_shown_yet(path: Path) -> SessionFileError:
    """What a person did cannot be written now, so it cannot be seen either."""
    return SessionFileError(
        f"{path.name} cannot be written at the moment.",
        "What you did is kept in memory and appears as soon as it can be saved.",
    )


def not_saved_yet(path: Path) -> SessionFileError:
    """What happened last waits in memory."""
    return SessionFileError(
        f"What happened last cannot be saved in {path} at the moment.",
        "Make room on the disk; it is kept in memory and tried again.",
    )


def not_saved_at_all(path: Path) -> SessionFileError:
    """What happened last is lost with the program."""
    return SessionFileError(
        f"The last of what happened could not be saved in {path}.",
        "Make room on the disk before you go on with this session.",
    )
