"""Which engines answer a judge: the model that judges, and one for the gist if a person has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from loom.engine.request import LoadSpec, Request
from loom.records import Opening
from loom.session.residents import Residents

Submit = Callable[[Request], bool]
"""Hands a request on and says whether there is an engine to take it."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Who draws and scores futures, and who turns texts into vectors: often the same."""

    futures: Submit
    vectors: Submit


def engines_for(models: Residents, spec: LoadSpec, embedder: str | None) -> Engines:
    """Load what is needed; ModelFileError if there is no such embedder."""
    embeds = spec if embedder is None else models.spec_for(embedder, Opening())
    for one in dict.fromkeys((embeds, spec)):
        models.load(one)
    return Engines(partial(models.pass_on, spec), partial(models.pass_on, embeds))
