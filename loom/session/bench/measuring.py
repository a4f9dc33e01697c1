"""The order of measurements. Everything is timed after the prompt has been read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path

from loom.errors import UsageError
from loom.models.discovery import find_model
from loom.models.random_weights import SHAPE_135M, Weights, write_random_llama
from loom.records import ModelInfo
from loom.session.bench.prompt import stories
from loom.session.bench.results import Found, Measured, ModelResult, Run, Say
from loom.session.bench.whole import SEED, WholeProgram
from loom.session.bench.yardsticks import Yardsticks
from loom.session.model_slot import load_spec
from loom.worlds.names import SKETCHES

N_BRANCHES = (1, 4, 8, 16)
N_PREFIX = 512
N_TOKENS = 48
N_ROUNDS = 5
# What a batch gains depends on how weights are stored: one branch alone waits for them to be read,
# many at once for the arithmetic.
RANDOM_MODELS = {"random-135M": Weights.Q8_0, "random-135M-bf16": Weights.BF16}
DEFAULT_MODELS = ("story-base", *RANDOM_MODELS)


def measure(models: Sequence[str], say: Say) -> Iterator[Found]:
    """Measure each model (default: one bundled, the random ones), telling what is known so far.

    Of each model first its `Measured`, then its runs, then the whole of its result.
    """
    with tempfile.TemporaryDirectory(prefix="loom-bench-") as folder:
        for model in models or DEFAULT_MODELS:
            yield from _measure(model, Path(folder), say)


def as_document(found: Iterable[Found]) -> dict[str, list[dict[str, object]]]:
    """All results, one a model, as one JSON document has them."""
    return {"results": [asdict(one) for one in found if isinstance(one, ModelResult)]}


def _measure(model: str, folder: Path, say: Say) -> Iterator[Found]:
    path = _path_of(model, folder, say)
    prompt = stories(find_model(path).path, N_PREFIX, SEED)
    runs = list[Run]()
    for n_branches in N_BRANCHES:
        say(f"{model}: {n_branches} branches")
        info, run = _run(path, prompt, folder, n_branches)
        if not runs:
            yield Measured(model, info.device, info.n_threads)
        runs.append(run)
        yield run
    with closing(WholeProgram(path, prompt, folder)) as loom:
        say(f"{model}: growing again from leaves")
        held, restored, memory = loom.regrow(N_TOKENS)
        ids = loom.prompt_ids
    say(f"{model}: where the time of a step goes")
    with closing(Yardsticks(load_spec(path), ids, info.n_threads, N_TOKENS)) as yard:
        step = yard.step_costs(N_BRANCHES[-1])
    device, n_threads = info.device, info.n_threads
    yield ModelResult(model, device, n_threads, tuple(runs), step, held, restored, memory)


def _path_of(model: str, folder: Path, say: Say) -> str:
    if model in SKETCHES:
        raise UsageError(
            f"{model} is a world: there is no llama.cpp in it to measure.", "Name a model."
        )
    if model not in RANDOM_MODELS:
        return model
    path = folder / f"{model}.gguf"
    if not path.exists():
        say(f"Writing {model}, a model of random weights in the shape of SmolLM-135M.")
        write_random_llama(path, SHAPE_135M, SEED, RANDOM_MODELS[model])
    return str(path)


def _run(path: str, prompt: str, folder: Path, n_branches: int) -> tuple[ModelInfo, Run]:
    # Engines of their own, so that all three begin with a cache that holds the prompt alone.
    with ExitStack() as stack:
        loom = stack.enter_context(closing(WholeProgram(path, prompt, folder)))
        ids, info = loom.prompt_ids, loom.model
        yard = Yardsticks(load_spec(path), ids, info.n_threads, N_TOKENS)
        stack.enter_context(closing(yard))
        rounds = [
            (loom.rate(n_branches, N_TOKENS), yard.bare(n_branches), yard.sequential(n_branches))
            for _ in range(N_ROUNDS)
        ]
    # Whatever else a machine does only ever slows a round down, so the quickest tells most.
    quickest = [max(column) for column in zip(*rounds, strict=True)]
    return info, Run(n_branches, len(ids), N_TOKENS, *quickest)
