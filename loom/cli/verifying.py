"""Whether a session is what it says it is."""

from __future__ import annotations

from pathlib import Path

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, connect
from loom.errors import LoomError


@cli.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(file: Path, as_json: bool) -> None:
    """Check a session file, score its branches again and grow them again by their seeds."""
    from loom.formats.loom_json import dumps
    from loom.session.verifying import verify as verified
    from loom.session.verifying.telling import lines, verdict, verification_object

    found = verified(file, connect(), lambda what: click.echo(what, err=True))
    if as_json:
        click.echo(dumps(verification_object(found)))
    else:
        for line in lines(found):
            click.echo(line)
    if not found.is_sound:
        raise LoomError(verdict(found), "")
    click.echo(verdict(found), err=True)
