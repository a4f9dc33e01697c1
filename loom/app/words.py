"""The sentences that the app says of itself, in one place so that they keep one voice."""

from __future__ import annotations

from loom.app.display import shown_words
from loom.app.gauge_words import room_used
from loom.app.meetings import MARK, Meetings, Place
from loom.app.walking import is_unfinished, persons_turn
from loom.session import GrowSettings, ModelStatus
from loom.session.plans import Progress
from loom.session.turns import next_role, turns_of
from loom.tree.events import Mode, Role
from loom.tree.graph import Tree

WELCOME = (
    "This small bundled model knows only one made-up town, to try things on. "
    "Space grows branches, arrows walk, i writes, s opens examples, ? shows all keys. "
    "Your own model: press @ or run loom FILE.gguf."
)

TOO_SMALL = "Loom needs at least 40 columns and 12 rows: please enlarge."


CUT = "cut here · Space grows from the cut · Esc keeps all"


def empty_page(mode: Mode) -> str:
    """What stands where there is no text at all yet."""
    if mode == "chat":
        return "An empty chat.\n\ni writes a message; its answers grow as branches."
    return "An empty page.\n\ni writes a beginning; then Space grows what could come next."


def invitation(mode: Mode, *, is_persons_turn: bool) -> str:
    """What `i` would begin."""
    if mode == "plain":
        return "write here"
    return "write a message" if is_persons_turn else "write this message another way"


def no_branches(tree: Tree, here: str | None, settings: GrowSettings) -> str:
    """What stands where there are no branches yet."""
    if here is None:
        return ""
    is_chat = tree.mode == "chat"
    if is_chat and persons_turn(tree.path(here)):
        if is_unfinished(tree.node(here)):
            return "Your turn: i writes the next message. Space goes on with this answer."
        return "Your turn: i writes the next message, w lets the model write it."
    if is_chat and next_role(turns_of(tree.path(here))) == "user":
        return "Nothing follows yet. Space goes on with this message."
    many = count(settings.n_branches, "answer" if is_chat else "branch")
    return f"Nothing follows yet. Space grows {many} of up to {settings.max_tokens} tokens."


def outline(tree: Tree, hoisted: str | None) -> str:
    """Label of the outline."""
    if hoisted is not None:
        return "outline · one subtree, H shows all"
    return f"outline · {count(tree.n_visible, 'node')}"


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
        return label, f"{n_growing} growing{rate} · Esc stops"
    if label and not tree.n_children(here) + n_awaited and tree.mode == "plain":
        return label, f"nothing follows yet · Space grows {settings.n_branches}"
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
    tree: Tree, status: ModelStatus, n_joins: int, progress: Progress | None
) -> tuple[str, ...]:
    """The facts of the status line; how far it is takes the place of how much there is."""
    facts = ["saved"] if progress else ["saved", count(tree.n_visible, "node")]
    if n_joins:
        facts.append(f"joins {n_joins}")
    if progress is not None:
        facts.append(f"{progress.n_ended:,} of {shortened(progress.n_branches)} branches")
        facts.append(f"{progress.n_tokens:,} of {shortened(progress.most_tokens)} tokens")
    elif n_growing := len(tree.growing_ids):
        facts.append(f"{n_growing} growing")
    elif room := room_used(status.gauge):
        facts.append(room)
    if status.model is not None and status.model.gpu_unused is not None:
        facts.append("CPU build, GPU unused")
    return tuple(facts)


def shortened(n: int) -> str:
    """A number that still fits where a plan comes to billions."""
    for size, letter in ((10**9, "G"), (10**6, "M")):
        if n >= 10 * size:
            return "many" if n >= 10_000 * size else f"{n // size:,} {letter}"
    return f"{n:,}"


def where_it_meets(meetings: Meetings, place: Place | None, here: str | None) -> tuple[str, str]:
    """Label and note of the rule under the branches."""
    n_places = len(meetings.places)
    if place is not None:
        number = meetings.places.index(place) + 1
        return f"{MARK} place {number} of {n_places}", "m next · Enter shows all"
    if here in meetings:
        return f"{MARK} words here are said elsewhere too", "m goes there"
    if n_places:
        return f"{MARK} words meet at {count(n_places, 'place')}", "m goes there"
    return "", ""
