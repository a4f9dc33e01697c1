"""Doing things to the texts of a session: everything can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, opened, text_of
from loom.errors import UsageError

if TYPE_CHECKING:
    from loom.session import Session

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the new node as JSON.")


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@click.option("--text", required=True, help="The new wording; - reads it from stdin.")
@AS_JSON
def edit(file: Path, node: str, text: str, as_json: bool) -> None:
    """Say a text another way: a new node beside NODE, which stays as it is."""
    said = text_of(text)
    with opened(file) as session:
        node_id = session.operations.edit(session.tree.resolve(node), said)
        _print_node(session, node_id, as_json)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@click.option("--at", "at_character", type=int, help="After so many characters.")
@click.option("--token", "at_token", type=int, help="After so many tokens.")
@click.option("--parts", is_flag=True, help="Into the nodes that it was merged from.")
@AS_JSON
def split(
    file: Path,
    node: str,
    at_character: int | None,
    at_token: int | None,
    parts: bool,
    as_json: bool,
) -> None:
    """Make two nodes of one; what hangs from NODE then hangs from the second."""
    from loom.session.cutting import byte_of_character

    if (at_character is not None) + (at_token is not None) + parts != 1:
        raise UsageError("It is not said where to split.", "Say one of --at, --token or --parts.")
    with opened(file) as session:
        node_id = session.tree.resolve(node)
        if at_character is not None:
            cut = byte_of_character(session.tree.node(node_id).text, at_character)
            made = session.operations.split(node_id, cut)
        elif at_token is not None:
            made = session.operations.split_at_token(node_id, at_token)
        else:
            made = session.operations.take_apart(node_id)
        _print_node(session, made, as_json)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@click.option("--chain", is_flag=True, help="All that follow one another here without a fork.")
@AS_JSON
def merge(file: Path, node: str, chain: bool, as_json: bool) -> None:
    """Make one node of NODE and its parent; other children of the parent stay."""
    with opened(file) as session:
        node_id = session.tree.resolve(node)
        work = session.operations.merge_chain if chain else session.operations.merge
        _print_node(session, work(node_id), as_json)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@AS_JSON
def duplicate(file: Path, node: str, as_json: bool) -> None:
    """Copy NODE with all that hangs from it, right beside it."""
    with opened(file) as session:
        _print_node(session, session.operations.duplicate(session.tree.resolve(node)), as_json)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@click.option("--under", metavar="NODE", help="Last under this node.")
@click.option("--before", metavar="NODE", help="Right before this node.")
@click.option("--after", metavar="NODE", help="Right after this node.")
@click.option("--top", is_flag=True, help="As a beginning, under no node.")
def move(
    file: Path, node: str, under: str | None, before: str | None, after: str | None, top: bool
) -> None:
    """Put NODE with all that hangs from it somewhere else."""
    if sum(place is not None for place in (under, before, after)) + top != 1:
        raise UsageError(
            "It is not said where to move it.", "Say one of --under, --before, --after or --top."
        )
    with opened(file) as session:
        node_id, resolve = session.tree.resolve(node), session.tree.resolve
        if before is not None:
            session.operations.move_before(node_id, resolve(before))
        elif after is not None:
            session.operations.move_after(node_id, resolve(after))
        else:
            session.operations.move(node_id, None if under is None else resolve(under))
        click.echo(f"Moved {node_id}.", err=True)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("nodes", nargs=-1, required=True)
def hide(file: Path, nodes: tuple[str, ...]) -> None:
    """Put NODES out of sight with all that hangs from them; nothing is deleted."""
    with opened(file) as session:
        for node in nodes:
            node_id = session.tree.resolve(node)
            session.operations.hide(node_id)
            click.echo(f"Hidden {node_id}.", err=True)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("nodes", nargs=-1, required=True)
def restore(file: Path, nodes: tuple[str, ...]) -> None:
    """Show NODES again that were hidden, and what hides them above."""
    with opened(file) as session:
        for node in nodes:
            node_id = session.tree.resolve(node)
            session.operations.restore(node_id)
            click.echo(f"Shown {node_id}.", err=True)


def _print_node(session: Session, node_id: str, as_json: bool) -> None:
    from loom.formats.loom_json import dumps, node_object

    node = session.tree.node(node_id)
    click.echo(dumps(node_object(node, session.tree)) if as_json else node_id)
