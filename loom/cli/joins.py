"""Where branches meet again, and comparing more of what follows."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, opened
from loom.cli.printing import print_notice
from loom.errors import UsageError

if TYPE_CHECKING:
    from loom.convergence.budget import Budget
    from loom.records import Join
    from loom.session import Session
    from loom.session.judging.scope import Asked
    from loom.tree.graph import Tree

LEVELS = ("words", "gist", "futures")
USUAL_BUDGET = "60s"


@cli.command()
@click.argument("file", type=FILE)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    help="words: shared words alone; gist: what is said as well; futures: compare what follows.",
)
@click.option(
    "--budget",
    metavar="TOKENS|SECONDSs|all",
    help=f"What comparing may cost: 5000, {USUAL_BUDGET} (the default) or all.",
)
@click.option("--pair", nargs=2, metavar="A B", help="Compare two branches, named by their nodes.")
@click.option("--more", is_flag=True, help="32 more looks at what is undecided, or at the pair.")
@click.option("--model", metavar="NAME|PATH", help="Judge with this model, not the session's.")
@click.option(
    "--embedder", metavar="FILE.gguf", help="Compare what was said by this model's vectors."
)
@click.option("--json", "as_json", is_flag=True, help="Print the joins as JSON.")
def joins(
    file: Path,
    level: str | None,
    budget: str | None,
    pair: tuple[str, str] | None,
    more: bool,
    model: str | None,
    embedder: str | None,
    as_json: bool,
) -> None:
    """Say where branches meet again, and why.

    Without options no model is needed: shared words, and all that was compared before. With
    --level futures the session's model compares what follows, and what it finds is kept.
    """
    from loom.models.discovery import find_model
    from loom.session.judging.scope import Asked

    compares = level == "futures" or budget is not None or pair is not None or more
    compares = compares or model is not None or embedder is not None
    if not compares:
        _print_known(file, level, as_json)
        return
    if level in ("words", "gist"):
        raise UsageError(f"--level {level} compares no futures.", "Leave it out, or the others.")
    bound = _budget(budget or USUAL_BUDGET)
    if embedder is not None:
        # Opening a session writes in it: what can be refused is refused before.
        find_model(embedder)
    with opened(file) as session:
        named = (
            None if pair is None else (session.tree.resolve(pair[0]), session.tree.resolve(pair[1]))
        )
        asked = Asked(bound, pair=named, more=more, model=model, embedder=embedder)
        try:
            _compare(session, asked)
        except KeyboardInterrupt:
            session.judging.stop()
            click.echo("Stopped; what was found is kept.", err=True)
            raise
        n_left = session.judging.status.n_not_reached
        _print(session.tree, _told(session, asked), n_left, as_json)
        _say_how(session)


def _print_known(file: Path, level: str | None, as_json: bool) -> None:
    from loom.convergence.joins import find_joins
    from loom.session.judging.telling import gist_told, told_of
    from loom.session.reading import read_tree

    tree = read_tree(file)
    found = find_joins(tree)
    if level == "gist":
        found = (*gist_told(tree), *found)
    elif level is None:
        found = told_of(tree, found, tree.judged)
    n_left = tree.judged[-1].n_not_reached if tree.judged and level is None else 0
    _print(tree, found, n_left, as_json)


def _compare(session: Session, asked: Asked) -> None:
    """Judge to the end of the budget; the counts on stderr where a person looks on."""
    news = threading.Event()
    session.listen(news.set)
    session.judge(asked)
    while session.judging.status.running:
        news.wait()
        news.clear()
        session.drain()
        for notice in session.notices():
            if notice.severity != "error":
                print_notice(notice)
    session.judging.wait()
    session.save()
    session.drain()


def _told(session: Session, asked: Asked) -> tuple[Join, ...]:
    if asked.pair is None:
        return session.joins()
    from loom.session.judging.telling import told_of_pair

    return told_of_pair(session.tree, asked.pair)


def _budget(text: str) -> Budget:
    from loom.convergence.budget import Budget

    found = re.fullmatch(r"(\d+)(s?)|all", text)
    if found is None:
        raise UsageError(
            f"{text!r} is no budget.", "Give tokens (5000), seconds (30s), or all for no bound."
        )
    if found[1] is None:
        return Budget()
    return Budget(seconds=float(found[1])) if found[2] else Budget(n_tokens=int(found[1]))


def _print(tree: Tree, found: tuple[Join, ...], n_left: int, as_json: bool) -> None:
    if as_json:
        from loom.formats.loom_json import dumps, joins_object
        from loom.session.judging.roads import roads_told

        last = tree.judged[-1] if tree.judged else None
        click.echo(dumps(joins_object(found, roads_told(tree, found), n_left, last)))
        return
    from loom.session.judging.lines import lines

    for line in lines(tree, found):
        click.echo(line)
    if not found:
        click.echo("No branches share words after they part.", err=True)
    if n_left:
        places, were = ("place", "was") if n_left == 1 else ("places", "were")
        click.echo(f"{n_left:,} {places} that might meet another {were} not judged.", err=True)


def _say_how(session: Session) -> None:
    """Which model judged, by which law, and what could not be judged."""
    status = session.judging.status
    for node_id, reason in status.left_out.items():
        click.echo(f"Not judged: {node_id} {reason}.", err=True)
    if session.tree.judged:
        last, n = session.tree.judged[-1], status.spent.n_judged
        pairs = f"{n:,} {'pair' if n == 1 else 'pairs'} compared under {last.model_name}"
        click.echo(f"{pairs} at temperature 1 with nothing cut.", err=True)
        newest_first = (one for found in reversed(session.tree.judged) for one in found.judged)
        gist = next((one.gist for one in newest_first if one.gist is not None), None)
        if gist is not None:
            click.echo(f"What was said before is compared by the {gist.measure}.", err=True)
    elif not status.spent.n_judged:
        click.echo("There was nothing to compare.", err=True)
