"""The sentences that the app says of itself, in one place so that they keep one voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from loom.app.crossing import way_number
from loom.app.display import shown_words
from loom.app.gauge_words import room_used
from loom.app.marks import WORDS_MARK as MARK
from loom.app.marks import is_road, look_of
from loom.app.meetings import Meetings, Place
from loom.app.roads_view import RoadsView
from loom.app.selecting import Selected
from loom.app.shading import Shade, legend
from loom.app.walking import is_unfinished, persons_turn
from loom.session import GrowSettings, ModelStatus
from loom.session.judging.roads import OneRoad
from loom.session.plans import Progress
from loom.session.turns import next_role, turns_of
from loom.tree.events import Mode, Role
from loom.tree.graph import Tree
from loom.tree.node import Node

WELCOME = (
    "This small bundled model knows only one made-up town, to try things on. "
    "⟨grow⟩ grows branches, arrows walk, ⟨write⟩ writes, ⟨sessions⟩ opens examples, "
    "⟨help⟩ shows all keys. "
    "Your own model: press ⟨model⟩ or run loom FILE.gguf."
)

TOO_SMALL = "Loom needs at least 40 columns and 12 rows: please enlarge."


_FEW_ROADS = 3

CUT = "cut here · ⟨grow⟩ grows from the cut · ⟨stop⟩ keeps all"


def empty_page(mode: Mode, *, is_writing: bool) -> str:
    """What stands where there is no text at all yet."""
    if is_writing and mode == "chat":
        return "An empty chat.\n\n⟨add⟩ sends what you type; its answers grow as branches."
    if is_writing:
        return "An empty page.\n\n⟨add⟩ adds what you type; ⟨leave⟩ and ⟨grow⟩ grow from it."
    if mode == "chat":
        return "An empty chat.\n\n⟨write⟩ writes a message; its answers grow as branches."
    return "An empty page.\n\n⟨write⟩ writes a beginning; ⟨grow⟩ grows from nothing at all."


def invitation(mode: Mode, *, is_persons_turn: bool) -> str:
    """What writing would begin."""
    if mode == "plain":
        return "write here"
    return "write a message" if is_persons_turn else "write this message another way"


_SPEAKERS = {"user": "you", "system": "system"}


def speaker(node: Node) -> str:
    """Whose turn it is, and who wrote it where that is somebody else."""
    name = shown_words(node.author)
    if node.role == "assistant":
        return "answer, begun by you" if node.written else name
    whose = _SPEAKERS.get(node.role, name)
    return whose if node.written else f"{whose}, by {name}"


def no_branches(tree: Tree, here: str | None, settings: GrowSettings) -> str:
    """What stands where there are no branches yet."""
    if here is None:
        return ""
    if tree.node(here).state == "growing":
        return "This branch is still growing."
    is_chat = tree.mode == "chat"
    if is_chat and persons_turn(tree.path(here)):
        if is_unfinished(tree.node(here)):
            return "Your turn: ⟨write⟩ writes the next message. ⟨grow⟩ goes on with this answer."
        return "Your turn: ⟨write⟩ writes the next message, ⟨persons_turn⟩ lets the model write it."
    if is_chat and next_role(turns_of(tree.path(here))) == "user":
        return "Nothing follows yet. ⟨grow⟩ goes on with this message."
    many = count(settings.n_branches, "answer" if is_chat else "branch")
    return f"Nothing follows yet. ⟨grow⟩ grows {many}."


class _Read(Protocol):
    """What the words of the reading pane say."""

    shade: Shade | None
    is_rendered: bool

    @property
    def selected(self) -> Selected | None: ...


def reading(pane: _Read) -> str:
    """What the signs in the text mean, or can be done with it, on the rule above it."""
    if pane.selected is not None:
        n = len(pane.selected.text.decode("utf-8", "replace"))
        much = count(n, "character")
        return f"{much} selected · ⟨copy_text⟩ copies · ⟨split⟩ splits where they begin"
    if pane.is_rendered:
        return "Markdown rendered · ⟨markdown⟩ back to marks and shades"
    return legend(pane.shade)


def outline(
    tree: Tree, hoisted: str | None, filtered: str = "", roads: Sequence[OneRoad] = ()
) -> str:
    """Label of the outline."""
    if filtered:
        return f"outline · {filtered}"
    if hoisted is not None:
        return "outline · one subtree, ⟨hoist⟩ shows all"
    return f"outline · {count(tree.n_visible, 'node')}{folded_roads(roads)}"


def folded_roads(roads: Sequence[OneRoad]) -> str:
    """Which joins are drawn as one road."""
    if not roads:
        return ""
    if len(roads) > _FEW_ROADS:
        return f" · {len(roads):,} joins are one road each"
    marks = [road.mark for road in roads]
    return f" · {listed(marks)} {'is one road' if len(marks) == 1 else 'are one road each'}"


def listed(names: Sequence[str]) -> str:
    """A, B and C."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def what_grows(
    tree: Tree, here: str | None, n_awaited: int, status: ModelStatus, settings: GrowSettings
) -> tuple[str, str]:
    """Label and note of the rule above the branches."""
    if here is None:
        return "", ""
    label = _which_branches(tree, here, n_awaited)
    if status.state == "loading":
        return label, f"opening {shown_words(status.name)}…"
    if n_growing := len(tree.growing_ids):
        rate = f" · {status.tokens_per_s:,.0f} tok/s" if status.tokens_per_s else ""
        return label, f"{n_growing} growing{rate} · ⟨stop⟩ stops"
    if label and not tree.n_children(here) + n_awaited and tree.mode == "plain":
        return label, f"nothing follows yet · ⟨grow⟩ grows {settings.n_branches}"
    return label, ""


def _which_branches(tree: Tree, here: str, n_awaited: int) -> str:
    if n := tree.n_children(here) + n_awaited:
        child = next(iter(tree.child_ids(here)), None)
        role = next_role(turns_of(tree.path(here))) if child is None else tree.node(child).role
        return count(n, _noun(tree, role))
    siblings = tree.sibling_ids(here)
    if len(siblings) == 1:
        return ""
    noun = _noun(tree, tree.node(here).role)
    return f"{noun} {siblings.index(here) + 1} of {len(siblings)}"


def _noun(tree: Tree, role: Role) -> str:
    """What one of several continuations is called."""
    if tree.mode == "plain" or role in ("text", "system"):
        return "branch"
    return "message" if role == "user" else "answer"


def count(n: int, noun: str) -> str:
    ending = "" if n == 1 else "es" if noun == "branch" else "s"
    return f"{n:,} {noun}{ending}"


def how_it_stands(
    tree: Tree,
    status: ModelStatus,
    judged: Sequence[str],
    progress: Progress | None,
    saves: str = "saved",
) -> tuple[str, ...]:
    """The facts of the status line, what changes most first: the last ones may have no room."""
    facts = [saves]
    if progress is not None:
        facts.append(f"{progress.n_ended:,} of {_at_most(progress.n_branches, 'branch')}")
        facts.append(f"{progress.n_tokens:,} of {_at_most(progress.most_tokens, 'token')}")
    elif n_growing := len(tree.growing_ids):
        facts.append(f"{n_growing} growing")
    facts += judged
    facts.append(count(tree.n_visible, "node"))
    if status.model is not None and status.model.gpu_unused is not None:
        facts.append("CPU build, GPU unused")
    if progress is None and (room := room_used(status.gauge)):
        facts.append(room)
    return tuple(facts)


def _at_most(n: int, noun: str) -> str:
    return count(n, noun).replace(f"{n:,}", shortened(n), 1)


def shortened(n: int) -> str:
    """A number that still fits where a plan comes to billions."""
    for size, letter in ((10**9, "G"), (10**6, "M")):
        if n >= 10 * size:
            return "many" if n >= 10_000 * size else f"{n // size:,} {letter}"
    return f"{n:,}"


def where_it_meets(
    roads: RoadsView, place: Place | None, item: str | None, near: Place | None
) -> tuple[str, str]:
    """Label and note of the rule under the branches, or under the map.

    `place` is what was asked for, `near` that or else the nearest meeting on the way to `item`.
    """
    if near is None or item is None:
        return _what_meets(roads.meetings), "⟨next_join⟩ goes there" if roads.meetings.joins else ""
    number, n_ways = way_number(near)
    look = look_of(near.join)
    if not is_road(near.join):
        return f"{look.mark} branch {number} of {n_ways}", "⟨cross⟩ across · ⟨next_join⟩ next"
    way = f"way in {number} of {n_ways}"
    if not roads.is_one(near.join.id):
        passed = place is None and roads.layout.node_id(item) != near.node_id
        label = f"you came by way {number} of {n_ways}" if passed else way
        return f"{look.mark} {label}", "⟨cross⟩ across · ⟨one_road⟩ one road · ⟨next_join⟩ next"
    if roads.layout.leads_into(item) is not None:
        return f"{look.mark} {way}", "⟨child⟩ onto the road · ⟨cross⟩ across · ⟨one_road⟩ apart"
    if (came_by := roads.entered_by(item, near.join)) is not None:
        number, _ = way_number(Place(near.join, came_by))
    return (
        f"{look.mark} one road, you came by way {number} of {n_ways}",
        "⟨parent⟩ back · ⟨one_road⟩ apart",
    )


def _what_meets(meetings: Meetings) -> str:
    """How much there is to be gone to: what was compared, or else shared words."""
    n_of = Counter(look_of(join).style for join in meetings.joins)
    parts = (
        count(n_of["joined"], "join") if n_of["joined"] else "",
        f"{n_of['alike']:,} only look alike" if n_of["alike"] else "",
        f"{n_of['undecided']:,} undecided" if n_of["undecided"] else "",
    )
    told = " · ".join(filter(None, parts))
    if told or not n_of["words"]:
        return told
    return f"{MARK} words meet at {count(len(meetings.places), 'place')}"
