"""One question for a base model and for its chat sibling, which has a favourite answer."""

from __future__ import annotations

from assets.examples.playing import Example, grow_sentences, note, tag, text_of
from loom.session.beginning import Beginning
from loom.session.session import Session

QUESTION = "Pick a number between 0 and 100.\n\n"
N_ANSWERS = 32
SEED = 1


def play(session: Session) -> None:
    """The question twice, each time for another model, with the same dice."""
    (base,) = session.tree.root_ids
    _answer(session, base, "story-base", "blue")
    session.choose_model("story-chat")
    chat = session.write(None, QUESTION)
    _answer(session, chat, "story-chat", "magenta")
    session.select(chat)


def _answer(session: Session, node_id: str, model: str, colour: str) -> None:
    answers = [text_of(node) for node in grow_sentences(session, node_id, N_ANSWERS, 1, SEED)]
    n_favourite = sum(answer.startswith("97") for answer in answers)
    n_different = len(set(answers))
    session.operations.marking.title(node_id, model)
    tag(session, node_id, model, "blue" if colour == "blue" else "magenta")
    note(
        session,
        node_id,
        f"{model}: {n_different} different answers among {N_ANSWERS}, 97 among them "
        f"{n_favourite} times. = counts them. ↑ and ↓ go to the other model.",
    )


NUMBERS = Example(
    "numbers",
    Beginning(title="pick a number, base and chat", model="story-base", prompt=QUESTION),
    play,
)
