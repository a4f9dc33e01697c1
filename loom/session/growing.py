"""Growing for whoever waits: the command line, scripts, tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Set

from loom.session.plans import Plan
from loom.session.session import Notice, Session
from loom.tree.events import BranchClosed
from loom.tree.node import Node


def grown_nodes(session: Session, plan: Plan, talk: Callable[[Notice], None]) -> Iterator[Node]:
    """Carry out a plan and yield each branch when it is finished.

    `talk` is told what a person should know meanwhile. LoomError if a request cannot be run, or
    not to its end, after all that could be grown; what came before is kept. Drains the session,
    so nobody else may.
    """
    news = threading.Event()
    session.listen(news.set)
    planter = session.plant(plan)
    while True:
        yield from _closed(session, planter.request_ids)
        for notice in session.notices():
            if notice.severity != "error":
                talk(notice)
        if planter.ended:
            break
        if planter.awaits_saving:
            session.save()
        else:
            news.wait()
            news.clear()
    if planter.failure is not None:
        raise planter.failure


def _closed(session: Session, request_ids: Set[str]) -> Iterator[Node]:
    for event in session.drain():
        if isinstance(event, BranchClosed):
            node = session.tree.node(event.node_id)
            if node.request_id in request_ids:
                yield node
