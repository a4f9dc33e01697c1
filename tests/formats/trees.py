"""Trees to export: a small one with everything in it, hostile ones, deep and large ones."""

from __future__ import annotations

import numpy as np

from loom.formats.choice import Choice, excerpt, joins_within
from loom.formats.material import Material, Wording
from loom.records import (
    Evidence,
    Join,
    LexicalEvidence,
    ModelInfo,
    Provenance,
    Sampling,
    Span,
    TokenColumns,
    TokenStats,
)
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    Finish,
    GrowthAccepted,
    GrowthRequested,
    Mode,
    NodeAdded,
    SessionStarted,
    TokensAppended,
)
from loom.tree.graph import Tree
from loom.tree.node import HUMAN

MODEL = ModelInfo(
    name="story-base",
    path="/home/alice/models/story-base.gguf",
    fingerprint="12-ab",
    architecture="llama",
    quantisation="Q8_0",
    n_parameters=2_900_000,
    n_vocab=4096,
    n_ctx_train=512,
    n_ctx=512,
    n_cells=2048,
    device="CPU",
    build="llama-cpp-python 0.3.36",
    n_threads=2,
    n_batch=512,
    gpu_layers=0,
    chat_template=None,
    sha256="ab" * 32,
)

HOSTILE = (
    "</script><script>window.hurt=1</script><img src=x onerror=window.hurt=2>",
    "]]></style></title></textarea><svg onload=window.hurt=3>",
    "\" onmouseover=window.hurt=4 x='",
    "&lt;script&gt; {{ 7 * 7 }} {% raw %} ${x} #{y}",
    r"\input{/etc/passwd} \immediate\write18{ls} \end{document} $$ % & # _ ^ ~ {",
    "```\n# head\n<details open ontoggle=window.hurt=5>\n~~~\n---\n[a](javascript:b) ![x](y)",
    "right \u202eto\u202c left \u2066isolate\u2069 nul \x00 esc \x1b[2J\x1b]8;;x\x07 bell\x07",
    "𝕬𝖇𝖈 👩‍👩‍👧‍👦 שלום مرحبا 漢字 e\u0301 \ufeff ﷽ �",
    "=cmd|'/c calc'!A0\n\n\n-- two -- dashes --- ``quotes'' ,,low'' <<angles>> ?` !`",
    "".join(map(chr, range(0x20, 0x7F))),
    "javascript:window.hurt=6 data:text/html,<script>window.hurt=7</script>",
)


class Grown:
    """A tree with what is known of its tokens; each method adds to it."""

    def __init__(self, title: str = "a wedding toast", mode: Mode = "plain") -> None:
        self.tree = Tree()
        self.tree.apply(SessionStarted(0.0, title, mode, MODEL.path, "0.1.0"))
        self.tokens: dict[str, TokenColumns] = {}
        self._n_requests = 0

    def write(self, node_id: str, parent_id: str | None, text: bytes, role: str = "text") -> None:
        self.tree.apply(NodeAdded(1.0, node_id, parent_id, role, HUMAN, text))  # type: ignore[arg-type]

    def grow(self, parent_id: str, branches: dict[str, bytes], finish: Finish = "length") -> None:
        request_id = f"q{self._n_requests}"
        self._n_requests += 1
        at = 10.0 * self._n_requests
        n = len(branches)
        self.tree.apply(GrowthRequested(at, request_id, parent_id, n, 48, Sampling(), seed=7))
        made = Provenance(MODEL, Sampling(), 7, n, 48, 3, "0123456789abcdef" * 4, "fast")
        self.tree.apply(GrowthAccepted(at, request_id, made))
        for index, (node_id, text) in enumerate(branches.items()):
            role = "assistant" if self.tree.mode == "chat" else "text"
            opened = BranchOpened(at, node_id, parent_id, request_id, index, role, "story-base")  # type: ignore[arg-type]
            self.tree.apply(opened)
            self.tokens[node_id] = columns = tokens_of(text)
            self.tree.apply(TokensAppended(at, node_id, 0, columns))
            self.tree.apply(BranchClosed(at + 3, node_id, finish))

    def material(
        self, choice: Choice | None = None, joins: tuple[Join, ...] = (), **wording: object
    ) -> Material:
        part = excerpt(self.tree, choice, joins)
        return Material(
            excerpt=part,
            joins=joins_within(joins, part),
            tokens_of=self.tokens.get,
            piece_of=lambda _, token: f" w{token}".encode(),
            wording=Wording(**wording),  # type: ignore[arg-type]
        )


def tokens_of(text: bytes) -> TokenColumns:
    """A token for each word, each less likely than the one before."""
    words = text.split(b" ")
    pieces = tuple(word if i == 0 else b" " + word for i, word in enumerate(words))
    n = len(pieces)
    law = -np.linspace(0.05, 6.0, n, dtype=np.float32)
    column = np.ones(n, np.float32)
    stats = TokenStats(
        logprob=law,
        top_ids=np.tile(np.arange(3, dtype=np.int32), (n, 1)),
        top_logprobs=np.tile(np.log(np.array([0.5, 0.25, 0.125], np.float32)), (n, 1)),
        residual_mass=column,
        entropy_bits=column,
        collision=column,
        varentropy_bits2=column,
        p_max=column,
    )
    ids = np.arange(n, dtype=np.int32)
    return TokenColumns(ids, pieces, np.linspace(0.1, 2.0, n, dtype=np.float32), stats)


def join_on(grown: Grown, words: bytes, *nodes: str) -> Join:
    """A join of nodes on words that stand in each."""
    spans = []
    for node_id in nodes:
        at = grown.tree.node(node_id).text.index(words)
        spans.append(Span(node_id, 0, 1, at, at + len(words)))
    n = len(nodes)
    lexical = LexicalEvidence(words.decode(), 6, n, 4, 1e-7, common=False)
    return Join(
        id=f"join-{words.decode()}",
        verdict="not_judged",
        kind="shared_words",
        nodes=nodes,
        spans=tuple(spans),
        weight=n / 4,
        sentence=f"≈ {n} of 4 branches say “{words.decode()}”.",
        evidence=Evidence(lexical=lexical),
    )


def toast() -> tuple[Grown, tuple[Join, ...]]:
    """Four toasts, two of which meet, one of which was stopped, one of which goes on."""
    grown = Grown()
    grown.write("r", None, b"Friends, raise your glasses.")
    grown.grow(
        "r",
        {
            "a": b" Marco laughed, and so did the bride. It was the old joke.",
            "b": b" Marco laughed, then wept. It was the old joke, told the same way.",
            "c": b" Nobody moved.\n\nThen *someone* did, for 100 % of $5 & <b>more</b>.",
            "d": " The café closed — “early”.".encode(),
        },
    )
    grown.grow("c", {"c1": b" She left.", "c2": b" He stayed."}, "eos")
    grown.write("e", "d", b" And that was all.")
    return grown, (join_on(grown, b" It was the old joke", "a", "b"),)


def hostile() -> Grown:
    """A tree of nothing but hostile texts, in its title and in both kinds of nodes."""
    grown = Grown(title=HOSTILE[0])
    grown.write("r", None, HOSTILE[1].encode())
    grown.grow("r", {f"n{i}": text.encode() for i, text in enumerate(HOSTILE)})
    for i, text in enumerate(HOSTILE):
        grown.write(f"w{i}", f"n{i}", text.encode())
    grown.write("bytes", "r", b"no UTF-8: \xff\xfe\xc3 \xed\xa0\x80")
    return grown


def chain(n: int, width: int = 1) -> Grown:
    """A tree n nodes deep, each with `width - 1` siblings."""
    grown = Grown()
    grown.write("n0", None, b"Once")
    for i in range(1, n):
        for k in range(width):
            node_id = f"n{i}" if k == 0 else f"n{i}.{k}"
            grown.write(node_id, f"n{i - 1}", f" step {i} way {k}".encode())
    return grown


def large(n: int) -> Grown:
    """A tree of n written nodes, ten children each."""
    grown = Grown()
    grown.write("n0", None, b"Once upon a time")
    for i in range(1, n):
        grown.write(f"n{i}", f"n{(i - 1) // 10}", b" there was a clockmaker called %d." % i)
    return grown
