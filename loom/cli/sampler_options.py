"""The options that change how a token is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])


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
