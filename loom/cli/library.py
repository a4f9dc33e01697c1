"""All sessions of a person: list, search, duplicate, rename, restore."""

from __future__ import annotations

from pathlib import Path

import click

from loom.cli.group import ListingGroup, cli
from loom.cli.opened import FILE

N_FOUND = 20


@cli.group(cls=ListingGroup, invoke_without_command=True)
@click.pass_context
def sessions(context: click.Context) -> None:
    """List the sessions in the folder of sessions, or do something with one."""
    if context.invoked_subcommand is None:
        context.invoke(list_sessions)


@sessions.command("list")
@click.argument("folder", type=FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_sessions(folder: Path | None = None, as_json: bool = False) -> None:
    """List sessions, the last changed first: nodes, joins, model, title and file."""
    from loom.formats.library_text import session_line, session_object
    from loom.formats.loom_json import dumps
    from loom.session.library import Unreadable, listed, n_joins, session_files

    found = listed(session_files(folder))
    objects = []
    for one in found:
        if isinstance(one, Unreadable):
            click.echo(str(one.error), err=True)
            continue
        columns = (
            *(str(one.path), one.title, one.model),
            *(one.n_nodes, n_joins(one), one.changed_at),
        )
        objects.append(session_object(*columns))
        if not as_json:
            click.echo(session_line(*columns))
    if as_json:
        click.echo(dumps({"sessions": objects}))
    elif not found:
        click.echo("There are no sessions yet: loom new makes one.", err=True)


@cli.command()
@click.argument("words")
@click.argument("file", type=FILE, required=False)
@click.option("-n", "limit", type=int, default=N_FOUND, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search(words: str, file: Path | None, limit: int, as_json: bool) -> None:
    """Find the nodes with all of WORDS, in FILE or in every session, best first.

    "a phrase" stands together, and lak* is the beginning of a word.
    """
    _search(words, file, limit, as_json)


@sessions.command("search")
@click.argument("words")
@click.option("-n", "limit", type=int, default=N_FOUND, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search_sessions(words: str, limit: int, as_json: bool) -> None:
    """Find the nodes with all of WORDS in every session, as `loom search`."""
    _search(words, None, limit, as_json)


def _search(words: str, file: Path | None, limit: int, as_json: bool) -> None:
    from loom.formats.library_text import found_line, found_object
    from loom.formats.loom_json import dumps
    from loom.session.library import Unreadable, searched, session_files

    paths = session_files() if file is None else [file]
    objects, shown = [], None
    for hit in searched(words, paths, limit):
        if isinstance(hit, Unreadable):
            if file is not None:
                raise hit.error
            click.echo(str(hit.error), err=True)
            continue
        columns = (hit.found.node_id, hit.found.snippet, hit.found.spans)
        objects.append(found_object(str(hit.path), hit.title, *columns))
        if as_json:
            continue
        if file is None and hit.path != shown:
            click.echo(f"{hit.path}:")
            shown = hit.path
        click.echo(found_line(*columns))
    if as_json:
        click.echo(dumps({"found": objects}))
    elif not objects:
        click.echo("Nothing has all of these words.", err=True)


@sessions.command()
@click.argument("file", type=FILE)
@click.argument("to", type=FILE, required=False)
def duplicate(file: Path, to: Path | None) -> None:
    """Copy a session, also one that is open, and print the path of the copy."""
    from loom.session.library import duplicate

    click.echo(str(duplicate(file, to)))


@sessions.command()
@click.argument("file", type=FILE)
@click.argument("name")
def rename(file: Path, name: str) -> None:
    """Give a session file another NAME in its folder, and print its path."""
    from loom.session.library import rename

    click.echo(str(rename(file, name)))


@sessions.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def examples(name: str | None, as_json: bool) -> None:
    """List the examples that came with loom, or copy one and print the path of the copy."""
    from loom.formats.loom_json import dumps
    from loom.session.examples import copied_example, example_rows

    if name is not None:
        click.echo(str(copied_example(name)))
        return
    rows = example_rows()
    if as_json:
        told = [{"name": r.name, "about": r.about, "copy": r.copy and str(r.copy)} for r in rows]
        click.echo(dumps({"examples": told}))
        return
    for row in rows:
        click.echo(f"{row.name:<10}{row.about}")


@sessions.command("restore-backup")
@click.argument("file", type=FILE)
def restore_backup(file: Path) -> None:
    """Put the newest backup of a session in its place; doing it again takes that back.

    Backups are made before a session is upgraded, compacted or restored.
    """
    from loom.session.library import restore_backup

    copy = restore_backup(file)
    click.echo(f"{file} is again as {copy.name}; what it was is kept as another backup.", err=True)
    click.echo(str(file))
