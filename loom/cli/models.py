"""The models of this machine."""

from __future__ import annotations

import click

from loom.cli.group import cli
from loom.errors import UsageError


@cli.command()
@click.argument("what", type=click.Choice(["list", "info", "pull"]), default="list")
@click.argument("model", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(what: str, model: str | None, as_json: bool) -> None:
    """List the models on this machine, tell about one, or download one.

    `pull` takes OWNER/NAME, OWNER/NAME:FILE or OWNER/NAME:QUANTISATION on the Hugging Face hub.
    """
    from loom.formats.loom_json import dumps
    from loom.session import model_listing

    if (what != "list") != (model is not None):
        raise UsageError(
            "`info` and `pull` take a model, `list` none.", "Try: loom models info story-base"
        )
    if model is None:
        found, lines = model_listing.listing(), model_listing.listing_lines
    else:
        tell = model_listing.pulled if what == "pull" else model_listing.describe
        found, lines = tell(model), model_listing.detail_lines
    if as_json:
        click.echo(dumps(found))
        return
    for line in lines(found):
        click.echo(line)
