"""What a person can do to the tree of a session, each refused in a sentence where it cannot be."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from loom.errors import LoomError, UsageError
from loom.session.deriving import copied, merged, split_at, taken_apart, tokens_before
from loom.session.doing import Commit, Doer
from loom.session.marking import Marking
from loom.session.scribe import new_id
from loom.tree.changes import NodeHidden, NodeMoved, NodeShown
from loom.tree.events import NodeAdded
from loom.tree.graph import Tree
from loom.tree.history import Step
from loom.tree.node import HUMAN


class Operations:
    """Belongs to the thread that owns the tree; what is done is in the tree when it returns.

    Every method raises SessionFileError if it cannot be written, and a LoomError where it makes
    no sense. `waiting_at` tells how many branches were asked for at a node and have not begun.
    """

    def __init__(
        self,
        tree: Tree,
        commit: Commit,
        select: Callable[[str], None],
        halt: Callable[[str], None],
        waiting_at: Callable[[str], int],
    ) -> None:
        self._tree = tree
        self._doer = Doer(tree, commit, select, halt)
        self._waiting_at = waiting_at
        self.marking = Marking(tree, self._doer.do)

    def undo(self) -> Step:
        """Take back what was done last, also before a restart; UsageError if nothing was."""
        return self._doer.undo()

    def redo(self) -> Step:
        """Do again what was undone last; UsageError if nothing was, or something was done since."""
        return self._doer.redo()

    # What is to be seen

    def hide(self, node_id: str) -> None:
        """Put a node out of sight, with all that hangs from it."""
        if self._tree.node(node_id).hidden:
            raise UsageError(f"Node {node_id} is hidden already.", "`loom restore` shows it again.")
        self._doer.do("hide", node_id, [NodeHidden(time.time(), node_id)])

    def restore(self, node_id: str) -> None:
        """Show a node again, and whatever hides it above."""
        hidden = [node.id for node in self._tree.path(node_id) if node.hidden]
        if not hidden:
            raise UsageError(
                f"Node {node_id} is not hidden.", "`loom show --hidden` tells which are."
            )
        now = time.time()
        self._doer.do("restore", node_id, [NodeShown(now, one) for one in hidden])

    def check_visible(self, node_id: str) -> None:
        """UsageError if a node is hidden."""
        if not self._tree.is_visible(node_id):
            raise UsageError(f"Node {node_id} is hidden.", "Restore it first.")

    # Where things stand

    def move(self, node_id: str, parent_id: str | None) -> None:
        """Put a node with its subtree last under another parent, or None: as a new beginning."""
        self._check_free_to_move(node_id, parent_id)
        family = [one for one in self._tree.every_child(parent_id) if one != node_id]
        self._move(node_id, parent_id, family[-1] if family else None)

    def move_before(self, node_id: str, sibling_id: str) -> None:
        """Put a node with its subtree right before another, wherever that stands."""
        self._check_beside(node_id, sibling_id)
        parent_id = self._tree.node(sibling_id).parent_id
        self._check_free_to_move(node_id, parent_id)
        family = [one for one in self._tree.every_child(parent_id) if one != node_id]
        at = family.index(sibling_id)
        self._move(node_id, parent_id, family[at - 1] if at else None)

    def move_after(self, node_id: str, sibling_id: str) -> None:
        """Put a node with its subtree right after another, wherever that stands."""
        self._check_beside(node_id, sibling_id)
        parent_id = self._tree.node(sibling_id).parent_id
        self._check_free_to_move(node_id, parent_id)
        self._move(node_id, parent_id, sibling_id)

    # What is said

    def edit(self, node_id: str, text: str) -> str:
        """Say it another way, right beside the old wording, which stays; returns the new id."""
        self.check_visible(node_id)
        node = self._tree.node(node_id)
        said = text.encode("utf-8", "surrogateescape")
        if said == node.text:
            raise UsageError("The new text is the old one.", "Change a word of it.")
        now, edited_id = time.time(), new_id()
        added = NodeAdded(now, edited_id, node.parent_id, node.role, HUMAN, said, node.special)
        moved = NodeMoved(now, edited_id, node.parent_id, node_id)
        self._doer.do("edit", node_id, [added, moved])
        return edited_id

    def split(self, node_id: str, cut: int) -> str:
        """Make two nodes of one at a byte of its text; returns the id of the first.

        The second is its only child, and has all the children. Tokens and statistics are kept
        unless the cut goes through a token.
        """
        return self._split(node_id, cut, tokens_before(self._tree.node(node_id), cut))

    def split_at_token(self, node_id: str, n_tokens: int) -> str:
        """The same before the token with that many before it; nothing need be re-tokenised."""
        node = self._tree.node(node_id)
        if not 0 < n_tokens < node.n_tokens:
            has = f"{node.n_tokens} tokens" if node.n_tokens else "no tokens yet"
            raise UsageError(
                f"Node {node_id} cannot be split at token {n_tokens}: it has {has}.",
                "Split it somewhere inside.",
            )
        return self._split(node_id, sum(node.piece_sizes[:n_tokens]), n_tokens)

    def merge(self, node_id: str) -> str:
        """Make one node of a node and its parent; returns its id. Other children stay as well."""
        parent_id = self._tree.node(node_id).parent_id
        if parent_id is None:
            raise UsageError(
                f"Node {node_id} is a beginning: there is nothing above to merge it with.",
                "Name a node further on.",
            )
        return self._merge(node_id, [parent_id, node_id])

    def merge_chain(self, node_id: str) -> str:
        """Make one node of all that follow one another without a fork here; returns its id."""
        chain = self._chain(node_id)
        if len(chain) == 1:
            raise UsageError(
                f"Node {node_id} stands alone: both before and after it the text forks or ends.",
                "Merge it with its parent instead.",
            )
        return self._merge(node_id, chain)

    def take_apart(self, node_id: str) -> str:
        """Put the nodes back that one was merged from; returns the id of the last of them."""
        node = self._tree.node(node_id)
        parts = [source.node_id for source in node.sources]
        if not self._can_come_back(node.parent_id, parts):
            raise UsageError(
                f"Node {node_id} is not merged from nodes that could be put back.",
                "Split it where you want it parted.",
            )
        self._check_still(node_id)
        self._doer.do("unmerge", node_id, taken_apart(self._tree, node_id, time.time()))
        return parts[-1]

    def duplicate(self, node_id: str) -> str:
        """Copy a node with all that is to be seen below it, right beside it; returns the new id."""
        self.check_visible(node_id)
        if any(self._tree.node(one).state == "growing" for one in self._tree.subtree_ids(node_id)):
            raise _still_growing()
        copy_id, changes = copied(self._tree, node_id, time.time(), new_id)
        self._doer.do("duplicate", node_id, changes)
        return copy_id

    def _move(self, node_id: str, parent_id: str | None, after_id: str | None) -> None:
        if self._stands_so(node_id, parent_id, after_id):
            raise UsageError(f"Node {node_id} stands there already.", "Name another place.")
        self._doer.do("move", node_id, [NodeMoved(time.time(), node_id, parent_id, after_id)])

    def _stands_so(self, node_id: str, parent_id: str | None, after_id: str | None) -> bool:
        if self._tree.node(node_id).parent_id != parent_id:
            return False
        family = self._tree.every_child(parent_id)
        at = family.index(node_id)
        return after_id == (family[at - 1] if at else None)

    def _check_beside(self, node_id: str, sibling_id: str) -> None:
        if node_id == sibling_id:
            raise UsageError(f"Node {node_id} cannot stand beside itself.", "Name another node.")

    def _check_free_to_move(self, node_id: str, parent_id: str | None) -> None:
        if parent_id is not None and node_id in (n.id for n in self._tree.path(parent_id)):
            raise UsageError(
                f"Node {node_id} cannot hang from itself or from what follows it.",
                "Name a parent that is not in its own subtree.",
            )

    def _split(self, node_id: str, cut: int, n_tokens: int | None) -> str:
        node = self._tree.node(node_id)
        if not 0 < cut < len(node.text):
            raise UsageError(
                f"Node {node_id} cannot be split there: its text has {len(node.text)} bytes.",
                "Split it somewhere inside.",
            )
        self._check_still(node_id)
        head_id, changes = split_at(self._tree, node_id, cut, n_tokens, time.time(), new_id)
        self._doer.do("split", node_id, changes)
        return head_id

    def _merge(self, node_id: str, chain: Sequence[str]) -> str:
        nodes = [self._tree.node(one) for one in chain]
        if len({(node.role, node.special) for node in nodes}) > 1:
            raise LoomError(
                "These texts are not of one voice: they belong to different turns,"
                " or special tokens are meant in one and not in the other.",
                "Merge texts of one turn.",
            )
        for one in chain:
            self._check_still(one)
        merged_id, changes = merged(self._tree, chain, time.time(), new_id)
        self._doer.do("merge", node_id, changes)
        return merged_id

    def _chain(self, node_id: str) -> list[str]:
        tree = self._tree
        chain = [tree.node(node_id)]
        while (above := chain[0].parent_id) is not None and tree.n_children(above) == 1:
            if tree.node(above).role != chain[0].role:
                break
            chain.insert(0, tree.node(above))
        while len(children := tree.child_ids(chain[-1].id)) == 1:
            if tree.node(children[0]).role != chain[-1].role:
                break
            chain.append(tree.node(children[0]))
        return [node.id for node in chain]

    def _can_come_back(self, parent_id: str | None, parts: Sequence[str]) -> bool:
        tree = self._tree
        if len(parts) < 2 or not all(part in tree for part in parts):
            return False
        nodes = [tree.node(part) for part in parts]
        in_a_row = all(below.parent_id == above.id for above, below in pairwise(nodes))
        return in_a_row and nodes[0].parent_id == parent_id and any(n.hidden for n in nodes)

    def _check_still(self, node_id: str) -> None:
        self.check_visible(node_id)
        if self._tree.node(node_id).state == "growing" or self._waiting_at(node_id):
            raise _still_growing()


def _still_growing() -> LoomError:
    return LoomError("Something still grows here.", "Wait for it, or stop it.")
