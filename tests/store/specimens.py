"""Events to put into session files, and what to compare when they come out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from loom.records import (
    FloorFound,
    Judged,
    JudgedRound,
    JudgeSettings,
    ModelInfo,
    Place,
    PredictiveEvidence,
    Provenance,
    Sampling,
    SemanticEvidence,
    TellingWord,
    TokenColumns,
    TokenStats,
)
from loom.store import create, open_for_reading
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    Finish,
    GrowthAccepted,
    GrowthRequested,
    ModelChosen,
    NodeAdded,
    NodeSelected,
    NodeTokenised,
    SecondModelChosen,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.node import HUMAN, Node

STARTED = SessionStarted(at=1.5, title="t", mode="plain", model="m", loom_version="0.1.0")
INTERRUPTED = "loom ended while this branch was growing"

MODEL = ModelInfo(
    name="tiny",
    path="/models/tiny.gguf",
    fingerprint="12-ab",
    architecture="llama",
    quantisation="Q8_0",
    n_parameters=2_000_000,
    n_vocab=4096,
    n_ctx_train=512,
    n_ctx=512,
    n_cells=2048,
    device="CPU",
    build="b1",
    n_threads=2,
    n_batch=512,
    gpu_layers=0,
    chat_template=None,
)


def provenance(seed: int = 1) -> Provenance:
    return Provenance(
        model=MODEL,
        sampling=Sampling(top_k=40, min_p=None),
        seed=seed,
        n_branches=2,
        max_tokens=8,
        n_prompt_tokens=3,
        prompt_sha256="0" * 64,
        mode="fast",
    )


def statistics(n: int, n_top: int, seed: int) -> TokenStats:
    dice = np.random.default_rng(seed)
    one = [dice.standard_normal(n).astype(np.float32) for _ in range(6)]
    return TokenStats(
        logprob=one[0],
        top_ids=dice.integers(0, 50_000, (n, n_top), dtype=np.int32),
        top_logprobs=dice.standard_normal((n, n_top)).astype(np.float32),
        residual_mass=one[1],
        entropy_bits=one[2],
        collision=one[3],
        varentropy_bits2=one[4],
        p_max=one[5],
    )


def columns(pieces: Sequence[bytes], *, n_top: int | None = None, seed: int = 0) -> TokenColumns:
    """Tokens that stand for these bytes, with statistics if `n_top` says how many."""
    n = len(pieces)
    dice = np.random.default_rng(seed)
    return TokenColumns(
        ids=dice.integers(0, 50_000, n, dtype=np.int32),
        pieces=tuple(pieces),
        elapsed_s=dice.random(n, dtype=np.float32),
        stats=None if n_top is None else statistics(n, n_top, seed),
    )


def written(node_id: str, text: bytes = b"Once", parent_id: str | None = None) -> NodeAdded:
    return NodeAdded(2.0, node_id, parent_id, "text", HUMAN, text)


def requested(request_id: str, parent_id: str, n_branches: int = 1) -> GrowthRequested:
    return GrowthRequested(3.0, request_id, parent_id, n_branches, 64, Sampling(), seed=2**63)


def opened(node_id: str, parent_id: str, request_id: str = "r", index: int = 0) -> BranchOpened:
    return BranchOpened(4.0, node_id, parent_id, request_id, index, "text", "tiny")


def appended(node_id: str, start: int, *pieces: bytes, seed: int = 0) -> TokensAppended:
    return TokensAppended(5.0, node_id, start, columns(pieces, n_top=3, seed=seed))


def new_session(path: Path) -> Path:
    create(path, STARTED)
    return path


def fold(events: Iterable[TreeEvent]) -> Tree:
    tree = Tree()
    for event in events:
        tree.apply(event)
    return tree


def read_tree(path: Path) -> Tree:
    with open_for_reading(path) as reader:
        return fold(reader.load_events())


def ended(events: Sequence[TreeEvent]) -> Tree:
    """The tree that a writer leaves if it ends, without warning, after these events."""
    tree = fold(events)
    for node_id in tree.growing_ids:
        tree.apply(BranchClosed(9.0, node_id, "error", INTERRUPTED))
    return tree


@dataclass(frozen=True)
class Likeness:
    """All of a tree that a person can see."""

    nodes: list[Node]
    children: list[tuple[str, ...]]
    roots: tuple[str, ...]
    growing: tuple[str, ...]
    selected: str | None
    requests: dict[str, GrowthRequested]
    provenance: dict[str, Provenance]
    about: tuple[str, str, str]


def likeness(tree: Tree) -> Likeness:
    return Likeness(
        nodes=list(tree),
        children=[tree.child_ids(node.id) for node in tree],
        roots=tree.root_ids,
        growing=tree.growing_ids,
        selected=tree.selected_id,
        requests=tree.requests,
        provenance=tree.provenance,
        about=(tree.title, tree.mode, tree.model),
    )


def same_tokens(one: TokenColumns, other: TokenColumns) -> bool:
    """Bit for bit."""
    pairs = [(one.ids, other.ids), (one.elapsed_s, other.elapsed_s)]
    if one.stats is not None and other.stats is not None:
        pairs += [(getattr(one.stats, f.name), getattr(other.stats, f.name)) for f in _STATS]
    return (
        one.pieces == other.pieces
        and (one.stats is None) == (other.stats is None)
        and all(a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs)
    )


_STATS = fields(TokenStats)
_TEXTS = st.one_of(
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=6),
    st.sampled_from([b"\x00", b"\x1b[31mred\x1b[0m", b"[bold]", b"\xff\xfe", "é🙂".encode()]),
)
_WORDS = st.one_of(st.text(max_size=8), st.sampled_from(["\x00", "\udcff.gguf", "\x1b[2J"]))
_FINISHES: list[Finish] = ["eos", "stop", "length", "until", "context", "cancelled", "error"]


@st.composite
def pieces(draw: st.DrawFn) -> list[bytes]:
    """A text cut anywhere, also inside characters, with some tokens that stand for nothing."""
    text = draw(_TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    edges = [0, *cuts, len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


@st.composite
def histories(draw: st.DrawFn) -> list[TreeEvent]:
    """Events that a session could have had, branches of several requests interleaved."""
    past = _Past([STARTED, written("n0", draw(_TEXTS))])
    for _ in range(draw(st.integers(0, 30))):
        draw(st.sampled_from(_STEPS))(draw, past)
    return past.events


class _Past:
    def __init__(self, events: list[TreeEvent]) -> None:
        self.events = events
        self.nodes = ["n0"]
        self.written = ["n0"]
        self.growing: dict[str, int] = {}
        self.n_requests = 0

    def new_node(self) -> str:
        self.nodes.append(f"n{len(self.nodes)}")
        return self.nodes[-1]


def _write(draw: st.DrawFn, past: _Past) -> None:
    parent_id = draw(st.sampled_from([None, *past.nodes]))
    node_id = past.new_node()
    past.written.append(node_id)
    past.events.append(NodeAdded(2.0, node_id, parent_id, "user", draw(_WORDS), draw(_TEXTS)))


def _read(draw: st.DrawFn, past: _Past) -> None:
    read = draw(pieces())
    ids = tuple(range(len(read)))
    node_id = draw(st.sampled_from(past.written))
    past.events.append(NodeTokenised(2.5, node_id, ids, tuple(read), draw(_WORDS)))


def _request(draw: st.DrawFn, past: _Past) -> None:
    request_id = f"r{past.n_requests}"
    past.n_requests += 1
    parent_id = draw(st.sampled_from(past.nodes))
    n = draw(st.integers(1, 4))
    past.events.append(requested(request_id, parent_id, n))
    past.events.append(GrowthAccepted(3.5, request_id, provenance(past.n_requests)))
    for index in range(n):
        node_id = past.new_node()
        past.growing[node_id] = 0
        past.events.append(opened(node_id, parent_id, request_id, index))


def _grow(draw: st.DrawFn, past: _Past) -> None:
    for node_id in past.growing:
        tokens = columns(draw(pieces()), n_top=2, seed=len(past.events))
        past.events.append(TokensAppended(5.0, node_id, past.growing[node_id], tokens))
        past.growing[node_id] += len(tokens)


def _close(draw: st.DrawFn, past: _Past) -> None:
    if past.growing:
        node_id = draw(st.sampled_from(sorted(past.growing)))
        del past.growing[node_id]
        past.events.append(
            BranchClosed(6.0, node_id, draw(st.sampled_from(_FINISHES)), draw(_WORDS))
        )


def _select(draw: st.DrawFn, past: _Past) -> None:
    past.events.append(NodeSelected(7.0, draw(st.sampled_from(past.nodes))))


def _choose(draw: st.DrawFn, past: _Past) -> None:
    past.events.append(ModelChosen(8.0, draw(_WORDS), draw(st.sampled_from(["plain", "chat"]))))
    past.events.append(SecondModelChosen(8.5, draw(st.none() | _WORDS)))


_STEPS = [_write, _read, _request, _grow, _grow, _grow, _close, _select, _choose]


def judged_round() -> JudgedRound:
    """One comparison with everything about it, one without its gist."""
    evidence = PredictiveEvidence(
        nodes=("n", "m"),
        model="f",
        verdict="undecided",
        n_futures=32,
        horizon=16,
        best_guess=0.6,
        best_guess_low=0.54,
        best_guess_high=0.66,
        same_place_twice=0.52,
        floor_source="another document in front",
        excess=0.17,
        excess_low=0.02,
        excess_high=0.3,
        both_end=True,
        telling=(TellingWord("Marco", 0.5, 0.0), TellingWord("\ufffd", 0.0, 1.0)),
    )
    settings = JudgeSettings(seed=3)
    gist = SemanticEvidence(0.5, 0.458, 0.01, "shared words")
    places = Place("n", 7), Place("m", 9)
    judged = Judged(*places, evidence, settings, gist), Judged(*places, evidence, settings)
    floor = FloorFound(0.04, 0.02, 0.06, "another document in front")
    return JudgedRound("f", "story-base", settings, floor, judged, 4)
