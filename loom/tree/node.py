"""A node: one stretch of text by one author."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loom.tree.changes import Slice
from loom.tree.kinds import Finish, Role

State = Literal["growing", "partial", "done"]

HUMAN = "human"
"""The author of what a person wrote; every other author is a model's name."""


@dataclass(frozen=True, slots=True)
class Node:
    """One stretch of text, verbatim as bytes, with the tokens a model gave or read it as.

    `token_ids` is None while no model has read a written text; `piece_sizes` are the bytes each
    token stands for (the end-of-text token stands for none) and `token_model` is the fingerprint
    of the model whose tokens they are. `request_id` and `index` say which of how many
    continuations a generated node is, `queue_s` how long it waited before it could begin. With
    `special` the person who wrote it meant the names of special tokens in it as those tokens.

    `sources` are the parts of other nodes that one was put together from; it is `retokenised` if
    their tokens could not be kept. One that is `displaced` was moved to where another text comes
    before it: its statistics, and those of all that hangs from it, tell of the place it grew in.
    `origin` is what another program said of a node that came from there (`loom.tree.origin`).
    """

    id: str
    parent_id: str | None
    role: Role
    author: str
    created_at: float
    text: bytes = b""
    token_ids: tuple[int, ...] | None = None
    piece_sizes: tuple[int, ...] = ()
    token_model: str = ""
    state: State = "done"
    finish: Finish | None = None
    message: str = ""
    request_id: str | None = None
    index: int | None = None
    hidden: bool = False
    special: bool = False
    queue_s: float = 0.0
    sources: tuple[Slice, ...] = ()
    retokenised: bool = False
    displaced: bool = False
    origin: str = ""

    @property
    def n_tokens(self) -> int:
        """How many tokens the text has; 0 while no model has read it."""
        return len(self.token_ids or ())

    @property
    def written(self) -> bool:
        """Whether a person wrote it."""
        return self.author == HUMAN

    @property
    def read_as_text(self) -> bool:
        """Whether its tokens are those of its text: a person's, imported, or to be read anew."""
        kept = bool(self.sources) and not self.retokenised
        return self.request_id is None and (self.written or not kept)

    def display_text(self) -> str:
        """The text as characters; bytes that are no UTF-8 become U+FFFD."""
        return self.text.decode("utf-8", "replace")
