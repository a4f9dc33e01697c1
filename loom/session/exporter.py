"""An export that is being put together: what it would look like so far, and writing it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from threading import Lock

from loom.engine.client import Connect
from loom.errors import LoomError
from loom.formats.choice import Choice, excerpt, joins_within
from loom.formats.importing.report import Remark
from loom.formats.material import Material, Wording
from loom.formats.table import FORMATS, Format, WriteUp
from loom.records import Join
from loom.session.data_exporting import Alternatives, chunks, copied, data_source, write_data
from loom.session.exporting import Check, as_bytes, gathered_of, said_of, write_files
from loom.session.judging.telling import joins_of
from loom.session.reading import read_tree
from loom.tree.graph import Tree
from loom.tree.visible import visible

MOST_NODES = 300
"""A look at more than that would not be there while a person types."""

MOST_LINES = 400
_MOST_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True)
class Order:
    """An export as a person wants it."""

    form: Format = FORMATS[0]
    choice: Choice = field(default_factory=Choice)
    wording: Wording = field(default_factory=Wording)
    check: Check = "none"
    alternatives: Alternatives = "kept"


@dataclass(frozen=True, slots=True)
class Look:
    """The beginning of an export as lines that hold nothing but what is to be seen.

    `told` says how much of the tree there is in it; `size` how large it comes out, as far as that
    is known before it is written.
    """

    lines: tuple[str, ...]
    told: str
    size: str


@dataclass(frozen=True, slots=True)
class Written:
    """The files that came of it, and what the format could not hold."""

    paths: tuple[Path, ...]
    remarks: tuple[Remark, ...] = ()


class Exporter:
    """One session file to be exported; its methods take a while and may be called in any thread."""

    def __init__(self, path: Path, connect: Connect) -> None:
        self._path = path
        self._connect = connect
        self._loading = Lock()
        self._loaded: tuple[Tree, tuple[Join, ...]] | None = None

    def look(self, order: Order) -> Look:
        """What the export begins with; LoomError if it cannot be made."""
        tree, joins = self._whole()
        form = order.form
        if form.name == "loom":
            return _look_at_copy(self._path, len(tree), order.alternatives)
        part = excerpt(tree, order.choice, joins)
        told = f"{_counted(len(part), 'node')} · {_what_meets(joins_within(joins, part))}"
        shown = order
        if len(part) > MOST_NODES:
            told += f" · a look at the first {MOST_NODES}"
            shown = replace(order, choice=replace(order.choice, n_nodes=MOST_NODES))
        if not isinstance(form, WriteUp):
            return self._look_at_data(shown, told)
        with gathered_of(self._path, tree, joins, shown.choice, shown.wording, None) as given:
            lines, size = _look_at(given, form)
        return Look(lines, told, size if shown is order else "")

    def write(self, order: Order, target: Path, say: Callable[[str], None]) -> Written:
        """Write it; LoomError says why it could not be. `say` is told what takes time."""
        path, form = self._path, order.form
        if form.name == "loom":
            copied(path, target, order.choice, order.alternatives)
            return Written((target,))
        tree, joins = self._whole()
        if not isinstance(form, WriteUp):
            remarks = write_data(path, tree, form.name, order.choice, target)
            return Written((target,), remarks)
        checked = said_of(path, order.check, self._connect, say)
        with gathered_of(path, tree, joins, order.choice, order.wording, checked) as given:
            return Written(write_files(target, form, given))

    def _whole(self) -> tuple[Tree, tuple[Join, ...]]:
        """The tree as it was when it was first looked at, and where branches meet in it."""
        with self._loading:
            if self._loaded is None:
                tree = read_tree(self._path)
                self._loaded = tree, joins_of(tree)
            return self._loaded

    def _look_at_data(self, order: Order, told: str) -> Look:
        tree, _ = self._whole()
        found, n = list[str](), 0
        for chunk in chunks(data_source(self._path, tree, order.choice), order.form.name):
            found.append(chunk.decode("utf-8", "replace"))
            n += len(chunk)
            if n > _MOST_CHARACTERS:
                break
        else:
            return Look(_lines("".join(found)), told, _bytes(n))
        return Look(_lines("".join(found)), told, "")


def _look_at(given: Material, form: WriteUp) -> tuple[tuple[str, ...], str]:
    """The lines that stand for a write-up, and its size."""
    from loom.formats.figure.drawing import scene
    from loom.formats.writeup.text import text

    match form.name:
        case "svg" | "png" | "pdf":
            drawn = scene(given)
            inches = f"{drawn.width / 72:.1f} × {drawn.height / 72:.1f} inches"
            return _lines(f"{drawn.title}\n{drawn.told}"), inches
        case "html":
            return _lines(text(given)), _bytes(len(as_bytes(form.write(given))))
        case "cast":
            return _lines(text(given)), _seconds(str(form.write(given)))
        case _:
            content = str(form.write(given))
            return _lines(content), _bytes(len(as_bytes(content)))


def _look_at_copy(path: Path, n_nodes: int, alternatives: Alternatives) -> Look:
    """A copy of a session is nothing to read."""
    kept = "with all" if alternatives == "kept" else "without the"
    told = (
        "The whole session, to open in loom:",
        "its texts, its history with every undo, its tokens,",
        f"{kept} tokens that might have come instead.",
    )
    size = f"now {_bytes(path.stat().st_size)}" if path.exists() else ""
    return Look(told, _counted(n_nodes, "node"), size)


def _lines(content: str) -> tuple[str, ...]:
    shown = content[:_MOST_CHARACTERS].split("\n")
    return tuple(visible(line.expandtabs(4)) for line in islice(shown, MOST_LINES))


def _seconds(recording: str) -> str:
    """How long a recording plays."""
    try:
        last = json.loads(recording.rstrip("\n").rsplit("\n", 1)[-1])
    except ValueError as error:
        raise LoomError("The recording came out empty.", "Choose more of the tree.") from error
    return f"plays {last[0]:.0f} s" if isinstance(last, list) else ""


def _bytes(n: int) -> str:
    for size, unit in ((1e6, "MB"), (1e3, "kB")):
        if n >= size:
            return f"{n / size:.3g} {unit}"
    return _counted(n, "byte")


def _what_meets(joins: Sequence[Join]) -> str:
    """How many of each there are; words alone only where nothing was judged."""
    n_of = Counter(join.verdict for join in joins if not join.denied)
    if not n_of["joined"] and n_of["not_judged"] == n_of.total() > 0:
        return f"words meet in {_counted(n_of.total(), 'run')}"
    alike = f" · {n_of['apart']:,} only look alike" if n_of["apart"] else ""
    return _counted(n_of["joined"], "join") + alike


def _counted(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"
