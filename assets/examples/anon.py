"""A conversation in greentext, from which anon may leave at every line."""

from __future__ import annotations

from assets.examples.playing import Example, grow, note, tag, text_of
from loom.session.beginning import Beginning
from loom.session.session import Session

LEAVING = ("> leave", "somewhere", "through the window", "never come back")
VISIT = """\
> be me
> lighthouse keeper
> quiet evening, fog outside
> a goose called Admiral at the door"""
ODD = "\n> there is a second one behind it"


def play(session: Session) -> None:
    """Six conversations; one is begun again with a line of a person's own, and goes otherwise."""
    (visit,) = session.tree.root_ids
    _told(session, visit, 2)
    odd = session.write(visit, ODD)
    _told(session, odd, 6)
    tag(session, odd, "something odd", "yellow")
    session.select(visit)


def _told(session: Session, node_id: str, seed: int) -> None:
    lengths = []
    for branch in grow(session, node_id, 6, 130, seed):
        lines = [line for line in text_of(branch).split("\n") if line.strip()]
        left = [n for n, line in enumerate(lines, 1) if any(words in line for words in LEAVING)]
        if left:
            lengths.append(left[0])
            tag(session, branch.id, "anon leaves", "grey")
    said = ", ".join(map(str, sorted(lengths)))
    note(session, node_id, f"Anon leaves {len(lengths)} of 6 times, after so many lines: {said}.")


ANON = Example(
    "anon",
    Beginning(title="anon and the goose", model="story-base", prompt=VISIT),
    play,
)
