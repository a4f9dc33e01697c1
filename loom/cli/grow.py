"""Growing branches from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.group import cli
from loom.cli.grow_options import Asked, grow_options
from loom.cli.opened import FILE, node_of, opened
from loom.cli.printing import print_notice
from loom.cli.sampler_options import SamplingChoice, sampler_options
from loom.errors import LoomError, UsageError

if TYPE_CHECKING:
    from loom.session import GrowSettings, Session
    from loom.session.plans import Plan

ASK_ABOVE_TOKENS = 20_000
"""A plan that may come to more than this is only begun at a terminal if the person means it."""


@cli.command()
@click.argument("file", type=FILE)
@grow_options
@sampler_options
@click.option("--json", "as_json", is_flag=True, help="Print one finished node a line as JSON.")
def grow(file: Path, asked: Asked, sampling: SamplingChoice, as_json: bool) -> None:
    """Grow branches at a node and print each when it is finished.

    With --depth each new branch is grown from in turn, with --leaves every end of the tree, with
    --cover every likely next token begins a branch.
    """
    with opened(file) as session:
        plan = _plan(session, asked, _settings(session.settings, asked, sampling))
        _say_what_it_comes_to(session, plan, asked)
        try:
            _print_grown(session, plan, as_json)
        except KeyboardInterrupt:
            if (progress := session.progress) is not None:
                n_ended, n_branches = progress.n_ended, progress.n_branches
                click.echo(f"Stopped at {n_ended:,} of {n_branches:,}; all is kept.", err=True)
            raise


def _settings(usual: GrowSettings, asked: Asked, sampling: SamplingChoice) -> GrowSettings:
    from dataclasses import replace

    from loom.records import Ending

    if asked.exact and asked.cover is not None:
        raise UsageError(
            "--exact draws every token and --cover draws none of the first.",
            "Cover first, then grow exactly from what is there: loom grow FILE --leaves --exact.",
        )
    return replace(
        usual,
        n_branches=asked.n_branches or (asked.most_covered if asked.cover else usual.n_branches),
        max_tokens=asked.tokens or usual.max_tokens,
        seed=asked.seed,
        sampling=sampling.over(usual.sampling),
        ending=Ending(asked.min_tokens, asked.stop, asked.until),
        cover=asked.cover,
        mode="exact" if asked.exact else "fast",
    )


def _plan(session: Session, asked: Asked, settings: GrowSettings) -> Plan:
    from loom.session.plans import Plan

    tree = session.tree
    if not asked.leaves:
        from loom.session.from_nothing import begin_blank

        at = begin_blank(session) if not len(tree) and asked.at is None else None
        return Plan((at or node_of(tree, asked.at),), settings, asked.depth, asked.budget)
    leaves = session.leaves(None if asked.at is None else tree.resolve(asked.at))
    if not leaves:
        raise LoomError(
            "There is no end here that can be grown on from: every text has come to its own end.",
            "Name a node with --at, without --leaves.",
        )
    return Plan(leaves, settings, asked.depth, asked.budget)


def _say_what_it_comes_to(session: Session, plan: Plan, asked: Asked) -> None:
    from loom.session.plans import told

    estimate = session.estimate(plan)
    is_large = estimate.n_tokens > ASK_ABOVE_TOKENS
    if is_large and not asked.yes and sys.stdin.isatty():
        raise UsageError(
            f"This may come to {told(estimate).removeprefix('up to ')}.",
            "Add --yes if that is meant, or bound it with --budget TOKENS.",
        )
    if is_large or estimate.n_requests > 1 or plan.budget is not None or asked.cover is not None:
        click.echo(f"Growing {told(estimate)}.", err=True)


def _print_grown(session: Session, plan: Plan, as_json: bool) -> None:
    from loom.formats.loom_json import dumps, node_object
    from loom.session.growing import grown_nodes
    from loom.tree.visible import visible

    for node in grown_nodes(session, plan, print_notice):
        if as_json:
            click.echo(dumps(node_object(node, session.tree)))
        else:
            click.echo(f"{node.id}  {node.n_tokens} tokens, {node.finish}")
            click.echo(visible(node.display_text()) + "\n")
