"""Reading what other programs kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from loom.cli.group import cli
from loom.cli.opened import FILE

_FORMATS = """Reads, by their content whatever they are called: loom's own JSON and JSON Lines; the
original Loom (three shapes, and JSON Lines), Obsidian loom, logitloom, Exoloom, mikupad,
basemode-loom (JSON and database); ChatGPT, Open WebUI, SillyTavern, llama.cpp's page, and the
log of llm. Also inside .gz and .zip."""


@cli.command("import", epilog=_FORMATS)
@click.argument("source", type=FILE)
@click.option("-o", "--output", type=FILE, help="The session to make (in the folder of sessions).")
@click.option("--model", help="The model to go on with: a name or a path to a GGUF.")
@click.option("--json", "as_json", is_flag=True, help="The path and the report as JSON.")
def import_(source: Path, output: Path | None, model: str | None, as_json: bool) -> None:
    """Make a session of another program's tree or chat, and print its path."""
    from loom.formats.loom_json import dumps
    from loom.session.importing import import_file
    from loom.session.opening import free_path

    target = free_path if output is None else lambda _: output
    found = import_file(source, target, model=model, progress=_progress())
    if as_json:
        report = [remark.as_object() for remark in found.remarks]
        about = {"path": str(found.path), "program": found.program, "title": found.title}
        click.echo(dumps({**about, "n_nodes": found.n_nodes, "report": report}))
        return
    click.echo(found.sentence(), err=True)
    for remark in found.remarks:
        click.echo(f"  {remark}", err=True)
    click.echo(str(found.path))


def _progress() -> Callable[[int, int], None] | None:
    """Percents on a terminal, as they change; nothing where nobody looks."""
    if not sys.stderr.isatty():
        return None
    last = -1

    def tell(n: int, of: int) -> None:
        nonlocal last
        percent = 100 * n // of if of and n <= of else 100
        if percent != last and of > 1 << 22:
            last = percent
            click.echo(f"\rReading {percent} %", nl=percent == 100, err=True)

    return tell
