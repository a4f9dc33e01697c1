"""The results of a benchmark for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def bench_lines(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """The results as tables."""
    for result in results["results"]:
        yield f"{result['model']} on {result['device']}, {result['n_threads']} threads"
        yield "  branches      loom  bare llama_decode  of bare  one by one    times"
        for run in result["runs"]:
            rate, bare, single = (
                run["tok_per_s"],
                run["bare_decode_tok_per_s"],
                run["sequential_tok_per_s"],
            )
            yield (
                f"  {run['n_branches']:>8}{rate:>10.0f}{bare:>19.0f}{rate / bare:>9.2f}"
                f"{single:>12.0f}{rate / single:>9.2f}"
            )
        step = result["step"]
        yield (
            f"  a step of {step['n_branches']}: {step['decode_ms']:.1f} ms llama.cpp, "
            f"{step['sampling_ms']:.2f} sampling, {step['records_ms']:.2f} records, "
            f"{step['overhead_ms']:.2f} the rest"
        )
        yield _again("while the cache holds them", result["regrow"])
        yield _again("after eviction to memory", result["regrow_from_host"])


def _again(when: str, regrow: Mapping[str, Any]) -> str:
    return (
        f"  growing again from {regrow['n_leaves']} leaves {when}: at most "
        f"{regrow['n_evaluated_tokens']} evaluated first, {regrow['n_restored_tokens']:,} tokens "
        f"copied back, first new token after {regrow['first_token_steps']:.2f} steps"
    )
