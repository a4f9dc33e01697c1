"""The command line: each command parses, calls one thing of the session, and prints.

Standard output is data, standard error is talk. Rooms are imported inside the commands, so that
`loom --help` loads neither Textual nor llama.cpp.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from loom import __version__
from loom.errors import ExitCode, LoomError, NodeNotFoundError, UsageError

if TYPE_CHECKING:
    from loom.engine.client import Connect
    from loom.session import GrowSettings, Session
    from loom.tree.graph import Tree

FILE = click.Path(path_type=Path, dir_okay=True)
F = TypeVar("F", bound=Callable[..., object])


class LoomGroup(click.Group):
    """`loom FILE` opens the app: a first word that is no command is a file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the hidden command `open` before a file, or before nothing."""
        first = args[0] if args else ""
        if not args or not (first in self.commands or first.startswith("-")):
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(cls=LoomGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="loom")
def cli() -> None:
    """Explore what a language model could say, and where its branches meet again.

    `loom` alone opens the session used last, or the starter session. `loom FILE` opens a session
    or begins one on a GGUF model.
    """


@contextmanager
def _opened(file: Path) -> Iterator[Session]:
    from loom.session.session import Session

    session = Session.open(file, _connect())
    try:
        yield session
    finally:
        session.close()


def _connect() -> Connect:
    """Models run in a child process of their own, and speak to a log."""
    from loom.engine.process import connect_to_child
    from loom.paths import log_dir

    log_dir().mkdir(parents=True, exist_ok=True)
    return connect_to_child(log_dir() / "engine.log")


def _node_of(tree: Tree, at: str | None) -> str:
    if at is not None:
        return tree.resolve(at)
    if tree.selected_id is not None:
        return tree.selected_id
    raise NodeNotFoundError("This session has no text yet.", "Give it one: loom new --prompt.")


@cli.command("open", hidden=True)
@click.argument("file", type=FILE, required=False)
def open_app(file: Path | None) -> None:
    """Open the app."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LoomError(
            "The app needs a terminal to draw on.",
            "Without one use the commands: loom --help lists them.",
        )
    from loom.app.app import LoomApp
    from loom.config import load_config
    from loom.session.opening import open_any

    config = load_config()
    session = open_any(file, _connect())
    try:
        LoomApp(session, config.theme).run()
    finally:
        session.close()


@cli.command()
@click.argument("file", type=FILE, required=False)
@click.option("--prompt", default="", help="The text to begin with; - reads it from stdin.")
@click.option("--system", default="", help="The system message of a chat.")
@click.option("--model", default=None, help="A model's name or a path to a GGUF.")
@click.option("--chat/--plain", default=False, help="Turns of a chat, or plain text.")
@click.option("--ctx", type=click.IntRange(16), help="Window of one branch, in tokens.")
@click.option("--gpu-layers", type=click.IntRange(0), help="Layers on the GPU (all that fit).")
def new(
    file: Path | None,
    prompt: str,
    system: str,
    model: str | None,
    chat: bool,
    ctx: int | None,
    gpu_layers: int | None,
) -> None:
    """Make a session in FILE, or in the folder of sessions, and print its path."""
    from loom.config import load_config
    from loom.session.opening import DEFAULT_MODEL, begin, title_of
    from loom.session.session import Beginning

    text = sys.stdin.read() if prompt == "-" else prompt
    if chat and model is None:
        raise UsageError(
            "The bundled model writes plain text only.", "Name a chat model: --model FILE.gguf."
        )
    beginning = Beginning(
        title=file.stem if file else title_of(text),
        model=model or load_config().model or DEFAULT_MODEL,
        mode="chat" if chat else "plain",
        system=system,
        prompt=text,
        n_ctx=ctx,
        gpu_layers=gpu_layers,
    )
    session = begin(file, beginning, _connect())
    session.close()
    click.echo(str(session.path))


def sampler_options(command: F) -> F:
    """The options that change how a token is drawn."""
    for option in (
        click.option("--top-k", type=click.IntRange(0), help="Keep the k likeliest tokens."),
        click.option("--top-p", type=click.FloatRange(0, 1), help="Keep this much of the mass."),
        click.option("--min-p", type=click.FloatRange(0, 1), help="Keep tokens this near the top."),
        click.option("--temperature", type=click.FloatRange(0), help="0 is greedy."),
    ):
        command = option(command)
    return command


@cli.command()
@click.argument("file", type=FILE)
@click.option("--at", metavar="NODE", help="Where to grow (the session's selected node).")
@click.option("-n", "--branches", "n_branches", type=click.IntRange(1), help="How many branches.")
@click.option("--tokens", type=click.IntRange(1), help="Tokens of a branch, at most.")
@click.option("--seed", type=click.IntRange(0), help="The same seed grows the same text.")
@sampler_options
@click.option("--json", "as_json", is_flag=True, help="Print one finished node a line as JSON.")
def grow(
    file: Path,
    at: str | None,
    n_branches: int | None,
    tokens: int | None,
    seed: int | None,
    temperature: float | None,
    min_p: float | None,
    top_p: float | None,
    top_k: int | None,
    as_json: bool,
) -> None:
    """Grow branches at a node and print each when it is finished."""
    from dataclasses import replace

    with _opened(file) as session:
        usual = session.settings
        drawn = usual.sampling
        settings = replace(
            usual,
            n_branches=n_branches or usual.n_branches,
            max_tokens=tokens or usual.max_tokens,
            seed=seed,
            sampling=replace(
                drawn,
                temperature=drawn.temperature if temperature is None else temperature,
                min_p=drawn.min_p if min_p is None else min_p,
                top_p=drawn.top_p if top_p is None else top_p,
                top_k=drawn.top_k if top_k is None else top_k,
            ),
        )
        _print_grown(session, _node_of(session.tree, at), settings, as_json)


def _print_grown(session: Session, node_id: str, settings: GrowSettings, as_json: bool) -> None:
    from loom.formats.loom_json import dumps, node_object
    from loom.session.growing import grown_nodes
    from loom.tree.visible import visible

    n_failed = 0
    for node in grown_nodes(session, node_id, settings):
        n_failed += node.finish == "error"
        if as_json:
            click.echo(dumps(node_object(node, session.tree)))
        else:
            click.echo(f"{node.id}  {node.n_tokens} tokens, {node.finish}")
            click.echo(visible(node.display_text()) + "\n")


@cli.command()
@click.argument("file", type=FILE)
@click.option("--at", metavar="NODE", help="Only what hangs from this node; with --text its path.")
@click.option("--text", "as_text", is_flag=True, help="The text of one path, verbatim.")
@click.option("--json", "as_json", is_flag=True, help="Every node as JSON.")
def show(file: Path, at: str | None, as_text: bool, as_json: bool) -> None:
    """Show a session: the tree as an outline, one path's text, or every node as JSON."""
    from loom.formats.loom_json import dumps, tree_object
    from loom.formats.outline_text import outline
    from loom.session.reading import read_tree

    tree = read_tree(file)
    if as_json:
        click.echo(dumps(tree_object(tree)))
    elif as_text:
        _print_verbatim(tree.path_text(_node_of(tree, at)))
    else:
        for line in outline(tree, None if at is None else tree.resolve(at)):
            click.echo(line)


def _print_verbatim(text: bytes) -> None:
    """Every byte as it is and no newline added; only a terminal is kept from obeying the text."""
    if sys.stdout.isatty():
        from loom.tree.visible import visible

        text = visible(text.decode("utf-8", "replace")).encode()
    sys.stdout.buffer.write(text)


@cli.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the joins as JSON.")
def joins(file: Path, as_json: bool) -> None:
    """Say where branches meet again, and why."""
    from loom.convergence.joins import find_joins
    from loom.formats.loom_json import dumps, joins_object
    from loom.session.reading import read_tree

    found = find_joins(read_tree(file))
    if as_json:
        click.echo(dumps(joins_object(found)))
        return
    for join in found:
        click.echo(join.sentence)
    if not found:
        click.echo("No branches share words after they part.", err=True)


@cli.command()
@click.argument("file", type=FILE)
@click.option("--format", "format_name", required=True, help="markdown (md) or json.")
@click.option("-o", "--output", type=FILE, help="Where to write it (stdout).")
def export(file: Path, format_name: str, output: Path | None) -> None:
    """Write a session's tree for other eyes."""
    from loom.session.exporting import exported, write_out
    from loom.session.reading import read_tree

    text = exported(read_tree(file), format_name)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_out(output, text)
        click.echo(f"Written to {output}.", err=True)


@cli.command()
@click.argument("what", type=click.Choice(["list", "info"]), default="list")
@click.argument("model", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(what: str, model: str | None, as_json: bool) -> None:
    """List the models on this machine, or tell about one."""
    from loom.formats.loom_json import dumps
    from loom.session.model_listing import describe, listing, listing_lines

    if (what == "info") != (model is not None):
        raise UsageError("`info` takes a model, `list` none.", "Try: loom models info story-base")
    found = listing() if model is None else describe(model)
    if as_json:
        click.echo(dumps(found))
        return
    for line in listing_lines(found):
        click.echo(line)


@cli.command()
@click.option("--model", "models_", multiple=True, help="A name or path (the bundled and a 135M).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(models_: tuple[str, ...], as_json: bool) -> None:
    """Measure tokens per second for 1, 4, 8 and 16 branches, beside bare llama.cpp."""
    from loom.formats.loom_json import dumps
    from loom.session.bench import bench_lines, run_bench

    results = run_bench(models_, say=lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(dumps(results))
        return
    for line in bench_lines(results):
        click.echo(line)


def main() -> None:
    """Run a command; an error is one sentence on stderr and an exit code."""
    try:
        cli.main(standalone_mode=False)
    except LoomError as error:
        click.echo(f"loom: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough.
        sys.stderr.close()
        sys.exit(ExitCode.DONE)
