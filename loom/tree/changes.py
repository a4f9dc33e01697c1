"""What can be done to a tree that is there; each of these is undone by another of them.

`at` is seconds since the Unix epoch. No text is ever changed: a new text is a new node, made from
slices of others that stay, and what is no longer wanted is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

from loom.records import Place
from loom.tree.kinds import Finish, Role, TagColour, TagScope, Verb


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a node, half-open, in bytes of its text and in its tokens.

    The two agree where the cuts are between tokens; else the tokens are those cut through as well.
    """

    node_id: str
    start_byte: int
    end_byte: int
    start_token: int
    end_token: int


@dataclass(frozen=True, slots=True)
class NodeDerived:
    """A node was put together from parts of others, verbatim.

    `token_ids` are the tokens of those parts, with the bytes each stands for, where all of them
    are whole and of the one model with the fingerprint `token_model`. If it is `retokenised` a
    token was cut, or models differ: there are none until a model reads the text anew.
    """

    at: float
    node_id: str
    parent_id: str | None
    role: Role
    author: str
    sources: tuple[Slice, ...]
    text: bytes
    token_ids: tuple[int, ...] | None
    piece_sizes: tuple[int, ...]
    token_model: str
    finish: Finish | None
    special: bool = False
    retokenised: bool = False


@dataclass(frozen=True, slots=True)
class NodeHidden:
    """A node is out of sight, and with it all that hangs from it."""

    at: float
    node_id: str


@dataclass(frozen=True, slots=True)
class NodeShown:
    """A hidden node is to be seen again."""

    at: float
    node_id: str


@dataclass(frozen=True, slots=True)
class NodeMoved:
    """A node, with its subtree, now stands under this parent after this sibling (None: first)."""

    at: float
    node_id: str
    parent_id: str | None
    after_id: str | None


@dataclass(frozen=True, slots=True)
class GrowthHidden:
    """All branches of a request are out of sight, also those that come later."""

    at: float
    request_id: str


@dataclass(frozen=True, slots=True)
class GrowthShown:
    """The branches of a request are to be seen again."""

    at: float
    request_id: str


@dataclass(frozen=True, slots=True)
class NodeBookmarked:
    """A person wants to find this node again."""

    at: float
    node_id: str


@dataclass(frozen=True, slots=True)
class BookmarkRemoved:
    """A bookmark was taken away."""

    at: float
    node_id: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that a node carries, once each."""

    name: str
    colour: TagColour = "grey"
    scope: TagScope = "node"


@dataclass(frozen=True, slots=True)
class NodeTagged:
    """A node carries a tag, in place of one of the same name."""

    at: float
    node_id: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class TagRemoved:
    """A node no longer carries the tag of that name."""

    at: float
    node_id: str
    name: str


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """A person's words about a node, in place of earlier ones; none if empty."""

    at: float
    node_id: str
    text: str


@dataclass(frozen=True, slots=True)
class NodeTitled:
    """A node has a name of its own; none if empty."""

    at: float
    node_id: str
    title: str


@dataclass(frozen=True, slots=True)
class ChapterBegun:
    """A chapter of that name begins at a node; none if empty."""

    at: float
    node_id: str
    title: str


@dataclass(frozen=True, slots=True)
class SessionTitled:
    """The session is called otherwise."""

    at: float
    title: str


@dataclass(frozen=True, slots=True)
class JoinDenied:
    """A person says that these places do not meet, whatever a model says; it is told at a node."""

    at: float
    node_id: str
    places: frozenset[Place]


@dataclass(frozen=True, slots=True)
class JoinAllowed:
    """A person no longer says so."""

    at: float
    node_id: str
    places: frozenset[Place]


NodeChange = (
    NodeDerived
    | NodeHidden
    | NodeShown
    | NodeMoved
    | NodeBookmarked
    | BookmarkRemoved
    | NodeTagged
    | TagRemoved
    | NoteWritten
    | NodeTitled
    | ChapterBegun
    | JoinDenied
    | JoinAllowed
)
SessionChange = GrowthHidden | GrowthShown | SessionTitled


@dataclass(frozen=True, slots=True)
class OperationBegan:
    """The next `n_changes` changes are one thing that a person did, to the node named or to all."""

    at: float
    operation_id: str
    verb: Verb
    node_id: str | None
    n_changes: int
    author: str


@dataclass(frozen=True, slots=True)
class OperationUndone:
    """The next `n_changes` changes take an operation back."""

    at: float
    operation_id: str
    n_changes: int


@dataclass(frozen=True, slots=True)
class OperationRedone:
    """The next `n_changes` changes do an operation again that was taken back."""

    at: float
    operation_id: str
    n_changes: int


OperationMark = OperationBegan | OperationUndone | OperationRedone
