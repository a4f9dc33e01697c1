"""Where a generated text came from: enough to say how it was made and to try it again."""

from __future__ import annotations

from dataclasses import dataclass

from loom.records.sampling import Sampling


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model as the person should know it.

    `fingerprint` identifies the file cheaply (size and a hash of its head and tail), `sha256` for
    certain, once it is known. `n_ctx` is the window of one branch and `n_cells` the room for all
    branches together, both in tokens. `device` is a word for a person; `devices` are what
    llama.cpp computes on, by its own names, and `gpu_layers` of `n_layers` layers are on a GPU.
    A batch is `n_batch` tokens, computed `n_ubatch` at a time. `weight_bytes` and `cache_bytes`
    are what the weights and the KV cache take, wherever they lie. `gpu_unused` names a GPU of
    this machine that this build of llama.cpp cannot use. `processor` is what the machine calls its
    own; the same bits come only from the same one.
    """

    name: str
    path: str
    fingerprint: str
    architecture: str
    quantisation: str
    n_parameters: int
    n_vocab: int
    n_ctx_train: int
    n_ctx: int
    n_cells: int
    device: str
    build: str
    n_threads: int
    n_batch: int
    gpu_layers: int
    chat_template: str | None
    gpu_unused: str | None = None
    n_layers: int = 0
    n_ubatch: int = 0
    devices: tuple[str, ...] = ()
    flash_attention: str = ""
    cache_type: str = ""
    weight_bytes: int = 0
    cache_bytes: int = 0
    sha256: str | None = None
    processor: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How one request was run: model, sampler, seed, and a hash of the exact prompt tokens."""

    model: ModelInfo
    sampling: Sampling
    seed: int
    n_branches: int
    max_tokens: int
    n_prompt_tokens: int
    prompt_sha256: str
    mode: str
