"""The nodes of another program's tree, gathered as they are read and put into an order that holds.

Whatever a file says, what comes out is a forest: every id once, every parent before its children,
no circles. All that had to be mended for that is counted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from loom.formats.importing.report import Report
from loom.tree.changes import ChapterBegun, NodeBookmarked, NodeTagged, Tag
from loom.tree.events import Finish, Mode, NodeImported, Role
from loom.tree.origin import OriginToken, origin_of, spelled

UNKNOWN = "unknown"
"""The author of a text that nobody signed."""

_SECRET = re.compile(r"api.?key|secret|password|authorization", re.IGNORECASE)
_FIT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_NEW_ID_LENGTH = 10

_NO_KEYS: Mapping[str, object] = {}

ParentRef = int | str | None
"""The place of a node in this planting, the id that the file gives it, or nothing."""


class Facts(TypedDict, total=False):
    """What may be known of a text."""

    foreign_id: str
    parent: ParentRef
    role: Role
    author: str
    at: float | None
    finish: Finish | None
    keys: Mapping[str, object]
    tokens: Sequence[OriginToken]


@dataclass(slots=True)
class Seed:
    """One text as it was found; `foreign_id` is what the file calls it, "" if it has no name."""

    foreign_id: str
    parent: ParentRef
    text: str
    role: Role
    author: str
    at: float | None
    finish: Finish | None
    origin: str


@dataclass(slots=True)
class Planting:
    """Everything that a reader finds in one file.

    `keys` are members that stood beside the nodes, by name, each as JSON text. `child_order` names
    children by what the file calls them; `bookmarked`, `tagged` and `chapters` are of nodes by
    their place, or by what the file calls them.
    """

    program: str
    report: Report
    titles: list[str] = field(default_factory=list)
    mode: Mode = "plain"
    selected: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    key_names: set[str] = field(default_factory=set)
    seeds: list[Seed | None] = field(default_factory=list)
    child_order: dict[str, Sequence[str]] = field(default_factory=dict)
    bookmarked: list[int | str] = field(default_factory=list)
    tagged: list[tuple[int | str, Tag]] = field(default_factory=list)
    chapters: list[tuple[int | str, str]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the file calls itself, if it does; of several trees the first, and how many more."""
        titles = [title.strip() for title in self.titles if title.strip()]
        if len(titles) < 2:
            return "".join(titles)
        return f"{titles[0]} and {len(titles) - 1} more"

    def keep(self, key: str, value: object) -> None:
        """Keep what stood beside the nodes, but for keys to a service."""
        if _SECRET.search(key):
            self.report.lost("keys and passwords of services, which belong in no session")
            return
        self.keys[key] = json.dumps(value, separators=(",", ":"))

    def add(self, text: object, **facts: Unpack[Facts]) -> int:
        """One more node; returns its place."""
        place = self.reserve()
        self.put(place, text, **facts)
        return place

    def reserve(self) -> int:
        """A place for a node whose children are read before it is whole."""
        self.seeds.append(None)
        return len(self.seeds) - 1

    def put(
        self,
        place: int,
        text: object,
        *,
        foreign_id: str = "",
        parent: ParentRef = None,
        role: Role = "text",
        author: str = UNKNOWN,
        at: float | None = None,
        finish: Finish | None = None,
        keys: Mapping[str, object] = _NO_KEYS,
        tokens: Sequence[OriginToken] = (),
    ) -> None:
        """Fill a place; a text that is none is counted and empty."""
        if not isinstance(text, str):
            if text is not None:
                self.report.lost("texts that are not texts")
            text = ""
        self.key_names.update(keys)
        origin = spelled(self.program, keys, tokens)
        self.seeds[place] = Seed(foreign_id, parent, text, role, author, at, finish, origin)

    def seed(self, place: int) -> Seed:
        """What stands at a place that was filled."""
        seed = self.seeds[place]
        assert seed is not None
        return seed

    def keys_text(self) -> str:
        """All that is kept beside the nodes, as one JSON object."""
        members = (f"{json.dumps(key)}:{value}" for key, value in self.keys.items())
        return "{" + ",".join(members) + "}"


class Forest:
    """The seeds of a planting in an order in which a tree takes them; mending is done by then."""

    def __init__(self, planting: Planting) -> None:
        self._planting = planting
        self._seeds = planting.seeds
        self._report = planting.report
        self._places: dict[str, int] = {}
        self._ids: list[str] = []
        self._name()
        self._parents = self._found_parents()
        in_order = all(parent < place for place, parent in enumerate(self._parents))
        if in_order and not planting.child_order:
            # As it stands in the file, which is often the order in which it was made.
            self._order = [place for place, seed in enumerate(self._seeds) if seed is not None]
        else:
            self._order = list(self._ordered())
        n_timeless = sum(seed is not None and seed.at is None for seed in self._seeds)
        self._report.guessed("texts without a time have the time of the import", n_timeless)

    def __len__(self) -> int:
        return len(self._order)

    @property
    def landing(self) -> str | None:
        """Where to stand: where one stood there, else at the first node with a text."""
        selected = self._places.get(self._planting.selected or "")
        if selected is not None and self._seeds[selected] is not None:
            return self._ids[selected]
        seeds = self._seeds
        texts = (place for place in self._order if (s := seeds[place]) and s.text.strip())
        place = next(texts, next(iter(self._order), None))
        return None if place is None else self._ids[place]

    def nodes(self, now: float) -> Iterator[NodeImported]:
        """Every node, parents first; those without a time happened `now`."""
        for place in self._order:
            seed, parent = self._seeds[place], self._parents[place]
            assert seed is not None
            node_id = self._ids[place]
            yield NodeImported(
                now if seed.at is None else seed.at,
                node_id,
                None if parent < 0 else self._ids[parent],
                seed.role,
                seed.author,
                as_bytes(seed.text),
                seed.finish,
                self._origin(seed, node_id),
            )

    def marks(self, now: float) -> Iterator[NodeBookmarked | NodeTagged | ChapterBegun]:
        """What people had put on nodes that are here."""
        planting = self._planting
        found = (self._id_of(place) for place in planting.bookmarked)
        for node_id in dict.fromkeys(found):
            if node_id is not None:
                yield NodeBookmarked(now, node_id)
        for place, tag in planting.tagged:
            if (node_id := self._id_of(place)) is not None:
                yield NodeTagged(now, node_id, tag)
        for place, title in planting.chapters:
            if (node_id := self._id_of(place)) is not None:
                yield ChapterBegun(now, node_id, title)

    def _id_of(self, place: int | str) -> str | None:
        """The id of a node that is here, by its place or by what the file calls it."""
        if isinstance(place, str):
            place = self._places.get(place, -1)
        return self._ids[place] if place >= 0 and self._seeds[place] is not None else None

    def _origin(self, seed: Seed, node_id: str) -> str:
        """What the file said; also what it called the node, where that is not its id."""
        if seed.foreign_id in ("", node_id):
            return seed.origin
        found = origin_of(seed.origin)
        return spelled(self._planting.program, {**found.keys, "id": seed.foreign_id}, found.tokens)

    def _name(self) -> None:
        """Give every place an id: the file's own where it is fit and first."""
        taken: set[str] = set()
        for place, seed in enumerate(self._seeds):
            name = seed.foreign_id if seed is not None else ""
            if name and name in self._places:
                self._report.mended("ids that stood there twice were renamed")
            elif name:
                self._places[name] = place
            fit = name and name not in taken and _FIT_ID.fullmatch(name)
            if name and not fit and name not in taken:
                self._report.mended("ids that no id may be were renamed")
            node_id = name if fit else _new_id(place, taken)
            taken.add(node_id)
            self._ids.append(node_id)

    def _found_parents(self) -> list[int]:
        found: list[int] = []
        for place, seed in enumerate(self._seeds):
            parent = -1
            if seed is not None and isinstance(seed.parent, int):
                parent = seed.parent
            elif seed is not None and isinstance(seed.parent, str):
                parent = self._places.get(seed.parent, -1)
                if parent < 0:
                    self._report.mended("parents that are not there; their children begin anew")
                elif parent == place:
                    self._report.mended("texts in a circle were cut apart")
                    parent = -1
            found.append(parent)
        return found

    def _ordered(self) -> Iterator[int]:
        parents = self._parents
        children: dict[int, list[int]] = {}
        for place, parent in enumerate(parents):
            if self._seeds[place] is not None:
                children.setdefault(parent, []).append(place)
        self._sort(children)
        seen = bytearray(len(parents))
        yield from _down(list(children.get(-1, ())), children, seen)
        for place in range(len(parents)):
            if seen[place] or self._seeds[place] is None:
                continue
            # Only a circle, and what hangs from it, is out of reach from every beginning.
            top = _in_circle(place, parents)
            self._report.mended("texts in a circle were cut apart")
            children[parents[top]].remove(top)
            parents[top] = -1
            yield from _down([top], children, seen)

    def _sort(self, children: dict[int, list[int]]) -> None:
        for name, order in self._planting.child_order.items():
            siblings = children.get(self._places.get(name, -2))
            if siblings and len(siblings) > 1:
                rank = {child: n for n, child in enumerate(order)}
                seeds = self._seeds
                siblings.sort(
                    key=lambda p: rank.get(s.foreign_id if (s := seeds[p]) else "", len(rank))
                )


def _down(tops: list[int], children: Mapping[int, list[int]], seen: bytearray) -> Iterator[int]:
    stack = tops[::-1]
    while stack:
        place = stack.pop()
        seen[place] = 1
        yield place
        stack.extend(reversed(children.get(place, ())))


def _in_circle(place: int, parents: Sequence[int]) -> int:
    """The earliest place of the circle that one comes to by going up."""
    passed: set[int] = set()
    while place not in passed:
        passed.add(place)
        place = parents[place]
    circle = [place]
    while parents[circle[-1]] != place:
        circle.append(parents[circle[-1]])
    return min(circle)


def _new_id(place: int, taken: set[str]) -> str:
    """An id that depends on nothing but the place, so that the same file gives the same ids."""
    n = 0
    while True:
        digest = hashlib.sha256(f"{place}/{n}".encode()).digest()
        found = "".join(_ALPHABET[byte % 32] for byte in digest[:_NEW_ID_LENGTH])
        if found not in taken:
            return found
        n += 1


def as_bytes(text: str) -> bytes:
    """A text as bytes: broken bytes of the file as they were, lone surrogates as they are."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
