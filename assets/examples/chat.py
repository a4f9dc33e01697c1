"""A chat that branches: who answers is a matter of dice, and stays who it is."""

from __future__ import annotations

from assets.examples.playing import Example, grow, note, tag
from loom.session.beginning import Beginning
from loom.session.session import Session


def play(session: Session) -> None:
    """A question with several answers, and other questions after three of them."""
    (question,) = session.tree.root_ids
    aunt, clerk, *_, goose = grow(session, question, 6, 64, seed=3)
    session.operations.marking.title(aunt.id, "Aunt Sidonie")
    session.operations.marking.title(clerk.id, "the town clerk")
    session.operations.marking.title(goose.id, "Admiral, a goose")
    well = session.write(goose.id, "What is in the well?", "user")
    grow(session, well, 3, 64, seed=2)
    lost = session.write(aunt.id, "Where should I go?", "user")
    grow(session, lost, 4, 64, seed=3)
    asked = session.write(clerk.id, "Tell me a story about Odile.", "user")
    stories = grow(session, asked, 4, 512, seed=8)
    number = session.write(stories[0].id, "Pick a number between 0 and 100.", "user")
    grow(session, number, 12, 24, seed=5)
    session.operations.marking.bookmark(stories[0].id)
    tag(session, number, "favourite number", "yellow")
    note(
        session,
        question,
        "Every answer is a branch. Whoever answers first goes on answering: that is one choice of "
        "the dice, and all below hangs on it.",
    )
    note(
        session,
        number,
        "A chat model has favourites. = counts the answers; t shows what else it could have said.",
    )
    session.select(question)


CHAT = Example(
    "starter",
    Beginning(
        title="a conversation in Quill", model="story-chat", mode="chat", prompt="Who are you?"
    ),
    play,
)
