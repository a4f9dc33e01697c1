"""What people put on nodes: bookmarks, tags, notes, titles and chapters, folded from events."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    NodeBookmarked,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    Tag,
    TagRemoved,
)

MarkChange = (
    NodeBookmarked
    | BookmarkRemoved
    | NodeTagged
    | TagRemoved
    | NoteWritten
    | NodeTitled
    | ChapterBegun
)


@dataclass(frozen=True, slots=True)
class Marks:
    """All that is put on one node; tags in the order in which they came."""

    bookmarked: bool = False
    tags: tuple[Tag, ...] = ()
    note: str = ""
    title: str = ""
    chapter: str = ""

    def tag(self, name: str) -> Tag | None:
        """The tag of that name, if the node carries it itself."""
        return next((tag for tag in self.tags if tag.name == name), None)


UNMARKED = Marks()


def marked(marks: Marks, change: MarkChange) -> Marks:
    """The marks after a change."""
    match change:
        case NodeBookmarked():
            return replace(marks, bookmarked=True)
        case BookmarkRemoved():
            return replace(marks, bookmarked=False)
        case NodeTagged():
            return replace(marks, tags=_with(marks.tags, change.tag))
        case TagRemoved():
            kept = tuple(tag for tag in marks.tags if tag.name != change.name)
            return replace(marks, tags=kept)
        case NoteWritten():
            return replace(marks, note=change.text)
        case NodeTitled():
            return replace(marks, title=change.title)
        case ChapterBegun():
            return replace(marks, chapter=change.title)


def _with(tags: tuple[Tag, ...], new: Tag) -> tuple[Tag, ...]:
    """A tag of the same name is replaced where it stands."""
    if any(tag.name == new.name for tag in tags):
        return tuple(new if tag.name == new.name else tag for tag in tags)
    return (*tags, new)
