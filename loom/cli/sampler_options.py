"""The options that change how a token is drawn, and the sampling that they ask for."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.many_options import Command, Decorator, with_options

if TYPE_CHECKING:
    from loom.records import Sampling


@dataclass(frozen=True, slots=True)
class SamplingChoice:
    """The options as they were given; None: not given. Fields are named as the options are."""

    preset: str | None
    temperature: float | None
    top_k: int | None
    top_p: float | None
    min_p: float | None
    typical: float | None
    top_n_sigma: float | None
    xtc_probability: float | None
    xtc_threshold: float | None
    dynatemp_range: float | None
    dynatemp_exp: float | None
    mirostat: int | None
    mirostat_tau: float | None
    mirostat_eta: float | None
    repeat_penalty: float | None
    repeat_last_n: int | None
    presence_penalty: float | None
    frequency_penalty: float | None
    dry_multiplier: float | None
    dry_base: float | None
    dry_allowed_length: int | None
    dry_penalty_last_n: int | None
    dry_sequence_breaker: tuple[str, ...]
    adaptive_target: float | None
    adaptive_decay: float | None
    logit_bias: tuple[str, ...]
    grammar: str | None
    grammar_file: Path | None
    ignore_eos: bool | None
    samplers: str | None

    def over(self, usual: Sampling) -> Sampling:
        """The usual sampling with what was given in its place; UsageError if it makes none."""
        from loom.cli.sampler_choice import chosen_sampling

        return chosen_sampling(usual, self)


def sampler_options(command: Command) -> Command:
    """All these options; the command is called with one `sampling`, a `SamplingChoice`."""
    names = [field.name for field in fields(SamplingChoice)]

    @functools.wraps(command)
    def called(**given: object) -> None:
        choice = SamplingChoice(**{name: given.pop(name) for name in names})  # type: ignore[arg-type]
        command(**given, sampling=choice)

    return with_options(called, _OPTIONS)


def _number(name: str, text: str) -> Decorator:
    return click.option(f"--{name}", type=float, metavar="X", help=text)


def _whole(name: str, text: str) -> Decorator:
    return click.option(f"--{name}", type=int, metavar="N", help=text)


_OPTIONS = (
    click.option(
        "--preset",
        metavar="NAME",
        help="Begin with: as is (T 1, nothing cut), tidy (T 1, min-p .05), greedy (T 0), your own.",
    ),
    _number("temperature", "Above 1 flattens the law, below 1 sharpens it; 0 is greedy."),
    _whole("top-k", "Keep the N likeliest tokens; 0: all."),
    _number("top-p", "Keep the likeliest tokens that hold this much of the mass; 1: all."),
    _number("min-p", "Keep tokens at least X times as likely as the likeliest; 0: all."),
    _number("typical", "Keep the tokens of most typical surprise that hold this mass; 1: all."),
    _number("top-n-sigma", "Keep logits within X standard deviations of the largest; 0: all."),
    _number("xtc-probability", "How often XTC leaves the likeliest tokens out; 0: never."),
    _number("xtc-threshold", "XTC leaves out tokens above X, but for the last of them (0.1)."),
    _number("dynatemp-range", "Temperature plus or minus X by the entropy of the law; 0: fixed."),
    _number("dynatemp-exp", "How the entropy sets the temperature within that range (1)."),
    _whole("mirostat", "Hold the surprise steady instead of cutting: 1, 2 (its versions); 0: off."),
    _number("mirostat-tau", "The surprise that mirostat aims at, in bits (5)."),
    _number("mirostat-eta", "How fast mirostat learns (0.1)."),
    _number("repeat-penalty", "Divide the logits of recent tokens by X; 1: off."),
    _whole("repeat-last-n", "How many tokens are recent, for the three penalties (64)."),
    _number("presence-penalty", "Lower the logits of recent tokens by X; 0: off."),
    _number("frequency-penalty", "Lower them by X for each time they came; 0: off."),
    _number("dry-multiplier", "Strength of DRY, which penalises repeated phrases; 0: off."),
    _number("dry-base", "DRY's penalty grows by this factor with each token repeated (1.75)."),
    _whole("dry-allowed-length", "DRY lets phrases of N tokens be repeated (2)."),
    _whole("dry-penalty-last-n", "How many tokens DRY looks back over (64)."),
    click.option(
        "--dry-sequence-breaker",
        multiple=True,
        metavar="TEXT",
        help="A text that ends a phrase for DRY, in place of the usual four; none: no such text.",
    ),
    _number("adaptive-target", "Adaptive-p: draw tokens of a probability near X; negative: off."),
    _number("adaptive-decay", "How long adaptive-p remembers, 0 to 0.99 (0.9)."),
    click.option(
        "--logit-bias",
        multiple=True,
        metavar="TOKEN(+|-)BIAS",
        help="Add to the logit of a token, its id or its text: 42-1.5, ' the+2'; -inf: never.",
    ),
    click.option("--grammar", metavar="GBNF", help="Only text that this grammar allows."),
    click.option(
        "--grammar-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The same, read from a file.",
    ),
    click.option(
        "--ignore-eos/--no-ignore-eos",
        default=None,
        help="Never draw a token that ends the text.",
    ),
    click.option(
        "--samplers",
        metavar="STEP;STEP",
        help="Apply these steps in this order, and no others.",
    ),
)
