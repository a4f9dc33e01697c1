"""What a benchmark finds out, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loom.session.bench.results import Found, Measured, ModelResult, Regrow, Run


def bench_lines(found: Iterable[Found]) -> Iterator[str]:
    """The lines of a table, each as soon as it is known."""
    for one in found:
        match one:
            case Measured():
                yield f"{one.model} on {one.device}, {one.n_threads} threads"
                yield "  branches      loom  bare llama_decode  of bare  one by one    times"
            case Run():
                yield _row(one)
            case ModelResult():
                yield from _rest(one)


def _row(run: Run) -> str:
    rate, bare, single = run.tok_per_s, run.bare_decode_tok_per_s, run.sequential_tok_per_s
    return (
        f"  {run.n_branches:>8}{rate:>10.0f}{bare:>19.0f}{rate / bare:>9.2f}"
        f"{single:>12.0f}{rate / single:>9.2f}"
    )


def _rest(result: ModelResult) -> Iterator[str]:
    step = result.step
    yield (
        f"  a step of {step.n_branches}: {step.decode_ms:.1f} ms llama.cpp, "
        f"{step.sampling_ms:.2f} sampling, {step.records_ms:.2f} records, "
        f"{step.overhead_ms:.2f} the rest"
    )
    yield _again("while the cache holds them", result.regrow)
    yield _again("after eviction to memory", result.regrow_from_host)


def _again(when: str, regrow: Regrow) -> str:
    return (
        f"  growing again from {regrow.n_leaves} leaves {when}: at most "
        f"{regrow.n_evaluated_tokens} evaluated first, {regrow.n_restored_tokens:,} tokens "
        f"copied back, first new token after {regrow.first_token_steps:.2f} steps"
    )
