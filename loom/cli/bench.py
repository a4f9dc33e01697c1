"""Measuring speed."""

from __future__ import annotations

import click

from loom.cli.group import cli


@cli.command()
@click.option(
    "--model", "models", multiple=True, help="A name or path (story-base and two of 135M)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(models: tuple[str, ...], as_json: bool) -> None:
    """Measure tokens per second for 1, 4, 8 and 16 branches, beside bare llama.cpp."""
    from loom.formats.loom_json import dumps
    from loom.session.bench import as_document, bench_lines, measure

    found = measure(models, say=lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(dumps(as_document(found)))
        return
    for line in bench_lines(found):
        click.echo(line)
