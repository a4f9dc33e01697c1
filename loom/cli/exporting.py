"""Writing a session for other eyes: export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loom.cli.group import cli
from loom.cli.many_options import Command, Decorator, with_options
from loom.cli.opened import FILE, connect
from loom.cli.printing import print_verbatim
from loom.errors import UsageError

if TYPE_CHECKING:
    from loom.formats.choice import Choice
    from loom.formats.material import Wording
    from loom.formats.table import Format
    from loom.session.exporting import Check
    from loom.tree.graph import Tree

CHOOSING: tuple[Decorator, ...] = (
    click.option("--at", metavar="NODE", help="Only what hangs from this node."),
    click.option("--path", "path_to", metavar="NODE", help="Only the road to this node."),
    click.option("--through", metavar="NODE", multiple=True, help="Only roads through it; again."),
    click.option("--bookmarked", is_flag=True, help="Only roads through bookmarks."),
    click.option("--tagged", metavar="NAME", multiple=True, help="Only roads through a tag."),
    click.option("--joins-only", is_flag=True, help="Only roads on which branches meet."),
    click.option("--depth", type=click.IntRange(1), help="So many nodes one after another."),
    click.option("--max-nodes", type=click.IntRange(1), help="So many nodes in all."),
    click.option("--max-characters", type=click.IntRange(1), help="So much of each text."),
    click.option("--hidden", is_flag=True, help="Hidden nodes too."),
)

WORDING: tuple[Decorator, ...] = (
    click.option(
        "--flavour",
        type=click.Choice(["github", "obsidian"]),
        default="github",
        help="Which Markdown.",
    ),
    click.option("--chapters", is_flag=True, help="Markdown with a chapter for each branch."),
    click.option(
        "--branches",
        metavar="N",
        type=click.IntRange(1),
        default=12,
        help="So many branches in a figure (12).",
    ),
    click.option("--all-branches", is_flag=True, help="All branches in a figure."),
    click.option("--font", metavar="TTF", multiple=True, type=FILE, help="A font for figures."),
    click.option("--no-tokens", is_flag=True, help="No token alternatives in HTML."),
    click.option("--no-appendix", is_flag=True, help="Without how it was made."),
    click.option(
        "--verify",
        "check",
        type=click.Choice(["file", "models"]),
        help="Check the file first, or also ask its models again, and say what came of it.",
    ),
    click.option("--with-paths", is_flag=True, help="Models by their paths, not only names."),
)


def choosing_and_wording(command: Command) -> Command:
    """All options that say which part of a tree is written, and in which words."""
    return with_options(command, (*CHOOSING, *WORDING))


@cli.command()
@click.argument("file", type=FILE)
@click.option("--format", "format_name", metavar="F", help="The format; else OUT's ending says it.")
@click.option("-o", "--output", metavar="OUT", type=FILE, help="Where to write it (stdout).")
@click.option("--no-alternatives", is_flag=True, help="With loom: without tokens not chosen.")
@choosing_and_wording
def export(
    file: Path,
    format_name: str | None,
    output: Path | None,
    no_alternatives: bool,
    **chosen: Any,
) -> None:
    """Write a session's tree, or a part of it, for other eyes."""
    from loom.formats.table import WriteUp
    from loom.session.data_exporting import copied
    from loom.session.exporting import as_bytes, gathered, said_of, write_files
    from loom.session.reading import read_tree

    form = _format(format_name, output)
    tree = read_tree(file)
    choice = _choice(tree, chosen)
    if not isinstance(form, WriteUp):
        if form.name == "loom":
            copied(file, output, choice, "left out" if no_alternatives else "kept")
        else:
            _write_data(file, tree, form.name, choice, output)
        if output is not None:
            click.echo(f"Written to {output}.", err=True)
        return
    check: Check = chosen["check"] or "none"
    checked = said_of(file, check, connect(), lambda what: click.echo(what, err=True))
    with gathered(file, choice, _wording(chosen), checked) as given:
        if output is None:
            print_verbatim(as_bytes(form.write(given)))
            return
        for path in write_files(output, form, given):
            click.echo(f"Written to {path}.", err=True)


def _write_data(
    file: Path, tree: Tree, format_name: str, choice: Choice, output: Path | None
) -> None:
    from loom.session.data_exporting import chunks, data_source, write_data

    if output is None:
        source = data_source(file, tree, choice)
        for chunk in chunks(source, format_name):
            print_verbatim(chunk)
        remarks = source.report.remarks()
    else:
        remarks = write_data(file, tree, format_name, choice, output)
    for remark in remarks:
        click.echo(str(remark), err=True)


def _format(name: str | None, output: Path | None) -> Format:
    from loom.formats.table import FORMATS, format_named, format_of_file

    found = format_named(name) if name is not None else None
    if found is None and output is not None:
        found = format_of_file(output.name)
    if found is None:
        names = ", ".join(row.name for row in FORMATS)
        raise UsageError("No format is named.", f"Choose one with --format: {names}.")
    if found.is_binary and output is None and sys.stdout.isatty():
        raise UsageError(f"{found.name} is nothing to read in a terminal.", "Name a file with -o.")
    return found


def _choice(tree: Tree, chosen: dict[str, Any]) -> Choice:
    from loom.formats.choice import Choice
    from loom.session.exporting import marked

    named = marked(tree, bookmarked=chosen["bookmarked"], tags=chosen["tagged"])
    return Choice(
        at=None if chosen["at"] is None else tree.resolve(chosen["at"]),
        path_to=None if chosen["path_to"] is None else tree.resolve(chosen["path_to"]),
        through=(*map(tree.resolve, chosen["through"]), *named),
        joins_only=chosen["joins_only"],
        depth=chosen["depth"],
        n_nodes=chosen["max_nodes"],
        n_characters=chosen["max_characters"],
        hidden=chosen["hidden"],
    )


def _wording(chosen: dict[str, Any]) -> Wording:
    from loom.formats.material import Wording

    return Wording(
        flavour=chosen["flavour"],
        arrangement="chapters" if chosen["chapters"] else "nested",
        appendix=not chosen["no_appendix"],
        n_branches=None if chosen["all_branches"] else chosen["branches"],
        tokens=not chosen["no_tokens"],
        paths=chosen["with_paths"],
        fonts=tuple(str(path) for path in chosen["font"]),
    )
