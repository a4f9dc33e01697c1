"""Every format that can be read, whose it is told by its content, and reading one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loom.errors import ForeignFileError
from loom.formats.data import loom_json_reading
from loom.formats.importing import databases, lines, unreadable
from loom.formats.importing.chats import chatgpt, llama_cpp, open_webui, silly_tavern
from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.looms import basemode, exoloom, logitloom, loomsidian, mikupad, pyloom
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.report import Report
from loom.formats.importing.shape import Shape, shape_of
from loom.formats.importing.source import Progress, Source, sources_of

_SQLITE = b"SQLite format 3\x00"
_HEAD = 64


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format of text: its name, whose it is, and how it is told and read."""

    name: str
    title: str
    recognises: Callable[[Shape], bool]
    read: Callable[[JsonStream, Planting], None]


@dataclass(frozen=True, slots=True)
class DatabaseFormat:
    """A format of SQLite files, told by their tables."""

    name: str
    title: str
    recognises: Callable[[Mapping[str, frozenset[str]]], bool]
    read: Callable[[Path, Planting], None]


@dataclass(frozen=True, slots=True)
class JournalFormat:
    """loom's own JSON: no tree to plant but a journal, which `loom_json_reading` reads."""

    name: str
    title: str
    recognises: Callable[[Shape], bool]


JOURNAL_FORMAT = JournalFormat("json", "loom", loom_json_reading.recognises)

# Those that name themselves come first, those told by a few keys last.
TEXT_FORMATS = (
    TextFormat("logitloom", "logitloom", logitloom.recognises, logitloom.read),
    TextFormat("exoloom", "Exoloom", exoloom.recognises, exoloom.read),
    TextFormat("chatgpt", "ChatGPT", chatgpt.recognises, chatgpt.read),
    TextFormat("open-webui", "Open WebUI", open_webui.recognises, open_webui.read),
    TextFormat("llama.cpp", "llama.cpp's page", llama_cpp.recognises, llama_cpp.read),
    TextFormat("sillytavern", "SillyTavern", silly_tavern.recognises, silly_tavern.read),
    TextFormat("loomsidian", "Obsidian loom", loomsidian.recognises, loomsidian.read),
    TextFormat("basemode", "basemode-loom", basemode.recognises, basemode.read),
    TextFormat("mikupad", "mikupad", mikupad.recognises, mikupad.read),
    TextFormat("loom nodes", "loom", lines.recognises_document, lines.read_document),
    TextFormat("jsonl", "loom's JSON Lines", lines.recognises_own, lines.read_own),
    TextFormat("pyloom", "the original Loom", lines.recognises_pyloom, lines.read_pyloom),
    TextFormat("pyloom", "the original Loom", pyloom.recognises, pyloom.read),
)
DATABASE_FORMATS = (
    DatabaseFormat("basemode", "basemode-loom", databases.is_basemode, databases.read_basemode),
    DatabaseFormat("llm", "llm", databases.is_llm, databases.read_llm),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file and the format that it is in."""

    source: Source
    format: TextFormat | DatabaseFormat | JournalFormat


def recognise(path: Path) -> Recognised:
    """Whose file this is; ForeignFileError says what it is not, or what cannot be read so far."""
    sources = sources_of(path)
    if len(sources) == 1:
        found = _recognise_one(sources[0])
        if found is None:
            raise _unknown(path)
        return found
    readable = [found for source in sources if (found := _readable(source)) is not None]
    if not readable:
        raise _unknown(path)
    if len(readable) > 1:
        names = ", ".join(found.source.member for found in readable[:6])
        raise ForeignFileError(
            f"{path.name} holds {len(readable)} trees: {names}.",
            "Unpack it and import them one by one.",
        )
    return readable[0]


def gathered(
    source: Source, how: TextFormat | DatabaseFormat, progress: Progress | None = None
) -> Planting:
    """Everything that is in the file, as it was found; ForeignFileError where it cannot be read."""
    planting = Planting(how.name, Report())
    if isinstance(how, DatabaseFormat):
        with _on_disk(source) as path:
            how.read(path, planting)
    else:
        stream = JsonStream(source.text(progress))
        how.read(stream, planting)
        if stream.kind():
            planting.report.lost("more that stands behind the end of the tree")
    _remark(planting)
    return planting


def _remark(planting: Planting) -> None:
    report = planting.report
    unsigned = sum(seed is not None and seed.author == UNKNOWN for seed in planting.seeds)
    report.guessed(f"texts that nobody signed have the author “{UNKNOWN}”", unsigned)
    broken = sum(seed is not None and not _sound(seed.text) for seed in planting.seeds)
    report.kept("texts with bytes or characters that are broken, kept as they are", broken)
    names = sorted(planting.key_names | set(planting.keys))
    if names:
        some = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        report.kept(f"what loom has no place for: {some}", len(names))


def _sound(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _readable(source: Source) -> Recognised | None:
    """A member of an archive, if it is in a format that can be read."""
    try:
        return _recognise_one(source)
    except ForeignFileError:
        return None


def _recognise_one(source: Source) -> Recognised | None:
    head = source.head(_HEAD)
    for magic, owner in unreadable.BY_FIRST_BYTES.items():
        if head.startswith(magic):
            raise _cannot_read_yet(source, owner)
    for magic, (what, remedy) in unreadable.NO_TREES.items():
        if head.startswith(magic):
            raise ForeignFileError(f"{source.name} is {what}, which holds no tree.", remedy)
    if head.startswith(_SQLITE):
        with _on_disk(source) as path:
            tables = databases.tables_of(path)
        if databases.is_loom(tables):
            raise ForeignFileError(
                f"{source.name} is a session of loom already.", f"Open it: loom {source.path}"
            )
        found = next((how for how in DATABASE_FORMATS if how.recognises(tables)), None)
        return None if found is None else Recognised(source, found)
    shape = shape_of(source.text())
    for owner, fits in unreadable.BY_SHAPE.items():
        if fits(shape):
            raise _cannot_read_yet(source, owner)
    formats: tuple[TextFormat | JournalFormat, ...] = (JOURNAL_FORMAT, *TEXT_FORMATS)
    how = next((how for how in formats if how.recognises(shape)), None)
    return None if how is None else Recognised(source, how)


@contextmanager
def _on_disk(source: Source) -> Iterator[Path]:
    """A file that SQLite can open: the file itself, or what it unfolds to."""
    if source.packing == "none":
        yield source.path
        return
    folder = Path(tempfile.mkdtemp(prefix="loom-"))
    try:
        path = folder / "unpacked.db"
        with path.open("wb") as file:
            file.writelines(source.chunks())
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cannot_read_yet(source: Source, owner: str) -> ForeignFileError:
    return ForeignFileError(
        f"{source.name} is a file of {owner}, which loom cannot read so far.",
        "Export it there to a format that loom reads: `loom import --help` lists them.",
    )


def _unknown(path: Path) -> ForeignFileError:
    return ForeignFileError(
        f"{path.name} is no tree or chat that loom knows.",
        "`loom import --help` lists the formats that it reads.",
    )
