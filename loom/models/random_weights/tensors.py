"""Tensors of models with random weights: a name, a shape, and what fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod, sqrt
from typing import NamedTuple

import numpy as np

N_VOCAB = 272
N_EMBD = 64

Value = int | float | bool | list[int]

Fill = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


class Tensor(NamedTuple):
    """One tensor; its shape is as in numpy: rows of inputs."""

    name: str
    shape: tuple[int, ...]
    fill: Fill


class Architecture(NamedTuple):
    """Metadata under the architecture's own name, the tensors of each layer, and all others."""

    n_layers: int
    metadata: Mapping[str, Value]
    layer: Callable[[int], Iterator[Tensor]]
    ends: tuple[Tensor, ...]


def spread(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Keeps the size of what flows through, or a little more, so that memory tells."""
    return (rng.standard_normal(shape) * 1.5 / sqrt(shape[-1])).astype(np.float32)


def ones(_: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Leaves what is multiplied with it as it is."""
    return np.ones(shape, np.float32)


def small(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Between nothing and all."""
    return rng.uniform(0.1, 0.9, shape).astype(np.float32)


def fading(_: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """How fast each channel of a state fades: some in a token, some in hundreds."""
    return -np.geomspace(0.005, 1, prod(shape), dtype=np.float32).reshape(shape)


def remembering(_: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """The same for RWKV, where a channel keeps exp(-exp(x)) of itself from token to token."""
    return np.linspace(-6, 0, prod(shape), dtype=np.float32).reshape(shape)


def matrix(name: str, n_out: int, n_in: int) -> Tensor:
    """Weights from `n_in` numbers to `n_out`."""
    return Tensor(f"{name}.weight", (n_out, n_in), spread)


def norm(name: str, width: int = N_EMBD) -> Tensor:
    """Weights of a norm."""
    return Tensor(f"{name}.weight", (width,), ones)


def biased(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """Weights, and a bias as wide as what comes out of them."""
    bias = tensor.name.removesuffix("weight") + "bias"
    return tensor, Tensor(bias, tensor.shape[:1], small)
