"""What a person puts on texts, and taking back what was done."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal, get_args

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, opened, text_of
from loom.errors import UsageError
from loom.tree.kinds import TagColour, TagScope


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@click.option("--remove", is_flag=True, help="Take the bookmark away.")
def bookmark(file: Path, node: str, remove: bool) -> None:
    """Let NODE be found again."""
    with opened(file) as session:
        node_id, marking = session.tree.resolve(node), session.operations.marking
        (marking.remove_bookmark if remove else marking.bookmark)(node_id)
        click.echo(f"{'No bookmark at' if remove else 'Bookmarked'} {node_id}.", err=True)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@click.argument("name")
@click.option("--colour", type=click.Choice(get_args(TagColour)), default="grey", show_default=True)
@click.option(
    "--scope",
    type=click.Choice(get_args(TagScope)),
    default="node",
    show_default=True,
    help="What it is about: the node, with what leads there, or with what follows.",
)
@click.option("--remove", is_flag=True, help="Take the tag away.")
def tag(file: Path, node: str, name: str, colour: TagColour, scope: TagScope, remove: bool) -> None:
    """Put a tag of that NAME on NODE."""
    from loom.tree.changes import Tag

    with opened(file) as session:
        node_id, marking = session.tree.resolve(node), session.operations.marking
        if remove:
            marking.untag(node_id, name)
        else:
            marking.tag(node_id, Tag(name, colour, scope))
        click.echo(f"{'Untagged' if remove else 'Tagged'} {node_id}.", err=True)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("node")
@click.argument("text")
def note(file: Path, node: str, text: str) -> None:
    """Write a note on NODE in place of the last one; an empty TEXT takes it away, - is stdin."""
    said = text_of(text)
    with opened(file) as session:
        node_id = session.tree.resolve(node)
        session.operations.marking.note(node_id, said)
        click.echo(f"{'Noted on' if said else 'No note on'} {node_id}.", err=True)


@cli.command()
@click.argument("file", type=FILE)
@click.argument("text")
@click.option("--at", "node", metavar="NODE", help="Of this node, not of the session.")
@click.option("--chapter", is_flag=True, help="Of a chapter that begins at the node.")
def title(file: Path, text: str, node: str | None, chapter: bool) -> None:
    """Call the session, a node or a chapter TEXT; of a node an empty one takes it away."""
    if chapter and node is None:
        raise UsageError("A chapter begins at a node.", "Name it with --at NODE.")
    with opened(file) as session:
        marking = session.operations.marking
        if node is None:
            marking.title_session(text)
        else:
            (marking.chapter if chapter else marking.title)(session.tree.resolve(node), text)
        click.echo(f"Called {text!r}." if text else "The title is gone.", err=True)


STEPS = click.option("-n", "n_steps", type=click.IntRange(1), default=1, help="So many steps.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print each step a line as JSON.")


@cli.command()
@click.argument("file", type=FILE)
@STEPS
@AS_JSON
def undo(file: Path, n_steps: int, as_json: bool) -> None:
    """Take back what was done last, also in an earlier run, and say what it was."""
    _walk_history(file, "Undone", n_steps, as_json)


@cli.command()
@click.argument("file", type=FILE)
@STEPS
@AS_JSON
def redo(file: Path, n_steps: int, as_json: bool) -> None:
    """Do again what was undone last, and say what it is."""
    _walk_history(file, "Redone", n_steps, as_json)


def _walk_history(
    file: Path, way: Literal["Undone", "Redone"], n_steps: int, as_json: bool
) -> None:
    from loom.formats.loom_json import dumps, step_object
    from loom.session.step_words import told

    with opened(file) as session:
        operations = session.operations
        for _ in range(n_steps):
            step = operations.undo() if way == "Undone" else operations.redo()
            if as_json:
                click.echo(dumps(step_object(step)))
            else:
                click.echo(told(step, session.tree, way, time.time()))
