"""Reading JSON objects of a session file as values of known types, and the records kept in them.

Whatever does not fit raises ValueError; keys that nobody asks for are ignored, so that a later
loom may add some.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from loom.records import ModelInfo, Provenance
from loom.store.sampling_payload import from_sampling, to_sampling

Json = str | int | float | None | Mapping[str, "Json"] | Sequence["Json"]
Choice = TypeVar("Choice", bound=str)


class Payload:
    """One JSON object."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Payload) and self._values == other._values

    def __hash__(self) -> int:
        """Of the bytes that Python spells it with: quick, so that a reading may be remembered."""
        return hash(marshal.dumps(self._values))  # type: ignore[arg-type]

    @classmethod
    def parse(cls, text: str) -> Payload:
        """The object that a text spells."""
        try:
            return cls(_object(json.loads(text)))
        except RecursionError as error:
            raise ValueError("objects within objects without end") from error

    def text(self, key: str) -> str:
        """The string under a key."""
        value = self._required(key)
        if not isinstance(value, str):
            raise ValueError(f"{key} is not a text")
        return value

    def integer(self, key: str) -> int:
        """The whole number under a key."""
        value = self._required(key)
        if not isinstance(value, int):
            raise ValueError(f"{key} is not a whole number")
        return value

    def number(self, key: str) -> float:
        """The number under a key."""
        value = self._required(key)
        if not isinstance(value, int | float):
            raise ValueError(f"{key} is not a number")
        return float(value)

    def choice(self, key: str, choices: tuple[Choice, ...]) -> Choice:
        """The one of the choices that stands under a key."""
        value = self.text(key)
        for choice in choices:
            if choice == value:
                return choice
        raise ValueError(f"{key} is {value!r}")

    def inner(self, key: str) -> Payload:
        """The object under a key."""
        return Payload(_object(self._required(key)))

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of a list under a key."""
        values = self._required(key)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ValueError(f"{key} is not a list of texts")
        return tuple(values)

    def inner_or_none(self, key: str) -> Payload | None:
        """The object under a key, if there is one."""
        return None if self._values.get(key) is None else self.inner(key)

    def inners_or_none(self, key: str) -> tuple[Payload, ...] | None:
        """The objects of a list under a key, if there is one."""
        values = self._values.get(key)
        if values is not None and not isinstance(values, list):
            raise ValueError(f"{key} is not a list")
        return None if values is None else tuple(Payload(_object(value)) for value in values)

    def texts_or_none(self, key: str) -> tuple[str, ...] | None:
        """The strings of a list under a key, if there is one."""
        return None if self._values.get(key) is None else self.texts(key)

    def text_or_none(self, key: str) -> str | None:
        """The string under a key, if there is one."""
        return None if self._values.get(key) is None else self.text(key)

    def integer_or_none(self, key: str) -> int | None:
        """The whole number under a key, if there is one."""
        return None if self._values.get(key) is None else self.integer(key)

    def number_or_none(self, key: str) -> float | None:
        """The number under a key, if there is one."""
        return None if self._values.get(key) is None else self.number(key)

    def _required(self, key: str) -> object:
        if key not in self._values:
            raise ValueError(f"{key} is missing")
        return self._values[key]


_SPELLING = json.JSONEncoder(separators=(",", ":"))


def spell(values: Mapping[str, Json]) -> str:
    """The JSON of an object, in ASCII: file names may hold what UTF-8 cannot."""
    return _SPELLING.encode(values)


def from_provenance(provenance: Provenance) -> Mapping[str, Json]:
    """A provenance as a JSON object."""
    return {
        "model": _from_model(provenance.model),
        "sampling": from_sampling(provenance.sampling),
        "seed": provenance.seed,
        "n_branches": provenance.n_branches,
        "max_tokens": provenance.max_tokens,
        "n_prompt_tokens": provenance.n_prompt_tokens,
        "prompt_sha256": provenance.prompt_sha256,
        "mode": provenance.mode,
    }


def to_provenance(payload: Payload) -> Provenance:
    """The provenance that an object describes."""
    return Provenance(
        model=_to_model(payload.inner("model")),
        sampling=to_sampling(payload.inner("sampling")),
        seed=payload.integer("seed"),
        n_branches=payload.integer("n_branches"),
        max_tokens=payload.integer("max_tokens"),
        n_prompt_tokens=payload.integer("n_prompt_tokens"),
        prompt_sha256=payload.text("prompt_sha256"),
        mode=payload.text("mode"),
    )


def _from_model(model: ModelInfo) -> Mapping[str, Json]:
    return {
        "name": model.name,
        "path": model.path,
        "fingerprint": model.fingerprint,
        "architecture": model.architecture,
        "quantisation": model.quantisation,
        "n_parameters": model.n_parameters,
        "n_vocab": model.n_vocab,
        "n_ctx_train": model.n_ctx_train,
        "n_ctx": model.n_ctx,
        "n_cells": model.n_cells,
        "device": model.device,
        "build": model.build,
        "n_threads": model.n_threads,
        "n_batch": model.n_batch,
        "gpu_layers": model.gpu_layers,
        "chat_template": model.chat_template,
        "gpu_unused": model.gpu_unused,
        "n_layers": model.n_layers,
        "n_ubatch": model.n_ubatch,
        "devices": list(model.devices),
        "flash_attention": model.flash_attention,
        "cache_type": model.cache_type,
        "weight_bytes": model.weight_bytes,
        "cache_bytes": model.cache_bytes,
        "sha256": model.sha256,
        "processor": model.processor,
    }


# A session names the same few models in thousands of requests.
@lru_cache(maxsize=64)
def _to_model(payload: Payload) -> ModelInfo:
    return ModelInfo(
        name=payload.text("name"),
        path=payload.text("path"),
        fingerprint=payload.text("fingerprint"),
        architecture=payload.text("architecture"),
        quantisation=payload.text("quantisation"),
        n_parameters=payload.integer("n_parameters"),
        n_vocab=payload.integer("n_vocab"),
        n_ctx_train=payload.integer("n_ctx_train"),
        n_ctx=payload.integer("n_ctx"),
        n_cells=payload.integer("n_cells"),
        device=payload.text("device"),
        build=payload.text("build"),
        n_threads=payload.integer("n_threads"),
        n_batch=payload.integer("n_batch"),
        gpu_layers=payload.integer("gpu_layers"),
        chat_template=payload.text_or_none("chat_template"),
        gpu_unused=payload.text_or_none("gpu_unused"),
        n_layers=payload.integer_or_none("n_layers") or 0,
        n_ubatch=payload.integer_or_none("n_ubatch") or 0,
        devices=payload.texts_or_none("devices") or (),
        flash_attention=payload.text_or_none("flash_attention") or "",
        cache_type=payload.text_or_none("cache_type") or "",
        weight_bytes=payload.integer_or_none("weight_bytes") or 0,
        cache_bytes=payload.integer_or_none("cache_bytes") or 0,
        sha256=payload.text_or_none("sha256"),
        processor=payload.text_or_none("processor") or "",
    )


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value
