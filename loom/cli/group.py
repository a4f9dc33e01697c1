"""The command `loom` itself: what its first word may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from loom import __version__

SECTIONS = {
    "Begin": "new import sessions search",
    "Grow and look": "grow show joins replay",
    "Change": "edit split merge duplicate move hide restore undo redo",
    "Mark": "bookmark tag note title",
    "Keep and pass on": "export verify recover compact",
    "This machine": "models bench doctor",
}
"""In which order the commands are listed; one that stands nowhere comes last."""

MOST_CHARACTERS = 160


class ListingGroup(click.Group):
    """A group whose help lists its commands with their whole sentences."""

    def sections(self) -> Mapping[str, Sequence[str]]:
        """Under which headings the commands are listed, and in which order."""
        return {"Commands": sorted(self.commands)}

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each heading."""
        names = [name for name, command in self.commands.items() if not command.hidden]
        width = max(map(len, names))
        for heading, listed in self.sections().items():
            rows = [
                (f"{name:<{width}}", self.commands[name].get_short_help_str(MOST_CHARACTERS))
                for name in listed
                if name in names
            ]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class LoomGroup(ListingGroup):
    """`loom FILE` opens the app: a first word that is no command is a file."""

    def sections(self) -> Mapping[str, Sequence[str]]:
        """What they are for."""
        found = {heading: words.split() for heading, words in SECTIONS.items()}
        placed = {name for names in found.values() for name in names}
        return {**found, "More": sorted(set(self.commands) - placed)}

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
