"""What the command line and the app say of the models on this machine."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from loom.engine.devices import rebuild_line
from loom.engine.free_memory import available_bytes
from loom.models.discovery import FoundModel, find_model, list_models, look_at
from loom.models.gguf_file import GgufMetadata, fingerprint, read_metadata
from loom.models.hub import pull
from loom.models.mode_guess import guess_mode
from loom.models.mode_memory import answered_mode
from loom.models.model_file import ModelFile
from loom.session.memory_told import need_told
from loom.session.world_entries import world_entries, world_entry
from loom.tree.events import Mode
from loom.tree.visible import visible_line
from loom.worlds.names import SKETCHES

Entry = Mapping[str, object]
_HEADINGS = ("NAME", "ARCH", "PARAMS", "QUANT", "CONTEXT", "SIZE", "MADE FOR", "FITS", "FROM")
_RIGHT = {2, 4, 5}
_MADE_FOR: dict[Mode | None, str] = {"chat": "chat", "plain": "base", None: "unknown"}


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in words. `reference` is what to open it by: its name, or its path if that is not
    enough. `problem` says why it cannot be opened, and then little else is known. `about` is what
    there is to say of a world, empty for a model.
    """

    reference: str
    path: str
    name: str
    architecture: str = ""
    parameters: str = ""
    quantisation: str = ""
    window: str = ""
    size: str = ""
    made_for: str = ""
    fits: str = ""
    source: str = ""
    about: str = ""
    problem: str | None = None


def listing() -> Sequence[Entry]:
    """Every model found, those that cannot be opened with their `problem`; then the worlds."""
    free = available_bytes()
    return [*(_entry(model, free) for model in list_models()), *world_entries()]


def describe(name: str) -> Sequence[Entry]:
    """One model by name or path, or a world; ModelFileError if it is none or cannot be read."""
    return [world_entry(name)] if name in SKETCHES else _described(find_model(name))


def pulled(wanted: str) -> Sequence[Entry]:
    """Download `OWNER/NAME[:FILE or :QUANT]` from the Hugging Face hub, and tell about it.

    ModelFileError or LoomError if that cannot be done; shows its progress on stderr.
    """
    return _described(pull(wanted))


def _described(model: ModelFile) -> Sequence[Entry]:
    # What lists only remark on is an error where a person asked for this very model.
    read_metadata(model.path)
    return [_entry(look_at(model), available_bytes())]


def rows(entries: Iterable[Entry]) -> tuple[ModelRow, ...]:
    """The entries in words, safe to show, those that can be opened first."""
    entries = tuple(entries)
    names = Counter(str(entry["name"]) for entry in entries)
    shown = [_row(entry, unique=names[str(entry["name"])] == 1) for entry in entries]
    return tuple(sorted(shown, key=lambda row: row.problem is not None))


def found_rows() -> tuple[ModelRow, ...]:
    """Every model found, in words; looks through the disk, which may take a second."""
    return rows(listing())


def listing_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """The listing for a person, in columns under their headings."""
    shown = rows(entries)
    cells = [_HEADINGS, *(_cells(row) for row in shown if row.problem is None)]
    if len(cells) > 1:
        widths = [max(_width(line[i]) for line in cells) for i in range(len(_HEADINGS))]
        for line in cells:
            yield "  ".join(map(_padded, line, widths, range(len(line)))).rstrip()
    for row in shown:
        if row.problem is not None:
            yield f"{row.name}: {visible_line(row.problem)}"


def detail_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """One model for a person, a line for each thing that is known of it.

    Where there is a GPU that this build of llama.cpp cannot use, the last line rebuilds it.
    """
    for entry, row in zip(entries, rows(entries), strict=True):
        facts = _details_of_world(entry, row) if row.about else _details(entry, row)
        if row.problem is not None:
            facts.append(("problem", visible_line(row.problem)))
        yield from (f"{what + ':':<17}{fact}" for what, fact in facts)
    if (gpu := _unused_gpu()) is not None:
        yield f"{'GPU:':<17}{gpu}, unused: {how_to_use_gpu(gpu)}"


def _details(entry: Entry, row: ModelRow) -> list[tuple[str, str]]:
    window = f", with a window of {entry['memory_window']:,} tokens"
    return [
        ("name", row.name),
        ("file", visible_line(str(entry["path"]))),
        ("files", str(entry["n_files"])),
        ("found in", row.source),
        ("architecture", row.architecture),
        ("parameters", row.parameters),
        ("quantisation", row.quantisation),
        ("trained context", f"{row.window} tokens"),
        ("vocabulary", f"{entry['n_vocab']:,} tokens"),
        ("chat template", "yes" if entry["chat_template"] else "no"),
        ("made for", _made_for(entry, row)),
        ("size on disk", row.size),
        ("memory", _bytes(entry["memory_bytes"]) + window),
        ("fits", row.fits),
    ]


def _details_of_world(entry: Entry, row: ModelRow) -> list[tuple[str, str]]:
    return [
        ("name", row.name),
        ("about", row.about),
        ("found in", row.source),
        ("kind", "a world: its law is exact, and there are no weights"),
        ("context", f"{row.window} tokens"),
        ("vocabulary", f"{entry['n_vocab']:,} tokens"),
        ("chat template", "yes" if entry["chat_template"] else "no"),
        ("made for", _made_for(entry, row)),
    ]


def _made_for(entry: Entry, row: ModelRow) -> str:
    return f"{row.made_for} ({visible_line(str(entry['mode_reason']))})"


def how_to_use_gpu(gpu: str) -> str:
    """What to do about a GPU that this build of llama.cpp cannot use; a command on a new line."""
    return f"llama.cpp is built for the CPU here. To rebuild it:\n{rebuild_line(gpu)}"


def _unused_gpu() -> str | None:
    # llama.cpp is loaded only where it has to be asked: lists are shown by programs without it.
    from loom.engine.llama.devices_of_llama import unused_gpu

    return unused_gpu()


def _entry(found: FoundModel, free: int | None) -> Entry:
    entry: dict[str, object] = {
        "name": found.file.name,
        "path": str(found.file.path),
        "bundled": found.file.bundled,
        "source": found.file.source,
    }
    if found.metadata is not None:
        entry |= _facts(found.metadata, free, is_known=found.file.bundled)
    if found.problem is not None:
        entry["problem"] = found.problem
    return entry


def _facts(metadata: GgufMetadata, free: int | None, *, is_known: bool) -> Entry:
    need = need_told(metadata, free)
    answered = answered_mode(fingerprint(metadata.path))
    guess = guess_mode(metadata)
    return {
        "architecture": metadata.architecture,
        "n_parameters": metadata.n_parameters,
        "quantisation": metadata.quantisation,
        "n_bytes": metadata.n_bytes,
        "n_files": len(metadata.parts),
        "n_ctx_train": metadata.n_ctx_train,
        "n_vocab": metadata.n_vocab,
        "chat_template": metadata.chat_template is not None,
        "mode": answered or guess.mode,
        "mode_is_guess": answered is None and not is_known,
        "mode_reason": guess.why if answered is None else "as you said",
        "memory_bytes": need.n_bytes,
        "memory_window": need.n_ctx,
        "fits": None if free is None else need.n_bytes <= free,
    }


def _row(entry: Entry, *, unique: bool) -> ModelRow:
    name = visible_line(str(entry["name"]))
    path = str(entry["path"])
    reference = str(entry["name"]) if unique else path
    source = visible_line(str(entry["source"]))
    problem = str(entry["problem"]) if "problem" in entry else None
    if "architecture" not in entry:
        return ModelRow(reference, path, name, source=source, problem=problem)
    window = entry["n_ctx_train"]
    mode = entry["mode"]
    assert mode in ("chat", "plain", None)
    return ModelRow(
        reference,
        path,
        name,
        architecture=visible_line(str(entry["architecture"])),
        parameters=_count(entry["n_parameters"]) if entry["n_parameters"] else "none",
        quantisation=str(entry["quantisation"]),
        window=f"{window:,}" if window else "?",
        size=_bytes(entry["n_bytes"]) if entry["n_bytes"] else "none",
        made_for=_MADE_FOR[mode] + ("?" if mode is not None and entry["mode_is_guess"] else ""),
        fits="?" if entry["fits"] is None else "yes" if entry["fits"] else "no",
        source=source,
        about=str(entry.get("about", "")),
        problem=problem,
    )


def _cells(row: ModelRow) -> tuple[str, ...]:
    return (
        row.name,
        row.architecture,
        row.parameters,
        row.quantisation,
        row.window,
        row.size,
        row.made_for,
        row.fits,
        row.source,
    )


def _padded(text: str, width: int, column: int) -> str:
    room = " " * (width - _width(text))
    return room + text if column in _RIGHT else text + room


def _width(text: str) -> int:
    """Terminal cells: wide characters take two, marks on others none."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def _count(n: object) -> str:
    """A number of weights as one says it: 135M, 7.24B."""
    assert isinstance(n, int)
    for size, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if n >= size:
            return f"{n / size:.3g}{letter}"
    return str(n)


def _bytes(n: object) -> str:
    assert isinstance(n, int)
    for size, unit in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n} B"
