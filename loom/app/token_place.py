"""Where a person looks among the tokens of a path, and the words that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.cells import cell_len

from loom.app.display import fit
from loom.session.seen_as_text import shown
from loom.session.token_laws import Choice, Law, NodeLaws
from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Token `index` of node `number` on the path; one past a node's last is what comes next."""

    number: int
    index: int


class Known(Protocol):
    """What is known of the tokens of a tree."""

    def of(self, node_id: str) -> NodeLaws | None:
        """The laws at a node's own tokens."""

    def after(self, node_id: str) -> Law | None:
        """The law of what comes after a node."""


def n_tokens(node: Node, known: Known) -> int:
    """How many tokens a node has; a text that no model has read counts as one."""
    laws = known.of(node.id)
    if laws is not None:
        return len(laws)
    return node.n_tokens or (1 if node.text else 0)


def moved(path: Sequence[Node], known: Known, place: TokenPlace, by: int) -> TokenPlace:
    """The token before or after, across the borders of nodes; at the very end, what comes next."""
    number, index = place.number, place.index + by
    last = len(path) - 1
    while index < 0 and number > 0:
        number -= 1
        index += n_tokens(path[number], known)
    while number < last and index >= n_tokens(path[number], known):
        index -= n_tokens(path[number], known)
        number += 1
    end = n_tokens(path[number], known)
    return TokenPlace(number, min(max(0, index), end))


def law_at(path: Sequence[Node], known: Known, place: TokenPlace) -> Law | None:
    """The law at a place, None while it is not known."""
    node = path[place.number]
    laws = known.of(node.id)
    if place.index >= n_tokens(node, known):
        return known.after(node.id)
    return None if laws is None else laws.law(place.index)


def law_beside(
    node: Node, laws: NodeLaws | None, others: NodeLaws | None, index: int
) -> Law | None:
    """Another model's law where a token begins; None where it reads no token's beginning there."""
    if laws is None or others is None:
        return None
    start = byte_range(node, laws, index)[0]
    starts = [byte_range(node, others, at)[0] for at in range(len(others))]
    return others.law(starts.index(start)) if start in starts else None


def byte_range(node: Node, laws: NodeLaws, index: int) -> tuple[int, int]:
    """Which bytes of the node's text a token stands for."""
    offsets = laws.offsets()
    # What a model reads may begin with a space that the text does not have.
    before = int(offsets[-1]) - len(node.text)
    start, end = (max(0, int(offsets[at]) - max(0, before)) for at in (index, index + 1))
    return start, end


def spelled(choice: Choice) -> str:
    """A token as a person reads it: its leading space as an open box, so that it is seen."""
    if choice.piece is None:
        return f"#{choice.token_id}"
    if choice.special:
        return shown(choice.piece) or "end"
    if not choice.piece:
        return "end of text"
    text = shown(choice.piece)
    return text.replace(" ", "␣") if not text.strip() else text


def percent(probability: float) -> str:
    """A probability with as many digits as say something."""
    value = 100 * probability
    if value >= 99.95 and probability < 1:
        return "> 99.9 %"
    if value >= 9.95:
        return f"{value:.0f} %"
    if value >= 0.095:
        return f"{value:.1f} %"
    return "< 0.1 %" if value > 0 else "0 %"


def headline(law: Law) -> str:
    """For example “laughed” 31 % · about 26 live choices."""
    live = "1 live choice" if law.n_live < 1.5 else f"about {law.n_live:,.0f} live choices"
    if law.taken is None:
        return f"what comes next · {live}"
    word = fit(spelled(law.taken).strip() or spelled(law.taken), 24)
    return f"“{word}” {percent(law.taken.probability)} · {live}"


def particulars(law: Law) -> str:
    """Surprisal and entropy, and whose law it is."""
    entropy = f"entropy {law.entropy_bits:.1f} bits"
    if law.surprisal_bits is None:
        return f"{entropy} · {law.model}"
    return f"surprisal {law.surprisal_bits:.1f} bits · {entropy} · {law.model}"


def remainder(law: Law, n_shown: int) -> str:
    """What is not on the screen: 46 more hold 25 %, unseen 11 %."""
    parts = []
    hidden = law.choices[n_shown:]
    if hidden:
        mass = sum(choice.probability for choice in hidden)
        parts.append(f"{len(hidden)} more hold {percent(mass)}")
    if law.unseen >= 0.0005:
        parts.append(f"unseen {percent(law.unseen)}")
    return ", ".join(parts)


_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int) -> str:
    """A bar of `share` of `width` cells, to an eighth of a cell; never longer."""
    n = max(0, min(8 * width, round(share * 8 * width)))
    if share > 0 and n == 0 and width > 0:
        n = 1
    return "█" * (n // 8) + (_EIGHTHS[n % 8] if n % 8 else "")


def strip(pieces: Sequence[str], at: int, width: int) -> tuple[int, int]:
    """Which neighbours of piece `at` have room in a line around it, as a half-open range."""
    start, end = at, min(at + 1, len(pieces))
    room = width - sum(cell_len(piece) for piece in pieces[start:end])
    while True:
        grown = False
        for way in ("left", "right"):
            near = start - 1 if way == "left" else end
            if 0 <= near < len(pieces) and cell_len(pieces[near]) <= room:
                room -= cell_len(pieces[near])
                start, end = (near, end) if way == "left" else (start, near + 1)
                grown = True
        if not grown:
            return start, end
