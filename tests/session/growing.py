"""Plans carried out on a scripted engine, turn by turn."""

from __future__ import annotations

from loom.session.plans import Plan
from loom.session.planter import Planter
from loom.session.session import Session
from loom.session.settings import GrowSettings
from loom.tree.node import Node
from tests.session.conftest import ScriptedModel


def a_plan(
    *node_ids: str,
    n_branches: int = 2,
    max_tokens: int = 3,
    depth: int = 1,
    budget: int | None = None,
    seed: int | None = None,
) -> Plan:
    settings = GrowSettings(n_branches=n_branches, max_tokens=max_tokens, seed=seed)
    return Plan(node_ids, settings, depth, budget)


def pull(session: Session) -> None:
    """Let everything that was said come into the tree."""
    session._journal.flush()
    session.drain()


def carry_out(session: Session, plan: Plan, model: ScriptedModel) -> Planter:
    """To its end."""
    planter = session.plant(plan)
    while not planter.ended:
        model.run()
        pull(session)
    return planter


def grown(session: Session) -> list[Node]:
    """Everything that a model wrote."""
    return [node for node in session.tree if not node.written]


def levels(session: Session) -> list[int]:
    """How many branches each level has, counted from the roots."""
    depths = [len(session.tree.path(node.id)) - 1 for node in grown(session)]
    return [depths.count(level) for level in range(1, max(depths) + 1)]
