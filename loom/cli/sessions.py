"""Opening the app, making sessions."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, check_for_terminal, connect, text_of
from loom.cli.opening_options import opening_options
from loom.cli.printing import print_notice
from loom.errors import UsageError

if TYPE_CHECKING:
    from loom.config import Config
    from loom.records import Opening
    from loom.session.tour.tour import Tour


@cli.command("open", hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("file", type=FILE, required=False)
@click.argument("more", nargs=-1)
def open_app(file: Path | None, more: tuple[str, ...]) -> None:
    """Open the app."""
    if file is not None and not file.exists():
        _check_for_command(file.name)
    if more:
        what = f"The app opens one file, and {more[0]} comes after {file}."
        raise UsageError(what, "`loom --help` lists what commands there are.")
    check_for_terminal(
        "The app needs a terminal to draw on.",
        "Without one use the commands: loom --help lists them.",
    )
    run_app(file)


def _check_for_command(word: str) -> None:
    """UsageError for a word that is no file and nearly a command."""
    meant = difflib.get_close_matches(word, [*cli.commands], n=1, cutoff=0.75)
    if meant:
        raise UsageError(
            f"{word} is neither a file nor a command.", f"Did you mean: loom {meant[0]}?"
        )


def run_app(file: Path | None) -> None:
    """Open the app on what a person named, then on whatever they go over to, until they quit."""
    from loom.app.pauses import let_go, look_for_no_garbage
    from loom.config import load_config

    look_for_no_garbage()
    config = load_config()
    opened: Path | None = _run_on(file, config)
    while opened is not None:
        let_go()
        opened = _run_on(opened, config)


def _run_on(file: Path | None, config: Config) -> Path | None:
    from loom.app.app import LoomApp
    from loom.app.pauses import look_for_garbage_when_asked
    from loom.app.rebinding import rebound
    from loom.session.opening import open_any

    keys = rebound(config.keys)
    session = open_any(file, connect())
    if config.unload_after_minutes is not None:
        session.unload_when_idle(60 * config.unload_after_minutes)
    look_for_garbage_when_asked()
    app = LoomApp(session, config.theme, _begin_tour, keys)
    try:
        return app.run()
    finally:
        session.close()


def _begin_tour() -> Tour:
    from loom.session.tour.tour import Tour

    return Tour.begin(connect())


@cli.command()
@click.argument("file", type=FILE, required=False)
@click.option("--prompt", default="", help="The text to begin with; - reads it from stdin.")
@click.option("--system", default="", help="The system message of a chat.")
@click.option("--model", default=None, help="A model's name or a path to a GGUF.")
@click.option("--chat/--plain", default=None, help="Turns of a chat, or plain text (default).")
@click.option(
    "--template", metavar="NAME", help="A chat template by name, in place of the model's own."
)
@click.option(
    "--special", is_flag=True, help="Names of special tokens in the texts are those tokens."
)
@opening_options
def new(
    file: Path | None,
    prompt: str,
    system: str,
    model: str | None,
    chat: bool | None,
    template: str | None,
    special: bool,
    opening: Opening,
) -> None:
    """Make a session in FILE, or in the folder of sessions, and print its path."""
    from loom.config import load_config
    from loom.models.mode_memory import ModeAnswer
    from loom.session.opening import (
        DEFAULT_CHAT_MODEL,
        DEFAULT_MODEL,
        begin,
        title_of,
        usual_answer,
    )
    from loom.session.session import Beginning

    text = text_of(prompt)
    if template is not None and chat is False:
        raise UsageError("Plain text takes no chat template.", "Leave out --plain or --template.")
    bundled = DEFAULT_CHAT_MODEL if chat or template else DEFAULT_MODEL
    chosen = model or load_config().model or bundled
    how = ModeAnswer("chat" if chat or template else "plain", template)
    if chat is None and template is None:
        how = usual_answer(chosen)
    beginning = Beginning(
        title=file.stem if file else title_of(text),
        model=chosen,
        mode=how.mode,
        template=how.template,
        reading="special" if special else "text",
        system=system,
        prompt=text,
        opening=opening,
    )
    session = begin(file, beginning, connect())
    session.close()
    for notice in session.notices():
        print_notice(notice)
    click.echo(str(session.path))
