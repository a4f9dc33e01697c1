"""The order of measurements. Everything is timed after the prompt has been read."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path

from loom.errors import UsageError
from loom.models.discovery import find_model
from loom.models.random_weights import SHAPE_135M, write_random_llama
from loom.session.bench.prompt import stories
from loom.session.bench.results import ModelResult, Run, Say
from loom.session.bench.whole import SEED, WholeProgram
from loom.session.bench.yardsticks import Yardsticks
from loom.session.model_slot import load_spec
from loom.worlds.names import SKETCHES

N_BRANCHES = (1, 4, 8, 16)
N_PREFIX = 512
N_TOKENS = 48
N_ROUNDS = 5
RANDOM_MODEL = "random-135M"
DEFAULT_MODELS = ("story-base", RANDOM_MODEL)


def run_bench(models: Sequence[str], say: Say) -> dict[str, list[dict[str, object]]]:
    """Measure each model (default: the bundled one and random-135M); one result each."""
    with tempfile.TemporaryDirectory(prefix="loom-bench-") as folder:
        results = [_measure(m, Path(folder), say) for m in models or DEFAULT_MODELS]
    return {"results": [asdict(result) for result in results]}


def _measure(model: str, folder: Path, say: Say) -> ModelResult:
    path = _path_of(model, folder, say)
    prompt = stories(find_model(path).path, N_PREFIX, SEED)
    runs = tuple(_run(model, path, prompt, folder, n, say) for n in N_BRANCHES)
    with closing(WholeProgram(path, prompt, folder)) as loom:
        info = loom.model
        say(f"{model}: growing again from leaves")
        held, restored, memory = loom.regrow(N_TOKENS)
        ids = loom.prompt_ids
    say(f"{model}: where the time of a step goes")
    with closing(Yardsticks(load_spec(path), ids, info.n_threads, N_TOKENS)) as yard:
        step = yard.step_costs(N_BRANCHES[-1])
    return ModelResult(model, info.device, info.n_threads, runs, step, held, restored, memory)


def _path_of(model: str, folder: Path, say: Say) -> str:
    if model in SKETCHES:
        raise UsageError(
            f"{model} is a world: there is no llama.cpp in it to measure.", "Name a model."
        )
    if model != RANDOM_MODEL:
        return model
    path = folder / f"{RANDOM_MODEL}.gguf"
    if not path.exists():
        say(f"Writing {RANDOM_MODEL}, a model of random weights in the shape of SmolLM-135M.")
        write_random_llama(path, SHAPE_135M, seed=SEED)
    return str(path)


def _run(model: str, path: str, prompt: str, folder: Path, n_branches: int, say: Say) -> Run:
    say(f"{model}: {n_branches} branches")
    # Engines of their own, so that all three begin with a cache that holds the prompt alone.
    with ExitStack() as stack:
        loom = stack.enter_context(closing(WholeProgram(path, prompt, folder)))
        ids, n_threads = loom.prompt_ids, loom.model.n_threads
        yard = Yardsticks(load_spec(path), ids, n_threads, N_TOKENS)
        stack.enter_context(closing(yard))
        rounds = [
            (loom.rate(n_branches, N_TOKENS), yard.bare(n_branches), yard.sequential(n_branches))
            for _ in range(N_ROUNDS)
        ]
    # Whatever else a machine does only ever slows a round down, so the quickest tells most.
    quickest = [max(column) for column in zip(*rounds, strict=True)]
    return Run(n_branches, len(ids), N_TOKENS, *quickest)
