"""Branches as a figure shows them: what several say from their beginning on stands there once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from loom.formats.writeup.marks import Marks
from loom.formats.writeup.passages import Passage, ending
from loom.formats.writeup.stretches import Stretch, stretches
from loom.tree.visible import visible_line

FEWEST_SHARED_WORDS = 2
DEEPEST_FOLD = 24
_WORD = re.compile(r"\s*\S+")


@dataclass(slots=True)
class Entry:
    """One line of descent in a figure: `k` of the `n` branches of a fork begin with this text.

    `n_nodes` end in it; those of which only the beginning is shared are counted below it.
    """

    stretches: tuple[Stretch, ...]
    number: str = ""
    k: int = 1
    n: int = 1
    written: bool = False
    role: str = "text"
    ending: str = ""
    n_nodes: int = 0
    n_more: int = 0
    n_more_characters: int = 0
    below: list[Entry] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(stretch.text for stretch in self.stretches)


def entries(passages: Sequence[Passage], marks: Marks) -> list[Entry]:
    """The passages as entries, siblings with the same first words folded."""
    made: list[Entry] = [_entry(passage, marks) for passage in passages]
    tops: list[Entry] = []
    for passage, entry in zip(passages, made, strict=True):
        (tops if passage.parent is None else made[passage.parent].below).append(entry)
    for entry in made:
        entry.below = _folded(entry.below)
    return _folded(tops)


def _entry(passage: Passage, marks: Marks) -> Entry:
    lines = [
        replace(stretch, text=visible_line(stretch.text)) for stretch in stretches(passage, marks)
    ]
    if lines:
        lines[0] = replace(lines[0], text=lines[0].text.lstrip(" ¶"))
        lines[-1] = replace(lines[-1], text=lines[-1].text.rstrip(" ¶"))
    return Entry(
        stretches=tuple(lines),
        number=passage.number if passage.begins_branch else "",
        n=passage.n_siblings,
        written=not passage.is_generated,
        role=passage.nodes[0].role,
        ending=ending(passage),
        n_nodes=len(passage.nodes),
        n_more=passage.n_more,
        n_more_characters=passage.n_more_characters,
    )


def _folded(siblings: Sequence[Entry], deep: int = 0) -> list[Entry]:
    """Siblings with their shared beginnings as entries of their own, in the order they came."""
    if deep == DEEPEST_FOLD:
        return list(siblings)
    n_alike = Counter(entry.text for entry in siblings)
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for i, entry in enumerate(siblings):
        words = tuple(_WORD.findall(entry.text)[:FEWEST_SHARED_WORDS])
        is_alike = bool(words) and n_alike[entry.text] > 1
        alone = len(words) < FEWEST_SHARED_WORDS and not is_alike
        groups.setdefault((*words, str(i)) if alone else words, []).append(entry)
    return [one for group in groups.values() for one in _fold(group, deep)]


def _fold(group: Sequence[Entry], deep: int) -> list[Entry]:
    """The group as one entry with its rests below; as it is where nothing can be folded."""
    n_shared = _n_shared(group)
    first = group[0]
    if len(group) == 1 or not n_shared:
        return list(group)
    rest = [_without(entry, n_shared) for entry in group]
    # What follows a branch that says nothing else follows the shared words themselves.
    below = [one for entry in rest for one in ([entry] if entry.text else entry.below)]
    ends = [entry for entry in rest if not entry.text and not entry.below]
    folded = Entry(
        stretches=_first(first.stretches, n_shared),
        number=", ".join(entry.number for entry in rest if not entry.text),
        k=len(group),
        n=first.n,
        written=first.written,
        role=first.role,
        ending=ends[0].ending if ends else "",
        n_nodes=sum(entry.n_nodes for entry in rest if not entry.text),
        n_more=sum(entry.n_more for entry in rest if not entry.text),
        n_more_characters=sum(entry.n_more_characters for entry in rest if not entry.text),
        below=_folded(below, deep + 1) if all(entry.text for entry in rest) else below,
    )
    return [folded]


def _n_shared(group: Sequence[Entry]) -> int:
    """How many characters stand there once: whole words, and none of a join that one of them has.

    The words of a join stay with their branch, which is where its line begins.
    """
    texts = [entry.text for entry in group]
    if len(set(texts)) == 1:
        return len(texts[0])
    shared = _shared_words(texts)
    plain = shared[: min(map(_n_unmarked, group))].rstrip()
    return len(plain) if len(plain.split()) >= FEWEST_SHARED_WORDS else 0


def _n_unmarked(entry: Entry) -> int:
    """How many characters stand before the first join."""
    n = 0
    for stretch in entry.stretches:
        if stretch.marks:
            break
        n += len(stretch.text)
    return n


def _shared_words(texts: Sequence[str]) -> str:
    """The longest beginning of whole words that all texts have."""
    least, most = min(texts), max(texts)
    n = next((i for i, c in enumerate(least) if c != most[i]), len(least))
    if all(len(text) == n or text[n] == " " for text in texts):
        return least[:n]
    return least[: least.rfind(" ", 0, n) + 1].rstrip()


def _first(whole: Sequence[Stretch], n: int) -> tuple[Stretch, ...]:
    kept: list[Stretch] = []
    for stretch in whole:
        if n <= 0:
            break
        kept.append(replace(stretch, text=stretch.text[:n]))
        n -= len(stretch.text)
    return tuple(kept)


def _without(entry: Entry, n: int) -> Entry:
    kept: list[Stretch] = []
    for stretch in entry.stretches:
        cut = max(0, min(n, len(stretch.text)))
        n -= cut
        if stretch.text[cut:]:
            begins = () if cut else stretch.begins
            kept.append(replace(stretch, text=stretch.text[cut:], begins=begins))
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip(" ¶"))
    return replace(entry, stretches=tuple(kept))
