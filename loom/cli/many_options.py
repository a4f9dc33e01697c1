"""Adding many options to a command at once, in the order in which its help lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Command = Callable[..., None]
Decorator = Callable[[Command], Command]


def with_options(command: Command, options: Sequence[Decorator]) -> Command:
    """The command with these options, the first of them first."""
    for option in reversed(options):
        command = option(command)
    return command
