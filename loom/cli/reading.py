"""Reading a session without a model: show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, node_of
from loom.cli.printing import print_verbatim

if TYPE_CHECKING:
    from loom.tree.graph import Tree


@cli.command()
@click.argument("file", type=FILE)
@click.option("--at", metavar="NODE", help="Only what hangs from this node; with --text its path.")
@click.option("--text", "as_text", is_flag=True, help="The text of one path, verbatim.")
@click.option("--tokens", "as_tokens", is_flag=True, help="The exact tokens the model would get.")
@click.option("--hidden", "with_hidden", is_flag=True, help="Also what is hidden, marked ×.")
@click.option("--json", "as_json", is_flag=True, help="Every node, or every token, as JSON.")
def show(
    file: Path, at: str | None, as_text: bool, as_tokens: bool, with_hidden: bool, as_json: bool
) -> None:
    """Show a session: the tree as an outline, one path's text or tokens, or all as JSON."""
    from loom.formats.loom_json import dumps, tree_object
    from loom.formats.outline_text import outline
    from loom.session.reading import read_tree

    tree = read_tree(file)
    if as_tokens:
        _print_tokens(tree, node_of(tree, at), as_json)
    elif as_json:
        click.echo(dumps(tree_object(tree, tree if with_hidden else None)))
    elif as_text:
        print_verbatim(tree.path_text(node_of(tree, at)))
    else:
        family = tree.every_child if with_hidden else None
        for line in outline(tree, None if at is None else tree.resolve(at), family):
            click.echo(line)


def _print_tokens(tree: Tree, node_id: str, as_json: bool) -> None:
    from loom.formats.loom_json import dumps
    from loom.session.seen_as_text import lines, summary, view_object
    from loom.session.what_the_model_sees import view_of

    view = view_of(tree, node_id)
    if as_json:
        click.echo(dumps(view_object(view)))
        return
    for line in lines(view):
        click.echo(line)
    click.echo(summary(view), err=True)
