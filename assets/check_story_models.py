"""Hold the story models against their worlds, and print the bars that they must clear.

    python -m assets.check_story_models                    # both bundled models, seven minutes
    python -m assets.check_story_models --only story-chat --json
    python -m assets.check_story_models --faults 24        # what they say that cannot be, no bars
    python -m assets.check_story_models --world            # the worlds against themselves

Every number is measured through the engine's protocol, on the GGUF as llama.cpp runs it; the worlds
can take the models' place, and then come out with no gap, no impossible token and no floor. Ends
with 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from assets.checking.bars import (
    Bar,
    answers,
    collapse,
    cross_entropy,
    noise_floor,
    possible,
)
from assets.checking.faults import first_faults
from assets.checking.known import Known
from loom.engine.backend import Backend
from loom.errors import LoomError
from loom.worlds.catalogue import chat_world, story_world
from loom.worlds.quill import QUILL
from loom.worlds.sibling import sibling

ASSETS = Path(__file__).resolve().parent
NAMES = ("story-base", "story-chat")
N_CONTEXT = 1_024


def world_of(name: str) -> Known:
    """The world that a model learnt."""
    return Known.of(sibling() if name == "story-chat" else QUILL)


def bars_of(name: str, model: Backend, n_documents: int, n_pairs: int) -> Iterator[Bar]:
    """All bars of one model, one after another as they are measured."""
    world = world_of(name)
    measures: list[Callable[[], Iterator[Bar]]] = [
        lambda: cross_entropy(model, world, n_documents),
        lambda: possible(model, world, n_documents),
        lambda: noise_floor(model, world, n_pairs),
    ]
    if name == "story-chat":
        measures += [lambda: answers(model, world), lambda: collapse(model, world)]
    for measure in measures:
        yield from measure()


@dataclass(frozen=True)
class Asked:
    """What is to be measured of one model; `folder` None puts its world in its place."""

    name: str
    folder: Path | None
    n_documents: int
    n_pairs: int
    n_threads: int
    n_faults: int
    in_json: bool


def measured(asked: Asked) -> dict[str, Any]:
    """All bars of one model, told as they come."""
    out = sys.stderr if asked.in_json else sys.stdout
    model = _world(asked.name) if asked.folder is None else _load(asked)
    info = model.info
    print(f"{info.name}: {info.n_vocab} tokens, {info.n_parameters:,} weights", file=out)
    began_s = time.monotonic()
    bars: list[dict[str, object]] = []
    if asked.n_faults:
        for line in first_faults(model, world_of(asked.name), asked.n_faults):
            print(f"{info.name}: {line}", file=out, flush=True)
        return {"model": info.name, "elapsed_s": time.monotonic() - began_s, "bars": bars}
    for bar in bars_of(asked.name, model, asked.n_documents, asked.n_pairs):
        print(f"{info.name}: {bar.line}", file=out, flush=True)
        bars.append({**asdict(bar), "holds": bar.holds})
    elapsed_s = time.monotonic() - began_s
    print(f"{info.name}: measured in {elapsed_s:.0f} s", file=out, flush=True)
    model.close()
    return {"model": info.name, "elapsed_s": elapsed_s, "bars": bars}


def main() -> int:
    """Measure; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--only", choices=NAMES, help="one of the two")
    parser.add_argument("--world", action="store_true", help="the worlds in place of the models")
    parser.add_argument("--models", type=Path, default=ASSETS, help="the folder of the models")
    parser.add_argument("--threads", type=int, default=1, help="of llama.cpp, for each model")
    parser.add_argument("--faults", type=int, default=0, help="of so many documents, no bars")
    parser.add_argument("--json", action="store_true", help="print JSON, and words on stderr")
    options = parser.parse_args()
    names = (options.only,) if options.only else NAMES
    folder = None if options.world else options.models
    sizes = options.documents, options.pairs, options.threads, options.faults
    asked = [Asked(name, folder, *sizes, options.json) for name in names]
    # Models this small gain nothing from a second thread, and the two know nothing of each other.
    with ProcessPoolExecutor(len(asked), get_context("spawn")) as processes:
        try:
            results = list(processes.map(measured, asked))
        except LoomError as error:
            sys.exit(str(error))
    if options.json:
        print(json.dumps({"results": results}, indent=1))
    return 0 if all(bar["holds"] for result in results for bar in result["bars"]) else 1


def _world(name: str) -> Backend:
    return chat_world() if name == "story-chat" else story_world()


def _load(asked: Asked) -> Backend:
    # llama.cpp is loaded only where a model is measured.
    from loom.engine.llama.backend import LlamaBackend
    from loom.engine.request import LoadSpec

    assert asked.folder is not None
    path = asked.folder / f"{asked.name}.gguf"
    if not path.exists():
        raise LoomError(f"There is no {path}.", "Make it: python -m assets.make_story_models.")
    model = LlamaBackend(LoadSpec(str(path), n_ctx=N_CONTEXT, n_threads=asked.n_threads))
    ours = story_world().vocabulary
    # Special tokens have no bytes here, and their names in llama.cpp.
    words = [token for token in range(len(ours)) if ours.piece(token)]
    if model.info.n_vocab != len(ours) or any(model.piece(t) != ours.piece(t) for t in words):
        raise LoomError(f"{path} has another vocabulary than the world.", "Train it anew.")
    return model


if __name__ == "__main__":
    sys.exit(main())
