"""Sessions that are damaged or hold more than is wanted: recover, compact."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from loom.cli.group import cli
from loom.cli.opened import FILE


@cli.command()
@click.argument("file", type=FILE)
@click.option("-o", "--output", type=FILE, help="The new file (FILE-recovered beside it).")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def recover(file: Path, output: Path | None, as_json: bool) -> None:
    """Write all that can be read of a damaged session to a new file, and say what is lost."""
    from loom.formats.loom_json import dumps
    from loom.session.care import recovered

    new, report = recovered(file, output)
    losses = list(report.losses)
    if as_json:
        click.echo(dumps({"file": str(new), "n_nodes": report.n_nodes, "losses": losses}))
        return
    for loss in losses:
        click.echo(f"{loss}.", err=True)
    n = len(losses)
    lost = "1 thing is not as it was" if n == 1 else f"{n:,} things are not as they were"
    whole = lost if losses else "Nothing is lost"
    click.echo(f"{whole}; {report.n_nodes:,} nodes are in the new file.", err=True)
    click.echo(str(new))


@cli.command()
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Do it without asking.")
def compact(file: Path, yes: bool) -> None:
    """Drop for good what is hidden in a session; a backup is kept."""
    from loom.session.care import compact, plan_compacting

    plan = plan_compacting(file)
    n = len(plan.node_ids)
    if not n:
        click.echo(f"Nothing is hidden in {file}: there is nothing to drop.", err=True)
        return
    undo = " What was done before can no longer be undone." if plan.drops_undo else ""
    what = f"{n:,} hidden node{'' if n == 1 else 's'} with {plan.n_tokens:,} tokens"
    click.echo(f"{what} would be dropped for good from {file}.{undo}", err=True)
    if not yes and not sys.stdin.isatty():
        click.echo("Nothing was done; with --yes it is.", err=True)
        return
    if yes or click.confirm("Drop them? A backup is kept.", err=True):
        backup = compact(file, plan)
        click.echo(f"Dropped. The session as it was is {backup}.", err=True)
        click.echo(str(file))
