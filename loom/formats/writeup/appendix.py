"""What lets a reader make the same tree again: models, seeds, samplers, and what a check said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from loom import __version__
from loom.formats.material import Material
from loom.records import Ending, ModelInfo
from loom.records.sampling_words import sampling_words
from loom.tree.events import GrowthRequested
from loom.tree.graph import Tree

NOT_VERIFIED = "Not verified for this write-up."


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model that wrote some of the tree; `sha256` is of its whole file, "" while not known."""

    name: str
    about: str
    fingerprint: str
    sha256: str
    build: str
    device: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One growth as it was asked for; `at` is the id of the node it grew from."""

    at: str
    model: str
    n_branches: int
    max_tokens: int
    seed: int
    sampler: str
    mode: str
    ending: str
    prompt_sha256: str


@dataclass(frozen=True, slots=True)
class Appendix:
    """All that is recorded of how the exported nodes were made."""

    models: tuple[ModelRow, ...]
    requests: tuple[RequestRow, ...]
    verified: str
    loom_version: str = __version__


def appendix(material: Material) -> Appendix | None:
    """The appendix of an export, None where it is not wanted."""
    if not material.wording.appendix:
        return None
    tree = material.excerpt.tree
    ids = [tree.node(node_id).request_id for node_id in material.excerpt.children]
    wanted = [tree.requests[key] for key in dict.fromkeys(ids) if key in tree.requests]
    infos = [tree.provenance[r.request_id].model for r in wanted if r.request_id in tree.provenance]
    paths = material.wording.paths
    return Appendix(
        models=tuple(_models(tree, infos, paths)),
        requests=tuple(_request(tree, request, paths) for request in wanted),
        verified=material.verified or NOT_VERIFIED,
    )


def plain_name(name: str, paths: bool = False) -> str:
    """A model's name without the folders before it, which tell of the person and their machine."""
    if paths:
        return name
    return PurePosixPath(PureWindowsPath(name).name).name or name


def _models(tree: Tree, infos: Iterable[ModelInfo], paths: bool) -> Iterable[ModelRow]:
    for info in {info.fingerprint: info for info in infos}.values():
        parts = [info.architecture, _parameters(info.n_parameters), info.quantisation]
        yield ModelRow(
            name=plain_name(info.path if paths else info.name, paths),
            about=" ".join(filter(None, parts)),
            fingerprint=info.fingerprint,
            sha256=info.sha256 or tree.model_hashes.get(info.fingerprint, ""),
            build=info.build,
            device=f"{info.device}, {info.n_threads} threads",
        )


def _parameters(n: int) -> str:
    """For example 2.9M, 135M, 7.2B; nothing for a source without weights."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if n >= size:
            return f"{n / size:.3g}{letter}"
    return ""


def _request(tree: Tree, request: GrowthRequested, paths: bool) -> RequestRow:
    known = tree.provenance.get(request.request_id)
    covered = tree.covered.get(request.request_id)
    return RequestRow(
        at=request.parent_id,
        model=plain_name(known.model.name if known else tree.model, paths),
        n_branches=covered.n_branches if covered else request.n_branches,
        max_tokens=request.max_tokens,
        seed=request.seed,
        sampler=sampling_words(request.sampling),
        mode=request.mode,
        ending=_ending(request.ending),
        prompt_sha256=known.prompt_sha256 if known else "",
    )


def _ending(ending: Ending) -> str:
    parts = [f"until {ending.until}"] if ending.until else []
    parts += [f"stop {text!r}" for text in ending.stop]
    parts += [f"at least {ending.min_tokens} tokens"] if ending.min_tokens else []
    return ", ".join(parts)
