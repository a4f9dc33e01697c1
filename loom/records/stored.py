"""A session file's rows as they stand: what is kept byte for byte when a session is copied."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredContent:
    """Text with the packed columns of its tokens, as the table `content` describes them.

    `n_top` and `packed` are the statistics of the tokens, as `token_statistics` describes them.
    """

    text: bytes
    token_ids: bytes | None = None
    piece_sizes: bytes | None = None
    elapsed_s: bytes | None = None
    n_top: int | None = None
    packed: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of the journal; `payload` is the text of a JSON object."""

    at: float
    kind: str
    node_id: str | None
    payload: str
    content: StoredContent | None = None


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """Tokens of a branch that nobody has closed; `start` is how many it had before."""

    node_id: str
    start: int
    at: float
    content: StoredContent


@dataclass(frozen=True, slots=True)
class StoredPointer:
    """Where something stands, such as the person."""

    name: str
    node_id: str
    at: float
