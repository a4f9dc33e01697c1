"""What to put into a bug report."""

from __future__ import annotations

import click

from loom.cli.group import cli


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Tell what a bug report needs: versions, devices, terminal, models, files, last errors.

    Paths begin with ~, and names of person and machine and secrets are left out.
    """
    from loom.formats.loom_json import dumps
    from loom.session.doctor import examine, lines

    report = examine()
    if as_json:
        click.echo(dumps(report))
        return
    for line in lines(report):
        click.echo(line)
