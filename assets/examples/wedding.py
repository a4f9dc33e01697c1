"""A toast that a person pushes into the dark, and how many ways lead back from there."""

from __future__ import annotations

from assets.examples.playing import Example, grow_sentences, judge, note, strongest, tag, text_of
from loom.session.beginning import Beginning
from loom.session.session import Session
from loom.tree.node import Node

TOAST = (
    "The wedding of Marco the baker and Lucia was held in the market square, in the snow. When "
    "the soup was gone, the widow Lindqvist stood up and tapped a glass.\n\nFriends, raise your "
    "glasses. I have known Marco since the winter the lake froze, and he has never once let me win "
    "at cards."
)
PUSH = " But there is something you should know about the groom. You are a murderer, Marco."
FURTHER = " In the mirror there was one guest too many."
BACK = "the old joke"


def play(session: Session) -> None:
    """The toast as it usually goes on, then pushed, then pushed again where it stayed dark."""
    (toast,) = session.tree.root_ids
    grow_sentences(session, toast, 4, 20, seed=11)
    pushed = session.write(toast, PUSH)
    first = grow_sentences(session, pushed, 8, 60, seed=2)
    lost = next(node for node in first if not _is_back(node))
    again = session.write(lost.id, FURTHER)
    second = grow_sentences(session, again, 6, 60, seed=3)
    judge(session, 20_000, [node.id for node in first])
    _tell(session, pushed, first, "A person wrote this, and nobody at the table had a choice.")
    _tell(session, again, second, "Pushed once more.")
    tag(session, pushed, "pushed", "red")
    tag(session, again, "pushed", "red")
    session.operations.marking.bookmark(lost.id)
    session.select(pushed)


def _is_back(node: Node) -> bool:
    return BACK in text_of(node)


def _tell(session: Session, node_id: str, branches: list[Node], what: str) -> None:
    back = [node for node in branches if _is_back(node)]
    for node in back:
        tag(session, node.id, "laughs again", "green")
    words = f"{what} {len(back)} of {len(branches)} branches come back to the old joke"
    joins = list(strongest(session, "full")) + list(strongest(session, "same_road"))
    met = any({node.id for node in back} & set(join.nodes) for join in joins)
    note(
        session,
        node_id,
        f"{words}, where they are one road again: m goes there." if met else f"{words}.",
    )


WEDDING = Example(
    "wedding",
    Beginning(title="a toast pushed into the dark", model="story-base", prompt=TOAST),
    play,
)
