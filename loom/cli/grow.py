"""Growing branches from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, node_of, opened
from loom.cli.sampler_options import sampler_options

if TYPE_CHECKING:
    from loom.session import GrowSettings, Session


@cli.command()
@click.argument("file", type=FILE)
@click.option("--at", metavar="NODE", help="Where to grow (the session's selected node).")
@click.option("-n", "--branches", "n_branches", type=click.IntRange(1), help="How many branches.")
@click.option("--tokens", type=click.IntRange(1), help="Tokens of a branch, at most.")
@click.option("--seed", type=click.IntRange(0), help="The same seed grows the same text.")
@sampler_options
@click.option("--json", "as_json", is_flag=True, help="Print one finished node a line as JSON.")
def grow(
    file: Path,
    at: str | None,
    n_branches: int | None,
    tokens: int | None,
    seed: int | None,
    temperature: float | None,
    min_p: float | None,
    top_p: float | None,
    top_k: int | None,
    as_json: bool,
) -> None:
    """Grow branches at a node and print each when it is finished."""
    from dataclasses import replace

    with opened(file) as session:
        usual = session.settings
        drawn = usual.sampling
        settings = replace(
            usual,
            n_branches=n_branches or usual.n_branches,
            max_tokens=tokens or usual.max_tokens,
            seed=seed,
            sampling=replace(
                drawn,
                temperature=drawn.temperature if temperature is None else temperature,
                min_p=drawn.min_p if min_p is None else min_p,
                top_p=drawn.top_p if top_p is None else top_p,
                top_k=drawn.top_k if top_k is None else top_k,
            ),
        )
        _print_grown(session, node_of(session.tree, at), settings, as_json)


def _print_grown(session: Session, node_id: str, settings: GrowSettings, as_json: bool) -> None:
    from loom.formats.loom_json import dumps, node_object
    from loom.session.growing import grown_nodes
    from loom.tree.visible import visible

    n_failed = 0
    for node in grown_nodes(session, node_id, settings):
        n_failed += node.finish == "error"
        if as_json:
            click.echo(dumps(node_object(node, session.tree)))
        else:
            click.echo(f"{node.id}  {node.n_tokens} tokens, {node.finish}")
            click.echo(visible(node.display_text()) + "\n")
