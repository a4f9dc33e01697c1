"""Lists of sessions and of words found in them, as lines and as JSON objects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from loom.formats.loom_json import JsonObject
from loom.tree.visible import visible_line

TITLE_WIDTH = 40


def session_object(
    file: str, title: str, model: str, n_nodes: int, n_joins: int | None, changed_at: float
) -> JsonObject:
    """A session of the library; None joins are those of a file that cannot be read."""
    return {
        "file": file,
        "title": title,
        "model": model,
        "n_nodes": n_nodes,
        "n_joins": n_joins,
        "changed_at": datetime.fromtimestamp(changed_at, UTC).isoformat(),
    }


def session_line(
    file: str, title: str, model: str, n_nodes: int, n_joins: int | None, changed_at: float
) -> str:
    """A session of the library on one line; the time is that of the place where it is shown."""
    when = datetime.fromtimestamp(changed_at).astimezone().strftime("%Y-%m-%d %H:%M")
    shown = visible_line(title)
    shown = shown if len(shown) <= TITLE_WIDTH else shown[: TITLE_WIDTH - 1] + "…"
    nodes = f"{n_nodes:,} node" + ("" if n_nodes == 1 else "s")
    joins = f"{n_joins:,} join" + ("" if n_joins == 1 else "s") if n_joins else ""
    facts = f"{when}  {nodes:>14}  {joins:>9}  {visible_line(model):<16}"
    return f"{facts}  {shown:<{TITLE_WIDTH}}  {file}"


def found_object(
    file: str, title: str, node_id: str, snippet: str, spans: Sequence[tuple[int, int]]
) -> JsonObject:
    """A node with the words that were looked for; spans are characters of the snippet."""
    return {
        "file": file,
        "title": title,
        "node": node_id,
        "snippet": snippet,
        "spans": [list(span) for span in spans],
    }


def found_line(node_id: str, snippet: str, spans: Sequence[tuple[int, int]]) -> str:
    """The same on one line, with the words in brackets like «these»."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [snippet[at:start], "«", snippet[start:end], "»"]
        at = end
    shown = visible_line("".join([*pieces, snippet[at:]]).strip())
    return f"{node_id}  {shown}"
