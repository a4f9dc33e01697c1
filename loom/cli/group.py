"""The command `loom` itself: what its first word may be."""

from __future__ import annotations

import click

from loom import __version__


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
