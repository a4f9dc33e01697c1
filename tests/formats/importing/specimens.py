"""Files in the shape of each program's, and what a session made of them says."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from loom.session.importing import Imported, import_file
from loom.session.reading import read_tree
from loom.tree.graph import Tree
from loom.tree.origin import origin_of

FOREIGN = Path(__file__).parent.parent / "foreign"
NOW = 1_800_000_000.0


def source(name: str, folder: Path) -> Path:
    """A specimen; one of SQL is made into the database that it describes."""
    path = FOREIGN / name
    if path.suffix != ".sql":
        return path
    made = folder / f"{path.stem}.db"
    with closing(sqlite3.connect(made)) as connection:
        connection.executescript(path.read_text(encoding="utf-8"))
    return made


def imported(path: Path, folder: Path) -> tuple[Imported, Tree]:
    """The session that a file becomes, in a folder of its own."""
    target = folder / f"{path.name}.loom"
    found = import_file(path, lambda _: target, clock=lambda: NOW)
    return found, read_tree(target)


def told(found: Imported, tree: Tree) -> str:
    """Everything about an import that a person or an export can see, a line each."""
    lines = [f"program {found.program}, title {tree.title!r}, {tree.mode}, at {tree.selected_id}"]
    for node in tree:
        origin = origin_of(node.origin)
        lines.append(
            f"{node.id} < {node.parent_id}: {node.role} by {node.author} at {node.created_at:.3f}"
            f" {node.finish or 'open'} {node.text!r}"
        )
        if origin.keys:
            lines.append(f"    keys {json.dumps(origin.keys, sort_keys=True)}")
        lines += [f"    token {t.text!r} {t.logprob} {t.alternatives}" for t in origin.tokens]
    lines += [f"beside {event.keys}" for event in tree.imports]
    lines += [str(remark) for remark in found.remarks]
    return "\n".join(lines) + "\n"
