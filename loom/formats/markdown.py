"""A session as Markdown: the tree as nested lists, every text kept from being markup."""

from __future__ import annotations

import re

from loom.tree.graph import Tree
from loom.tree.node import Node
from loom.tree.visible import visible

ANYWHERE = re.compile(r"([\\`*_\[\]<~|&$])")
AT_LINE_START = re.compile(r"^(\s*)([#>+=-]|\d+(?=[.)]))", re.MULTILINE)


def tree_markdown(tree: Tree) -> str:
    """The whole tree, top down: what is the trunk reads as prose, what branches as numbered items.

    A chain of single children continues its paragraph; each fork opens a list one level deeper.
    """
    lines = [f"# {escape(tree.title or 'untitled')}", ""]
    lines += [f"*{'chat' if tree.mode == 'chat' else 'plain text'}, {escape(tree.model)}*", ""]
    stack: list[tuple[str, int, str]] = [(root, 0, "") for root in reversed(tree.root_ids)]
    while stack:
        node_id, depth, number = stack.pop()
        chain = _chain(tree, node_id)
        lines += _paragraphs(chain, depth, number)
        child_ids = tree.child_ids(chain[-1].id)
        forks = len(child_ids) > 1
        stack += [
            (child_id, depth + forks, f"{i}. " if forks else "")
            for i, child_id in reversed(list(enumerate(child_ids, 1)))
        ]
    return "\n".join(lines).rstrip() + "\n"


def _chain(tree: Tree, node_id: str) -> list[Node]:
    """The node and its only descendants, as long as the same voice goes on."""
    chain = [tree.node(node_id)]
    while len(child_ids := tree.child_ids(chain[-1].id)) == 1:
        child = tree.node(child_ids[0])
        if child.role != chain[-1].role:
            break
        chain.append(child)
    return chain


def _paragraphs(chain: list[Node], depth: int, number: str) -> list[str]:
    """A chain as indented paragraphs; lists nest by three columns, the width of "1. "."""
    speaker = "" if chain[0].role == "text" else f"**{chain[0].role}:** "
    written = b"".join(node.text for node in chain).decode("utf-8", "replace")
    text = speaker + escape(written.strip()) + _ending(chain[-1])
    first, *rest = re.split(r"\n\s*\n", text)
    inside = "   " * depth
    outside = "   " * (depth - 1) if number else inside
    lines = [outside + number + _indented(first, inside)]
    for paragraph in rest:
        lines += ["", inside + _indented(paragraph, inside)]
    return [*lines, ""]


def _indented(paragraph: str, indent: str) -> str:
    return paragraph.strip().replace("\n", f"  \n{indent}")


def _ending(node: Node) -> str:
    if node.state == "partial":
        return " *(stopped here)*"
    return " *(end)*" if node.finish == "eos" else ""


def escape(text: str) -> str:
    """The text with nothing in it that Markdown or a terminal would take as a command."""
    return AT_LINE_START.sub(_escape_start, ANYWHERE.sub(r"\\\1", visible(text)))


def _escape_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    # A backslash before a digit is shown; the dot after the number is what makes it a list.
    return f"{space}{mark}\\" if mark[0].isdigit() else f"{space}\\{mark}"
