"""Ollama's models: a small JSON file for each name tells which blob holds the weights.

`manifests/HOST/NAMESPACE/MODEL/TAG` lists layers, each a media type and the digest of a blob in
`blobs`; the layer of the type below is a GGUF (docs/import.md and server/manifest.go of Ollama).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from loom.models.model_file import ModelFile, PassedOver, unreadable

_MODEL_LAYER = "application/vnd.ollama.image.model"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_MAX_MANIFEST_BYTES = 2**20
_PULL_AGAIN = "Pull it again with Ollama."


def ollama_models(root: Path) -> Iterator[ModelFile | PassedOver]:
    """The models under a folder of Ollama's, by the names that Ollama gives them."""
    try:
        os.listdir(root / "manifests")
    except FileNotFoundError:
        return
    except OSError as error:
        yield unreadable(error)
        return
    for manifest in sorted((root / "manifests").glob("*/*/*/*")):
        name = _name(manifest)
        blob = _blob(root, manifest)
        if isinstance(blob, Path):
            short = name.removesuffix(":latest")
            aliases = (short,) if short != name else ()
            yield ModelFile(blob, name, bundled=False, source="Ollama", aliases=aliases)
        else:
            yield PassedOver((name,), blob, _PULL_AGAIN)


def _name(manifest: Path) -> str:
    """What Ollama calls a model: its own library and host go without saying."""
    host, namespace, model, tag = manifest.parts[-4:]
    if namespace == "library":
        return f"{model}:{tag}"
    prefix = "" if host.startswith("registry.") else f"{host}/"
    return f"{prefix}{namespace}/{model}:{tag}"


def _blob(root: Path, manifest: Path) -> Path | str:
    """The file with the weights, or in a sentence why there is none."""
    try:
        if manifest.stat().st_size > _MAX_MANIFEST_BYTES:
            return f"{manifest} is too large to be one of Ollama's manifests."
        layers = json.loads(manifest.read_bytes())["layers"]
        digests = [layer["digest"] for layer in layers if layer["mediaType"] == _MODEL_LAYER]
    except OSError as error:
        return f"{manifest} cannot be read: {error.strerror}."
    except (ValueError, TypeError, KeyError, RecursionError):
        return f"{manifest} is not one of Ollama's manifests, or is damaged."
    match = _DIGEST.fullmatch(str(digests[0])) if digests else None
    if match is None:
        return f"{manifest} names no file of weights."
    blob = root / "blobs" / f"sha256-{match[1]}"
    if os.path.isfile(blob):
        return blob
    if any(blob.parent.glob(f"{blob.name}-partial*")):
        return f"Ollama has downloaded only a part of {_name(manifest)}."
    return f"The weights of {_name(manifest)} are gone: there is no file {blob}."
