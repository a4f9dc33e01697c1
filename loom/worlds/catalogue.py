"""The worlds that loom has, by name, each behind the engine's protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from loom.errors import UsageError
from loom.worlds.backend import WorldBackend
from loom.worlds.belief import Filter
from loom.worlds.grammar import Place, StoryMachine
from loom.worlds.machine import Machine, State
from loom.worlds.null_trees import NullTrees
from loom.worlds.processes import even, golden_mean, rrxor
from loom.worlds.quill import QUILL
from loom.worlds.sibling import TILT, sibling
from loom.worlds.town import Town
from loom.worlds.vocabulary import byte_vocabulary, story_vocabulary

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

AnyWorld = WorldBackend[Place] | WorldBackend[str] | WorldBackend[int]


def story_world() -> WorldBackend[Place]:
    """The story world: exact, and with no weights."""
    return _stories("story-world", QUILL, None, (QUILL,))


def chat_world() -> WorldBackend[Place]:
    """Its collapsed sibling, which answers in turns."""
    # Its odds come from a linear system, whose last bits differ between machines and runs: what
    # they are made from does not.
    return _stories("story-world-chat", sibling(), CHAT_TEMPLATE, (QUILL, TILT))


def _stories(
    name: str, town: Town, chat_template: str | None, made_from: tuple[object, ...]
) -> WorldBackend[Place]:
    vocabulary = story_vocabulary()
    told = repr((*made_from, vocabulary.merges)).encode()
    fingerprint = hashlib.sha256(told).hexdigest()[:16]
    filter_ = Filter(StoryMachine(town, vocabulary), len(vocabulary))
    return WorldBackend(name, fingerprint, filter_, vocabulary, chat_template)


def _process(name: str, machine: Machine[State]) -> WorldBackend[State]:
    vocabulary = byte_vocabulary()
    return WorldBackend(name, name, Filter(machine, len(vocabulary)), vocabulary)


WORLDS: dict[str, Callable[[], AnyWorld]] = {
    "story-world": story_world,
    "story-world-chat": chat_world,
    "golden-mean": lambda: _process("golden-mean", golden_mean()),
    "even": lambda: _process("even", even()),
    "rrxor": lambda: _process("rrxor", rrxor()),
    "null-trees": lambda: _process("null-trees", NullTrees()),
}


def open_world(name: str, n_ctx: int | None = None) -> AnyWorld:
    """The world of that name, new; UsageError if there is none.

    `n_ctx` is the window of one branch in tokens; without one, or beyond it, all that a world has.
    """
    if name not in WORLDS:
        raise UsageError(f"There is no world called {name}.", f"Worlds: {', '.join(WORLDS)}.")
    world = WORLDS[name]()
    if n_ctx is not None:
        world.info = replace(world.info, n_ctx=min(n_ctx, world.info.n_ctx_train))
    return world
