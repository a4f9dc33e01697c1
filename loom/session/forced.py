"""Another way on from inside a text: what stands before a token, and then another token."""

from __future__ import annotations

from dataclasses import dataclass

from loom.errors import LoomError
from loom.session.token_laws import Choice, NodeLaws
from loom.tree.events import NodeAdded, NodeTokenised, Role
from loom.tree.node import HUMAN, Node


@dataclass(frozen=True, slots=True)
class Onward:
    """These tokens, one after another, as what comes after a node; `role` says whose they are."""

    node: Node
    choices: tuple[Choice, ...]
    fingerprint: str
    role: Role

    def taken(self, node_id: str, at: float) -> tuple[NodeAdded, NodeTokenised]:
        """The new node with its exact tokens; LoomError if one of them is no text."""
        pieces = tuple(_piece(choice) for choice in self.choices)
        added = NodeAdded(at, node_id, self.node.id, self.role, HUMAN, b"".join(pieces))
        ids = tuple(choice.token_id for choice in self.choices)
        return added, NodeTokenised(at, node_id, ids, pieces, self.fingerprint)


@dataclass(frozen=True, slots=True)
class Turnoff:
    """The first `n_kept` tokens of a node, then `choice`; `laws` tells the node's tokens.

    Where all are kept, or the tokens are not known (None), the choice follows the node.
    """

    node: Node
    n_kept: int
    choice: Choice
    fingerprint: str
    laws: NodeLaws | None = None

    @property
    def follows(self) -> bool:
        """Whether it stands below the node, and not beside it."""
        return self.laws is None or self.n_kept >= len(self.laws)

    def taken(self, node_id: str, at: float) -> tuple[NodeAdded, NodeTokenised]:
        """The new node with its exact tokens; LoomError if the choice is no text.

        A person chose the last token, so the node is theirs; the old way stays as it is.
        """
        piece = _piece(self.choice)
        ids: tuple[int, ...] = ()
        pieces: tuple[bytes, ...] = ()
        if not self.follows and self.laws is not None:
            ids = tuple(self.laws.columns.ids[: self.n_kept].tolist())
            pieces = self.laws.columns.pieces[: self.n_kept]
        parent_id = self.node.id if self.follows else self.node.parent_id
        pieces += (piece,)
        added = NodeAdded(at, node_id, parent_id, self.node.role, HUMAN, b"".join(pieces))
        ids += (self.choice.token_id,)
        return added, NodeTokenised(at, node_id, ids, pieces, self.fingerprint)


def _piece(choice: Choice) -> bytes:
    """The text of a token; LoomError if it has none."""
    if choice.piece is None:
        raise LoomError(
            "How that token is spelled can only be read from the model's own file.",
            "Put the file back where it was, or choose another token.",
        )
    if choice.special or not choice.piece:
        raise LoomError("That token ends the text or marks a turn.", "Choose another one.")
    return choice.piece
