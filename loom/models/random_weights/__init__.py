"""Models with random weights: good for measuring and for trying out, useless for reading."""

from loom.models.random_weights.architectures import ARCHITECTURES, ENCODERS, write_random_model
from loom.models.random_weights.llama import SHAPE_135M, RandomLlama, Weights, write_random_llama

__all__ = [
    "ARCHITECTURES",
    "ENCODERS",
    "SHAPE_135M",
    "RandomLlama",
    "Weights",
    "write_random_llama",
    "write_random_model",
]
