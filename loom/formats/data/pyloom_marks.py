"""Bookmarks, tags and chapters as the original Loom holds them: what is not its own stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from loom.formats.data.part import Part
from loom.formats.importing.looms.pyloom import BOOKMARK, is_tag
from loom.tree.changes import Tag
from loom.tree.marks import Marks


def with_tags(keys: Mapping[str, object], marks: Marks) -> dict[str, object]:
    """The members of a node with its bookmark and tags, in the order in which they stood."""
    stood = keys.get("tags")
    before = stood if isinstance(stood, list) else []
    now = [BOOKMARK] * marks.bookmarked + [tag.name for tag in marks.tags]
    names = [name for name in before if not is_tag(name) or name in now]
    names += [name for name in now if name not in names]
    found = dict(keys)
    if found.get(BOOKMARK) is True:
        # As files had it before there were tags.
        names = [name for name in names if name != BOOKMARK or name in before]
        found[BOOKMARK] = marks.bookmarked
    if names or isinstance(stood, list):
        found["tags"] = names
    return found


def with_labels(keys: Mapping[str, object], part: Part) -> dict[str, object]:
    """What stands beside the nodes, with every tag and chapter that nodes have here."""
    marked = [(node, part.tree.marks(node.id)) for node in part]
    tags = _tags(keys.get("tags"), (tag for _, marks in marked for tag in marks.tags))
    begun = {node.id: marks.chapter for node, marks in marked if marks.chapter}
    nodes = {node.id for node, _ in marked}
    chapters = _chapters(keys.get("chapters"), begun, nodes)
    found = dict(keys)
    if tags or "tags" in found:
        found["tags"] = tags
    if chapters or "chapters" in found:
        found["chapters"] = chapters
    return found


def _tags(stood: object, tags: Iterable[Tag]) -> dict[str, object]:
    found = dict(stood) if isinstance(stood, dict) else {}
    for tag in tags:
        if tag.name not in found:
            found[tag.name] = {
                "name": tag.name,
                "scope": tag.scope,
                "hide": False,
                "show_only": False,
                "toggle_key": "None",
                "icon": "None",
            }
    return found


def _chapters(stood: object, begun: Mapping[str, str], nodes: Collection[str]) -> dict[str, object]:
    """Those that stood there under their ids, as they are called now, and the new ones.

    One that began at no node of these stays as it was.
    """
    found: dict[str, object] = {}
    waiting = dict(begun)
    for chapter_id, chapter in (stood if isinstance(stood, dict) else {}).items():
        root_id = chapter.get("root_id") if isinstance(chapter, dict) else None
        title = waiting.pop(root_id, None) if isinstance(root_id, str) else None
        if title is not None:
            found[chapter_id] = {**chapter, "title": title}
        elif root_id not in nodes or not chapter.get("title"):
            found[chapter_id] = chapter
    for node_id, title in waiting.items():
        found[f"chapter-{node_id}"] = {
            "id": f"chapter-{node_id}",
            "root_id": node_id,
            "title": title,
        }
    return found
