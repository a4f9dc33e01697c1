"""The models of this machine."""

from __future__ import annotations

import click

from loom.cli.group import cli
from loom.errors import UsageError


@cli.command()
@click.argument("what", type=click.Choice(["list", "info"]), default="list")
@click.argument("model", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(what: str, model: str | None, as_json: bool) -> None:
    """List the models on this machine, or tell about one."""
    from loom.formats.loom_json import dumps
    from loom.session.model_listing import describe, listing, listing_lines

    if (what == "info") != (model is not None):
        raise UsageError("`info` takes a model, `list` none.", "Try: loom models info story-base")
    found = listing() if model is None else describe(model)
    if as_json:
        click.echo(dumps(found))
        return
    for line in listing_lines(found):
        click.echo(line)
