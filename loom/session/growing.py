"""Growing for whoever waits: the command line, scripts, tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from loom.session.session import Session
from loom.session.settings import GrowSettings
from loom.tree.events import BranchClosed
from loom.tree.node import Node


def grown_nodes(session: Session, node_id: str, settings: GrowSettings) -> Iterator[Node]:
    """Grow at a node and yield each branch when it is finished.

    LoomError if the request cannot be run, or not to its end; what came before is kept. Drains
    the session, so nobody else may.
    """
    news = threading.Event()
    session.listen(news.set)
    request_id = session.grow(node_id, settings)
    ended = False
    while not ended:
        news.wait()
        news.clear()
        try:
            ended = session.ended(request_id)
        finally:
            yield from _closed(session, request_id)
    yield from _closed(session, request_id)


def _closed(session: Session, request_id: str) -> Iterator[Node]:
    for event in session.drain():
        if isinstance(event, BranchClosed):
            node = session.tree.node(event.node_id)
            if node.request_id == request_id:
                yield node
