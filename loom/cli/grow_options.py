"""The options of `loom grow`: where, how many, how long, until when."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING

import click

from loom.cli.many_options import Command, with_options

if TYPE_CHECKING:
    from loom.records import Cover, Until

MOST_DEPTH = 64
MOST_COVERED = 256
"""Branches of one place that covers its next tokens, unless -n says otherwise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for, each under the name of its option."""

    at: str | None
    leaves: bool
    n_branches: int | None
    tokens: int | None
    depth: int
    budget: int | None
    until: Until | None
    stop: tuple[str, ...]
    min_tokens: int
    share: float | None
    min_probability: float
    seed: int | None
    exact: bool
    yes: bool

    @property
    def cover(self) -> Cover | None:
        """Which next tokens are to begin a branch each, if any."""
        from loom.records import Cover

        return None if self.share is None else Cover(self.share, self.min_probability)

    @property
    def most_covered(self) -> int:
        """No more tokens than this can each have the least probability."""
        if not self.min_probability:
            return MOST_COVERED
        return max(1, min(MOST_COVERED, int(1 / self.min_probability)))


def grow_options(command: Command) -> Command:
    """Add the options to a command, which gets them together as `asked`."""

    @wraps(command)
    def with_asked(**values: object) -> None:
        taken = {field.name: values.pop(field.name) for field in fields(Asked)}
        command(asked=Asked(**taken), **values)  # type: ignore[arg-type]

    return with_options(with_asked, _OPTIONS)


_OPTIONS = (
    click.option("--at", metavar="NODE", help="Where to grow (the session's selected node)."),
    click.option(
        "--leaves", is_flag=True, help="Grow at every end of the tree (with --at: under a node)."
    ),
    click.option("-n", "--branches", "n_branches", type=click.IntRange(1), help="How many each."),
    click.option("--tokens", type=click.IntRange(1), help="Tokens of a branch, at most."),
    click.option(
        "--depth",
        type=click.IntRange(1, MOST_DEPTH),
        default=1,
        help="Levels: from each new branch, as many again.",
    ),
    click.option("--budget", metavar="TOKENS", type=click.IntRange(1), help="Tokens in all."),
    click.option(
        "--until",
        type=click.Choice(["sentence", "paragraph", "turn"]),
        help="End each branch where one of these ends.",
    ),
    click.option("--stop", metavar="TEXT", multiple=True, help="End a branch that holds this."),
    click.option(
        "--min-tokens", type=click.IntRange(0), default=0, help="No branch ends before this."
    ),
    click.option(
        "--cover",
        "share",
        metavar="P",
        type=click.FloatRange(0, 1, min_open=True),
        help="A branch for each likely next token, until they hold this share of the mass.",
    ),
    click.option(
        "--min-probability",
        metavar="P",
        type=click.FloatRange(0, 1),
        default=0.01,
        show_default=True,
        help="With --cover: no token less likely than this.",
    ),
    click.option("--seed", type=click.IntRange(0), help="The same seed grows the same text."),
    click.option("--exact", is_flag=True, help="One branch at a time, the same bit for bit."),
    click.option("--yes", is_flag=True, help="Go ahead however much it may come to."),
)
