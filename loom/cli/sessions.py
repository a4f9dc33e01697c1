"""Opening the app, making sessions."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, connect
from loom.errors import LoomError, UsageError


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
    session = open_any(file, connect())
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
    session = begin(file, beginning, connect())
    session.close()
    click.echo(str(session.path))
