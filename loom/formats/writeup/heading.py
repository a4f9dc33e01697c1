"""What a write-up says of itself before its text: title, model, how much of the tree it shows."""

from __future__ import annotations

from collections.abc import Sequence

from loom.formats.material import Material
from loom.formats.writeup.appendix import plain_name
from loom.formats.writeup.marks import Marks
from loom.formats.writeup.passages import count
from loom.records import Verdict


def title(material: Material) -> str:
    """The session's title on one line."""
    return " ".join(material.excerpt.tree.title.split()) or "untitled"


def about(material: Material) -> str:
    """For example "story-base · plain text · 17 nodes · 3 branches end here"."""
    tree, part = material.excerpt.tree, material.excerpt
    n_ends = sum(not below for below in part.children.values())
    names = [plain_name(name, material.wording.paths) for name in _authors(material)]
    mode = "chat" if tree.mode == "chat" else "plain text"
    return " · ".join([", ".join(names), mode, count(len(part), "node"), count(n_ends, "ending")])


def left_out(material: Material) -> str:
    """What of the session is not in here, in a sentence; nothing if all of it is."""
    part = material.excerpt
    parts = []
    if part.n_elsewhere:
        parts.append(f"{count(part.n_elsewhere, 'node')} of other parts")
    if n_more := sum(part.n_more.values()) + part.n_more_at_top:
        parts.append(f"{count(n_more, 'node')} beyond the limits asked for")
    if part.n_hidden:
        parts.append(f"{count(part.n_hidden, 'hidden node')}")
    return f"Not shown: {_listed(parts)}." if parts else ""


def meetings(marks: Marks) -> str:
    """How many places branches meet at, said as far as it was judged."""
    if not marks.all:
        return ""
    n_of: dict[Verdict, int] = {}
    for mark in marks.all:
        n_of[mark.join.verdict] = n_of.get(mark.join.verdict, 0) + 1
    words = {
        "joined": "where branches meet",
        "apart": "that look alike and are not one road",
        "undecided": "not decided",
        "not_judged": "with shared words, of which nothing but the words was compared",
    }
    told = [f"{count(n, 'place')} {words[verdict]}" for verdict, n in n_of.items()]
    rest = f" {count(marks.n_unmarked, 'weaker place')} unmarked." if marks.n_unmarked else ""
    return f"{_listed(told)}.{rest}"


def _authors(material: Material) -> Sequence[str]:
    nodes = map(material.excerpt.tree.node, material.excerpt.children)
    return list(dict.fromkeys(node.author for node in nodes if not node.written)) or [
        material.excerpt.tree.model
    ]


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
