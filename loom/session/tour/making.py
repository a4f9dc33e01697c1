"""The sessions of the tour: everything that each world can say for three symbols, and judged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loom.engine.client import Connect
from loom.records import Cover
from loom.records.sampling import PRESETS
from loom.session.beginning import Beginning
from loom.session.judging.scope import Asked
from loom.session.plans import Plan
from loom.session.session import Session
from loom.session.settings import GrowSettings

DEPTH = 3
_WAIT_S = 0.2
"""The longest that anything already done can be overlooked."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One world of the tour: a text after which its state is certain, and what is compared.

    Each pair of texts, told from the end of the root on, is compared besides what the judge itself
    takes for promising.
    """

    world: str
    title: str
    root: str
    pairs: tuple[tuple[str, str], ...]


CHAPTERS = (
    Chapter("golden-mean", "Golden mean", "1", (("1", "01"), ("0", "10"))),
    Chapter("even", "Even", "0", (("0", "11"), ("1", "01"), ("01", "11"))),
    Chapter("rrxor", "Two coins", "00101", (("00", "11"), ("01", "10"), ("0", "1"))),
)


ONE_SYMBOL = GrowSettings(2, 1, PRESETS["as is"], seed=1, cover=Cover(1.0))
"""Everything that can come next."""


def make(chapter: Chapter, folder: Path, connect: Connect) -> Session:
    """Make the session of a chapter in a folder, and open it; needs no model."""
    path = folder / f"{chapter.world}.loom"
    beginning = Beginning(title=chapter.title, model=chapter.world, prompt=chapter.root)
    made = Session.create(path, beginning, connect)
    try:
        _fill(made, chapter)
    finally:
        made.close()
    # Opened anew it has what was found, and nothing of how that came about.
    session = Session.open(path, connect)
    session.settings = ONE_SYMBOL
    return session


def _fill(session: Session, chapter: Chapter) -> None:
    root = session.tree.root_ids[0]
    session.plant(Plan((root,), ONE_SYMBOL, depth=DEPTH))
    _until(session, lambda: session.progress is None)
    _judge(session, Asked())
    for one, other in chapter.pairs:
        _judge(session, Asked(pair=(node_after(session, one), node_after(session, other))))


def node_after(session: Session, symbols: str) -> str:
    """The node at which these symbols end, from the root on."""
    at = session.tree.root_ids[0]
    for symbol in symbols.encode():
        texts = {session.tree.node(child).text: child for child in session.tree.child_ids(at)}
        at = texts[bytes([symbol])]
    return at


def _judge(session: Session, asked: Asked) -> None:
    session.judge(asked)
    _until(session, lambda: not session.judging.status.running)
    session.judging.wait()
    session.save()
    session.drain()


def _until(session: Session, is_done: Callable[[], bool]) -> None:
    news = threading.Event()
    session.listen(news.set)
    session.drain()
    while not is_done():
        news.wait(_WAIT_S)
        news.clear()
        session.drain()
