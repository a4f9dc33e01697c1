"""What the command line says of the models on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from loom.models.discovery import FoundModel, find_model, list_models
from loom.models.gguf_file import read_metadata

Entry = Mapping[str, object]


def listing() -> Sequence[Entry]:
    """Every model found, those that cannot be opened with their `problem`."""
    return [_entry(model) for model in list_models()]


def describe(name: str) -> Sequence[Entry]:
    """One model by name or path; ModelFileError if it is none."""
    found = find_model(name)
    return [_entry(FoundModel(found, read_metadata(found.path), None))]


def listing_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """The listing for a person, in columns."""
    width = max((len(str(entry["name"])) for entry in entries), default=0)
    for entry in entries:
        name = f"{entry['name']:<{width}}"
        if "problem" in entry:
            yield f"{name}  {entry['problem']}"
            continue
        window = f"{entry['n_ctx_train']:,} tokens" if entry["n_ctx_train"] else "unknown window"
        template = "with chat template" if entry["chat_template"] else "no chat template"
        yield (
            f"{name}  {entry['architecture']} {_short(entry['n_parameters'])} "
            f"{entry['quantisation']} · {window} · {template} · {entry['path']}"
        )


def _entry(found: FoundModel) -> Entry:
    entry: dict[str, object] = {
        "name": found.file.name,
        "path": str(found.file.path),
        "bundled": found.file.bundled,
    }
    if found.metadata is not None:
        entry |= {
            "architecture": found.metadata.architecture,
            "n_parameters": found.metadata.n_parameters,
            "quantisation": found.metadata.quantisation,
            "n_bytes": found.metadata.n_bytes,
            "n_ctx_train": found.metadata.n_ctx_train,
            "n_vocab": found.metadata.n_vocab,
            "chat_template": found.metadata.chat_template is not None,
        }
    if found.problem is not None:
        entry["problem"] = found.problem
    return entry


def _short(n: object) -> str:
    assert isinstance(n, int)
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if n >= size:
            return f"{n / size:.3g}{letter}"
    return str(n)
