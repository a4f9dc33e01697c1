"""A tree as one page of HTML: whole in itself, without a script, unfolding by the browser alone.

A page that holds no script and forbids any by its own policy cannot be made to run one by what a
model wrote. Folded branches cost a browser nothing until they are opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from loom.formats.material import Material
from loom.formats.writeup import heading
from loom.formats.writeup.appendix import appendix
from loom.formats.writeup.marks import Marks, marks_of
from loom.formats.writeup.passages import (
    Passage,
    Section,
    count,
    ending,
    left_out,
    more_nodes,
    sections,
)
from loom.formats.writeup.rails import Rail, rails_of
from loom.formats.writeup.stretches import Stretch, stretches
from loom.formats.writeup.token_law import TokenLaw, laws_of
from loom.tree.visible import visible

DEEPEST = 40
"""A browser gives up nesting at 512 elements; a reader long before."""

N_UNFOLDED = 150
"""So many branches are unfolded when the page opens, those nearest to the beginning first."""

MOST_TOKENS = 40_000
"""Beyond this many tokens a page with all their alternatives is too heavy to open."""

SHADES = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one look; `shade` is None where nothing is known of their token."""

    text: str
    signs: tuple[str, ...]
    begins: tuple[tuple[str, int], ...]
    shade: int | None = None
    law: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """One lane of rails beside one branch: is there a line above it, here, below it."""

    mark: int
    sign: str
    lane: int
    goes: str
    meets: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One passage, the tags that end before it, and whether a list of branches begins after it."""

    passage: Passage
    pieces: list[Piece]
    closing: Markup
    opens: bool
    unfolded: bool
    anchor: str
    below: str
    more: str
    ending: str
    tracks: tuple[Track, ...]
    n_lanes: int
    new_voice: bool


def html(material: Material) -> str:
    """The page."""
    marks = marks_of(material.joins, material.excerpt)
    parts = sections(material.excerpt, DEEPEST)
    writer = _Writer(material, marks, parts)
    template = environment().get_template("page.html")
    return template.render(
        title=visible(heading.title(material)),
        about=visible(heading.about(material)),
        left_out=heading.left_out(material),
        meetings=heading.meetings(marks),
        sections=((section, writer.rows(section)) for section in parts),
        marks=marks.all,
        appendix=appendix(material),
        with_tokens=writer.with_tokens,
        too_many_tokens=material.wording.tokens and not writer.with_tokens,
        more_at_top=more_nodes(n) if (n := material.excerpt.n_more_at_top) else "",
        is_chat=material.excerpt.tree.mode == "chat",
        shades=range(1, SHADES),
    )


def environment() -> Environment:
    """Templates of write-ups in HTML: everything in them is text until it is said to be markup."""
    made = Environment(
        loader=PackageLoader("loom.formats.writeup", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["visible"] = visible
    made.globals["end_of"] = _end_of
    return made


def _closing(n_levels: int) -> Markup:
    """The end of a branch, and of so many lists of branches that it is the last of."""
    return Markup("</li>") + Markup("</ol></details></li>") * n_levels


def _end_of(section: Section) -> Markup:
    """The end of all that is open after the last passage of a section."""
    first, last = section.passages[0].depth, section.passages[-1].depth
    if not last:
        return Markup()
    return _closing(last - 1) + (Markup("</ol>") if first else Markup("</ol></details>"))


class _Writer:
    def __init__(self, material: Material, marks: Marks, parts: Sequence[Section]) -> None:
        self._material = material
        self._marks = marks
        passages = sorted((p for s in parts for p in s.passages), key=lambda p: p.index)
        self._rails = rails_of(passages, marks)
        self._unfolded = _unfolded(passages)
        nodes = map(material.excerpt.tree.node, material.excerpt.children)
        n_tokens = sum(node.n_tokens for node in nodes if not node.written)
        self.with_tokens = material.wording.tokens and 0 < n_tokens <= MOST_TOKENS

    def rows(self, section: Section) -> Iterator[Row]:
        """The passages of a section with the lists they stand in."""
        before: Passage | None = None
        for passage, following in zip(section.passages, [*section.passages[1:], None], strict=True):
            opens = following is not None and following.depth > passage.depth
            closing = Markup()
            if before is not None and passage.begins_branch and passage.depth <= before.depth:
                closing = _closing(before.depth - passage.depth)
            before = passage
            yield self._row(section, passage, closing, opens)

    def _row(self, section: Section, passage: Passage, closing: Markup, opens: bool) -> Row:
        beside = self._rails.get(passage.parent, []) if passage.begins_branch else []
        below = count(passage.n_branches, "branch", "branches")
        return Row(
            passage=passage,
            pieces=self._pieces(passage),
            closing=closing,
            opens=opens,
            unfolded=passage.index in self._unfolded,
            anchor=f"s{section.index}-{passage.number}" if passage.begins_branch else "",
            below=below,
            more=left_out(passage),
            ending=ending(passage),
            tracks=tuple(_tracks(beside, passage.index)),
            n_lanes=1 + max((rail.lane for rail in beside), default=-1),
            new_voice=passage.nodes[0].role != "text",
        )

    def _pieces(self, passage: Passage) -> list[Piece]:
        laws = laws_of(passage, self._material) if self.with_tokens else {}
        cut = stretches(passage, self._marks, frozenset(laws))
        pieces = [_piece(stretch, laws.get(stretch.at)) for stretch in cut]
        return _trimmed(pieces)


def _piece(stretch: Stretch, law: TokenLaw | None) -> Piece:
    return Piece(
        text=visible(stretch.text),
        signs=tuple(f"j{mark.index}" for mark in stretch.marks),
        begins=tuple((mark.sign, mark.index) for mark in stretch.begins),
        shade=None if law is None else _shade(law.probability),
        law="" if law is None else _law_words(stretch.text, law),
    )


def _shade(probability: float) -> int:
    """How unlikely, from 0 to the last of the shades: one for each 1.6 bits of surprise."""
    return min(SHADES - 1, int(-log2(max(probability, 1e-9)) / 1.6))


def _law_words(text: str, law: TokenLaw) -> str:
    """Lines of a card: this token and its probability, then the likeliest ones."""
    lines = [f"{_shown(text)}  {_percent(law.probability)}"]
    lines += [f"  {_percent(p):>6}  {_shown(word)}" for word, p in law.alternatives]
    return "\n".join(lines)


def _shown(text: str) -> str:
    return visible(text).replace("\n", "¶").replace(" ", "·") or "…"


def _percent(p: float) -> str:
    return f"{100 * p:.0f} %" if p >= 0.1 else f"{100 * p:.1f} %" if p >= 0.001 else "<0.1 %"


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    """Without the white space at both ends: a page has its own way to begin a paragraph."""
    kept = list(pieces)
    while kept and not kept[0].text.strip() and not kept[0].begins:
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = _retold(kept[0], kept[0].text.lstrip())
        kept[-1] = _retold(kept[-1], kept[-1].text.rstrip())
    return kept


def _retold(piece: Piece, text: str) -> Piece:
    return Piece(text, piece.signs, piece.begins, piece.shade, piece.law)


def _unfolded(passages: Sequence[Passage]) -> set[int]:
    """Passages whose branches are in sight at first: breadth first until the page is full."""
    found: set[int] = set()
    n_shown = 0
    for passage in sorted(passages, key=lambda p: (p.depth, p.index)):
        if n_shown + passage.n_branches > N_UNFOLDED and n_shown:
            break
        if passage.parent is None or passage.parent in found or not passage.begins_branch:
            found.add(passage.index)
            n_shown += passage.n_branches
    return found


def _tracks(beside: Sequence[Rail], index: int) -> Iterator[Track]:
    for rail in beside:
        first, last = rail.branches[0], rail.branches[-1]
        if first <= index <= last:
            goes = "down" if index == first else "up" if index == last else "on"
            meets = index in rail.branches
            yield Track(rail.mark.index, rail.mark.sign, rail.lane, goes, meets)
