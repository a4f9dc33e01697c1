"""Measuring loom's speed on this machine, beside what it is built on, in one run.

Everything is timed after the prompt has been read. loom's figure is the whole program's: sampling,
records, streaming over the pipe and the journal on disk.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from loom.engine.process import connect_to_child
from loom.engine.request import LoadSpec
from loom.models.discovery import find_model
from loom.models.encoding import encoding_for
from loom.models.gguf_file import read_metadata
from loom.models.random_weights import SHAPE_135M, write_random_llama
from loom.records import ModelInfo
from loom.records.sampling import PRESETS
from loom.session.model_slot import load_spec
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.tree.events import TokensAppended, TreeEvent
from loom.worlds.town import draw_story

N_BRANCHES = (1, 4, 8, 16)
N_PREFIX = 512
N_TOKENS = 48
N_ROUNDS = 3
N_LEAVES = 32
SEED = 1
SAMPLING = PRESETS["tidy"]
RANDOM_MODEL = "random-135M"
DEFAULT_MODELS = ("story-base", RANDOM_MODEL)

Say = Callable[[str], None]
Results = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens per second of `n_branches` branches, each the median of the rounds."""

    n_branches: int
    prefix: int
    n_tokens: int
    tok_per_s: float
    bare_decode_tok_per_s: float
    sequential_tok_per_s: float


@dataclass(frozen=True, slots=True)
class Regrow:
    """Growing again from every leaf of a held tree, in random order; medians over the leaves.

    `n_evaluated_tokens` is how many were evaluated before the first new token could be drawn,
    `first_token_steps` the time until it in decode steps of one branch.
    """

    n_leaves: int
    n_evaluated_tokens: float
    first_token_steps: float


def run_bench(models: Sequence[str], say: Say) -> Results:
    """Measure each model (default: the bundled one and random-135M); one result each."""
    with tempfile.TemporaryDirectory(prefix="loom-bench-") as folder:
        return {"results": [_measure(m, Path(folder), say) for m in models or DEFAULT_MODELS]}


def _measure(model: str, folder: Path, say: Say) -> Mapping[str, object]:
    path = model
    if model == RANDOM_MODEL:
        path = str(folder / f"{RANDOM_MODEL}.gguf")
        if not Path(path).exists():
            say(f"Writing {RANDOM_MODEL}, a model of random weights in the shape of SmolLM-135M.")
            write_random_llama(Path(path), SHAPE_135M, seed=SEED)
    spec = load_spec(path, None, None)
    with ExitStack() as stack:
        loom = stack.enter_context(closing(_Loom(path, folder)))
        device, n_threads = loom.model.device, loom.model.n_threads
        yard = stack.enter_context(closing(_Yardsticks(spec, loom.prompt_ids, n_threads)))
        runs = [_run(model, path, folder, n, yard, say) for n in N_BRANCHES]
        say(f"{model}: growing again from {N_LEAVES} leaves")
        return {
            "model": model,
            "device": device,
            "n_threads": n_threads,
            "runs": [asdict(run) for run in runs],
            "regrow": asdict(loom.regrow()),
        }


def _run(model: str, path: str, folder: Path, n_branches: int, yard: _Yardsticks, say: Say) -> Run:
    say(f"{model}: {n_branches} branches")
    # An engine of its own, so that all three begin with a cache that holds the prompt alone.
    with closing(_Loom(path, folder)) as loom:
        rounds = [
            (loom.rate(n_branches), yard.bare(n_branches), yard.sequential(n_branches))
            for _ in range(N_ROUNDS)
        ]
        medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
        return Run(n_branches, len(loom.prompt_ids), N_TOKENS, *medians)


def _prompt(model: Path, n_tokens: int) -> str:
    """Stories of the town, as many words of them as make about `n_tokens` for the model."""
    rng = random.Random(SEED)
    words = " ".join(draw_story(rng).text for _ in range(20)).split(" ")
    encoding = encoding_for(read_metadata(model))
    if encoding is None:
        return " ".join(words[: n_tokens // 2])
    low, high = 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if encoding.count_tokens(" ".join(words[:middle])) <= n_tokens:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])


class _Loom:
    """The whole program but its screen, on one prompt that its model has read."""

    def __init__(self, model: str, folder: Path) -> None:
        path = Path(tempfile.mkdtemp(dir=folder)) / "bench.loom"
        prompt = _prompt(find_model(model).path, N_PREFIX)
        beginning = Beginning(title="bench", model=model, prompt=prompt)
        self._session = Session.create(path, beginning, connect_to_child(folder / "engine.log"))
        self._root = self._session.tree.root_ids[0]
        self._news = threading.Event()
        self._session.listen(self._news.set)
        self._grow(self._root, 1, 1)

    @property
    def model(self) -> ModelInfo:
        """The model as it was loaded."""
        model = self._session.status.model
        assert model is not None
        return model

    @property
    def prompt_ids(self) -> tuple[int, ...]:
        """The prompt as the model read it."""
        return self._session.tree.node(self._root).token_ids or ()

    def rate(self, n_branches: int) -> float:
        """Tokens per second of so many branches, until the last token is on disk."""
        began_s = time.perf_counter()
        appended = self._grow(self._root, n_branches, N_TOKENS)
        return sum(len(event.tokens) for event in appended) / (time.perf_counter() - began_s)

    def regrow(self) -> Regrow:
        """Grow as many branches as there are to be leaves, then again from each in random order."""
        for _ in range(N_LEAVES // N_BRANCHES[-1]):
            self.rate(N_BRANCHES[-1])
        tree = self._session.tree
        leaves = [i for i in tree.leaf_ids() if tree.node(i).finish == "length"][-N_LEAVES:]
        random.Random(SEED).shuffle(leaves)
        n_evaluated, first_steps = [], []
        for leaf in leaves:
            n_before = self._session.status.n_evaluated
            appended = self._grow(leaf, 1, 9)
            at_s = [at for event in appended for at in event.tokens.elapsed_s.tolist()]
            # Every token but the last is evaluated to draw the one after it.
            n_evaluated.append(self._session.status.n_evaluated - n_before - (len(at_s) - 1))
            if len(at_s) > 1:
                first_steps.append(at_s[0] / ((at_s[-1] - at_s[0]) / (len(at_s) - 1)))
        return Regrow(len(leaves), statistics.median(n_evaluated), statistics.median(first_steps))

    def _grow(self, node_id: str, n_branches: int, n_tokens: int) -> list[TokensAppended]:
        settings = GrowSettings(n_branches, n_tokens, SAMPLING, SEED)
        request_id = self._session.grow(node_id, settings)
        events: list[TreeEvent] = []
        while not self._session.ended(request_id):
            self._news.wait()
            self._news.clear()
            events += self._session.drain()
        events += self._session.drain()
        return [event for event in events if isinstance(event, TokensAppended)]

    def close(self) -> None:
        """Free the model."""
        self._session.close()


class _Yardsticks:
    """llama.cpp without loom, on the same prompt, with as many threads."""

    def __init__(self, spec: LoadSpec, prompt: Sequence[int], n_threads: int) -> None:
        from loom.engine.llama.backend import LlamaBackend
        from loom.engine.llama.yardsticks import OneAfterAnother

        self._prompt = prompt
        self._backend = LlamaBackend(replace(spec, n_threads=n_threads))
        self._llama = OneAfterAnother(spec, len(prompt) + 2 * N_TOKENS, n_threads)

    def bare(self, n_branches: int) -> float:
        """Tokens per second of `llama_decode` alone."""
        from loom.engine.llama.yardsticks import bare_decode_rate

        return bare_decode_rate(self._backend, self._prompt, n_branches, N_TOKENS)

    def sequential(self, n_branches: int) -> float:
        """Tokens per second of llama-cpp-python's `Llama`, one branch after another."""
        return self._llama.rate(self._prompt, n_branches, N_TOKENS, SAMPLING)

    def close(self) -> None:
        """Free both models."""
        self._llama.close()
        self._backend.close()


def bench_lines(results: Results) -> Iterator[str]:
    """The results as tables for a person."""
    for result in results["results"]:
        yield f"{result['model']} on {result['device']}, {result['n_threads']} threads"
        yield "  branches      loom  bare llama_decode  of bare  one by one    times"
        runs, regrow = result["runs"], result["regrow"]
        assert isinstance(runs, list)
        assert isinstance(regrow, dict)
        for run in runs:
            rate, bare, single = (
                run["tok_per_s"],
                run["bare_decode_tok_per_s"],
                run["sequential_tok_per_s"],
            )
            yield (
                f"  {run['n_branches']:>8}{rate:>10.0f}{bare:>19.0f}{rate / bare:>9.2f}"
                f"{single:>12.0f}{rate / single:>9.2f}"
            )
        yield (
            f"  growing again from {regrow['n_leaves']} leaves: "
            f"{regrow['n_evaluated_tokens']:.0f} token evaluated first, "
            f"first new token after {regrow['first_token_steps']:.2f} steps"
        )
