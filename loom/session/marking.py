"""What a person puts on nodes: bookmarks, tags, notes, titles and chapters."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from loom.convergence.denying import places_of
from loom.errors import UsageError
from loom.records import Join
from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    JoinAllowed,
    JoinDenied,
    NodeBookmarked,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    SessionTitled,
    Tag,
    TagRemoved,
)
from loom.tree.graph import Tree
from loom.tree.history import Undoable
from loom.tree.kinds import Verb

Do = Callable[[Verb, str | None, Sequence[Undoable]], None]


class Marking:
    """Belongs to the thread that owns the tree. Saying again what is said already does nothing."""

    def __init__(self, tree: Tree, do: Do) -> None:
        self._tree = tree
        self._do = do

    def bookmark(self, node_id: str) -> None:
        """Let a node be found again."""
        if not self._tree.marks(node_id).bookmarked:
            self._do("bookmark", node_id, [NodeBookmarked(time.time(), node_id)])

    def remove_bookmark(self, node_id: str) -> None:
        """Take a bookmark away."""
        if self._tree.marks(node_id).bookmarked:
            self._do("bookmark", node_id, [BookmarkRemoved(time.time(), node_id)])

    def tag(self, node_id: str, tag: Tag) -> None:
        """Have a node carry a tag, in place of one of that name; UsageError for no name."""
        if not tag.name.strip():
            raise UsageError("A tag needs a name.", "Give it one word or a few.")
        if tag not in self._tree.marks(node_id).tags:
            self._do("tag", node_id, [NodeTagged(time.time(), node_id, tag)])

    def untag(self, node_id: str, name: str) -> None:
        """Take a tag away; UsageError if the node does not carry it itself."""
        if self._tree.marks(node_id).tag(name) is None:
            raise UsageError(
                f"Node {node_id} carries no tag {name!r} of its own.",
                "Take it from the node that carries it: `loom show` tells which.",
            )
        self._do("untag", node_id, [TagRemoved(time.time(), node_id, name)])

    def note(self, node_id: str, text: str) -> None:
        """Write a note on a node in place of the last one; an empty one takes it away."""
        if self._tree.marks(node_id).note != text:
            self._do("note", node_id, [NoteWritten(time.time(), node_id, text)])

    def title(self, node_id: str, title: str) -> None:
        """Give a node a name; an empty one takes it away."""
        if self._tree.marks(node_id).title != title:
            self._do("title", node_id, [NodeTitled(time.time(), node_id, title)])

    def chapter(self, node_id: str, title: str) -> None:
        """Have a chapter begin at a node; an empty title takes it away."""
        if self._tree.marks(node_id).chapter != title:
            self._do("chapter", node_id, [ChapterBegun(time.time(), node_id, title)])

    def deny(self, join: Join) -> None:
        """Say that a finding is no join; the model's verdict stays beside it."""
        self._weigh("deny", join, JoinDenied)

    def allow(self, join: Join) -> None:
        """Take that back, whichever finding of these places it was said of."""
        self._weigh("allow", join, JoinAllowed)

    def _weigh(self, verb: Verb, join: Join, change: type[JoinDenied | JoinAllowed]) -> None:
        places = places_of(join)
        denied = [one for one in self._tree.denied if len(one & places) > 1]
        if (verb == "deny") == bool(denied):
            return
        at, now = join.nodes[0], time.time()
        self._do(verb, at, [change(now, at, one) for one in denied or [places]])

    def title_session(self, title: str) -> None:
        """Call the session otherwise; UsageError for nothing at all."""
        if not title.strip():
            raise UsageError("A session needs a title.", "Give it one word or a few.")
        if title != self._tree.title:
            self._do("title", None, [SessionTitled(time.time(), title)])
