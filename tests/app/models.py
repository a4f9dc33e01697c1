"""Models as the engine describes them."""

from __future__ import annotations

from loom.records import ModelInfo


def cpu_build(name: str, gpu: str | None = None) -> ModelInfo:
    """A model that runs on the processor, perhaps beside a GPU that this build cannot use."""
    return ModelInfo(
        name=name,
        path=f"{name}.gguf",
        fingerprint="f",
        architecture="llama",
        quantisation="Q8_0",
        n_parameters=2_000_000,
        n_vocab=4_096,
        n_ctx_train=2_048,
        n_ctx=2_048,
        n_cells=8_192,
        device="CPU",
        build="b1",
        n_threads=2,
        n_batch=512,
        gpu_layers=0,
        chat_template=None,
        gpu_unused=gpu,
    )
