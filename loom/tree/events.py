"""Everything that can happen to a tree; live and replayed sessions feed the same stream.

`at` is seconds since the Unix epoch. An event is a fact: it has happened and is committed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loom.records import (
    Cover,
    Ending,
    JudgedRound,
    Opening,
    Provenance,
    RunMode,
    Sampling,
    TokenColumns,
)
from loom.records.template_use import TemplateUse
from loom.tree.changes import NodeChange, OperationMark, SessionChange
from loom.tree.kinds import Finish as Finish
from loom.tree.kinds import Mode as Mode
from loom.tree.kinds import Reading as Reading
from loom.tree.kinds import Role as Role

if TYPE_CHECKING:
    from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """A session came to be; `model` is the name or path it was made for, `opening` how.

    `template` is the named template of a chat, None for the one in the model's file.
    """

    at: float
    title: str
    mode: Mode
    model: str
    loom_version: str
    opening: Opening = field(default_factory=Opening)
    template: str | None = None


@dataclass(frozen=True, slots=True)
class NodeAdded:
    """A person wrote a text; it is whole from the start.

    With `special` the names of special tokens in it are meant as those tokens.
    """

    at: float
    node_id: str
    parent_id: str | None
    role: Role
    author: str
    text: bytes
    special: bool = False


@dataclass(frozen=True, slots=True)
class TreeImported:
    """What another program kept was read into the session; its nodes come next.

    `program` names the format and `source` the file, without its folder. `keys` is a JSON object:
    what stood beside the nodes and loom has no place for. `report` are sentences: what was lost,
    and what was guessed.
    """

    at: float
    program: str
    source: str
    keys: str = "{}"
    report: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeImported:
    """A text that another program kept; whole from the start, and made `at` as far as is known.

    `origin` is a JSON object as `loom.tree.origin` describes it, empty if there is none.
    """

    at: float
    node_id: str
    parent_id: str | None
    role: Role
    author: str
    text: bytes
    finish: Finish | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class NodeTokenised:
    """A written text was read as these tokens by the model of that fingerprint."""

    at: float
    node_id: str
    token_ids: tuple[int, ...]
    pieces: tuple[bytes, ...]
    model: str


@dataclass(frozen=True, slots=True)
class GrowthRequested:
    """A person asked for `n_branches` continuations of a node.

    `template` says how a chat was arranged for it, None for plain text.
    With `cover` that is how many there may be at most; `GrowthCovered` says how many there are.
    Requests of one plan have its id in common.
    """

    at: float
    request_id: str
    parent_id: str
    n_branches: int
    max_tokens: int
    sampling: Sampling
    seed: int
    ending: Ending = field(default_factory=Ending)
    cover: Cover | None = None
    mode: RunMode = "fast"
    template: TemplateUse | None = None
    plan_id: str | None = None


@dataclass(frozen=True, slots=True)
class GrowthAccepted:
    """The engine has read the prompt and says how it will run the request."""

    at: float
    request_id: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class GrowthCovered:
    """A growth that covers the next tokens begins with so many of them, which hold `mass`."""

    at: float
    request_id: str
    n_branches: int
    mass: float


@dataclass(frozen=True, slots=True)
class BranchOpened:
    """A continuation has its first token: branch `index` of its request, counted from 0.

    One that is stopped while it waits leaves nothing behind but the number that was asked for.
    """

    at: float
    node_id: str
    parent_id: str
    request_id: str
    index: int
    role: Role
    author: str


@dataclass(frozen=True, slots=True)
class TokensAppended:
    """A growing branch became longer; `start` is how many tokens it had before."""

    at: float
    node_id: str
    start: int
    tokens: TokenColumns


@dataclass(frozen=True, slots=True)
class BranchClosed:
    """A branch stopped growing and what is there is kept; `message` says why if it failed.

    `queue_s` is how long it waited before it could begin.
    """

    at: float
    node_id: str
    finish: Finish
    message: str = ""
    queue_s: float = 0.0


@dataclass(frozen=True, slots=True)
class BranchesGrown:
    """Branches from their openings to their closings, in the order in which they began.

    It stands for those events where a session is read from its file, and happens at no other time.
    """

    at: float
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NodeSelected:
    """The person stands at a node."""

    at: float
    node_id: str


@dataclass(frozen=True, slots=True)
class ModelChosen:
    """From now on the session grows with another model."""

    at: float
    model: str
    mode: Mode
    template: str | None = None


@dataclass(frozen=True, slots=True)
class ModeChosen:
    """From now on the session grows as plain text, or as a chat with that template."""

    at: float
    mode: Mode
    template: str | None = None


@dataclass(frozen=True, slots=True)
class SecondModelChosen:
    """From now on that model stands beside the session's own; None if none does any more."""

    at: float
    model: str | None


@dataclass(frozen=True, slots=True)
class ModelHashed:
    """The whole file of the model with that fingerprint was read: its SHA-256 in hexadecimal.

    Of a model in several files it is the hash of all of them, one after another.
    """

    at: float
    fingerprint: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FuturesJudged:
    """Places were compared by what follows them; the tree stays as it is."""

    at: float
    round: JudgedRound


TreeEvent = (
    SessionStarted
    | NodeAdded
    | TreeImported
    | NodeImported
    | NodeTokenised
    | GrowthRequested
    | GrowthAccepted
    | GrowthCovered
    | BranchOpened
    | TokensAppended
    | BranchClosed
    | BranchesGrown
    | NodeSelected
    | ModelChosen
    | ModeChosen
    | SecondModelChosen
    | ModelHashed
    | NodeChange
    | SessionChange
    | OperationMark
    | FuturesJudged
)
