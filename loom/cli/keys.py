"""What keys do in the app, by the names under which config.toml gives them others."""

from __future__ import annotations

import click

from loom.cli.group import cli


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def keys(as_json: bool) -> None:
    """List the keys of the app by name; [keys] in config.toml changes them."""
    from loom.app.rebinding import rebound
    from loom.config import load_config
    from loom.formats.loom_json import dumps

    table = rebound(load_config().keys)
    if as_json:
        rows = [
            {"id": key.id, "keys": list(key.keys), "state": key.state, "does": key.help}
            for key in table
        ]
        click.echo(dumps({"keys": rows}))
        return
    name = max(len(key.id) for key in table)
    shown = max(len(key.shown) for key in table)
    for key in table:
        click.echo(f"{key.id:<{name}}  {key.shown:<{shown}}  {key.help}")
