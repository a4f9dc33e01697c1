"""A story whose branches meet, with a note on each way of meeting."""

from __future__ import annotations

from assets.examples.playing import Example, grow_sentences, judge, note, strongest, tag, text_of
from loom.records import Join, JoinKind
from loom.session.beginning import Beginning
from loom.session.session import Session
from loom.tree.kinds import TagColour

LETTER = (
    "One morning in March, Odile the clockmaker opened the door and found a letter with no stamp. "
    "Beside it lay a note, and the note said: take me to the widow Lindqvist. So she tucked the "
    "letter under her arm and set out for the market square."
)
N_JUDGED_TOKENS = 60_000

WAYS_OF_MEETING: dict[JoinKind, tuple[str, TagColour, str]] = {
    "hidden": ("hidden join", "magenta", "Nothing is alike up to here, and yet it is one road."),
    "full": ("full join", "green", "The same words, the same gist, and the same road from here."),
    "paraphrase": ("paraphrase", "blue", "The same thing in other words, and one road from here."),
    "look_alike": ("look-alike", "red", "The same words and the same gist, and not one road."),
}


def play(session: Session) -> None:
    """Roads from one square, from one of them again, and once more."""
    (square,) = session.tree.root_ids
    roads = grow_sentences(session, square, 7, 30, seed=8)
    met = grow_sentences(session, roads[4].id, 6, 24, seed=1)
    crow = met[4]
    grow_sentences(session, crow.id, 5, 80, seed=6)
    grow_sentences(session, crow.id, 4, 60, seed=4)
    judge(session, N_JUDGED_TOKENS)
    marking = session.operations.marking
    marking.title(roads[4].id, "two old ladies play chess")
    marking.title(crow.id, "a crow that counts to six")
    marking.bookmark(crow.id)
    note(
        session,
        square,
        "Roads part here, and meet again further down: m goes from one meeting to the next, Enter "
        "tells why loom thinks so. Each way of meeting has a note at one of its branches.",
    )
    for kind in WAYS_OF_MEETING:
        point_out(session, kind)
    session.select(square)


def point_out(session: Session, kind: JoinKind) -> None:
    """Write a note on one branch of the strongest join of a kind, and tag all of them."""
    name, colour, words = WAYS_OF_MEETING[kind]
    join = max(
        strongest(session, kind), key=lambda one: at_sentence_end(session, one), default=None
    )
    if join is None:
        print(f"there is no {name}: choose another seed")
        return
    free = [one for one in join.nodes if not session.tree.marks(one).note]
    note(session, (free or join.nodes)[0], f"A {name}. {words} {join.sentence}")
    for node_id in dict.fromkeys(join.nodes):
        tag(session, node_id, name, colour)


def at_sentence_end(session: Session, join: Join) -> bool:
    """Whether each place stands behind a whole sentence."""
    ends = (text_of(session.tree.node(s.node))[: s.end_byte].rstrip('"') for s in join.spans)
    return all(end.endswith((".", "!", "?")) for end in ends)


STORY = Example(
    "story",
    Beginning(title="a letter with no stamp", model="story-base", prompt=LETTER),
    play,
)
