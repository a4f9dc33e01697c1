"""The options that say how a model is opened."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import click

from loom.cli.many_options import Command, with_options

if TYPE_CHECKING:
    from loom.records import CacheType, FlashAttention

CACHE_TYPES = ("f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0")


def opening_options(command: Command) -> Command:
    """All these options; the command is called with one `opening`, an `Opening`."""

    @functools.wraps(command)
    def called(
        ctx: int | None,
        gpu_layers: int | None,
        device: str | None,
        flash_attention: FlashAttention,
        cache_type: CacheType,
        **given: object,
    ) -> None:
        from loom.records import Opening

        opening = Opening(ctx, gpu_layers, device, flash_attention, cache_type)
        command(**given, opening=opening)

    return with_options(called, _OPTIONS)


_OPTIONS = (
    click.option("--ctx", type=click.IntRange(16), help="Window of one branch, in tokens."),
    click.option("--gpu-layers", type=click.IntRange(0), help="Layers on the GPU (all that fit)."),
    click.option("--device", help="What to compute on, by llama.cpp's name (CPU, CUDA0, ...)."),
    click.option(
        "--flash-attention",
        type=click.Choice(["auto", "on", "off"]),
        default="auto",
        help="Attention in one step, without the large matrix (auto).",
    ),
    click.option(
        "--cache-type",
        type=click.Choice(CACHE_TYPES),
        default="f16",
        help="How the KV cache is stored (f16).",
    ),
)
