"""What a finding is called: A is a join, a only looks like one, ? and ≈ are open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loom.records import Judged, Place, Verdict

UNNAMED: dict[Verdict, str] = {
    "joined": "A",
    "apart": "a",
    "undecided": "?",
    "not_judged": "≈",
}
"""The mark of a finding that stands alone, and of all those that have no letter of their own."""


def letter(number: int) -> str:
    """A to Z, then AA to AZ and so on."""
    first, last = divmod(number, 26)
    return (letter(first - 1) if first else "") + chr(ord("A") + last)


class Ages:
    """When each pair of places was compared for the first time: findings keep their letters."""

    def __init__(self, judged: Iterable[Judged]) -> None:
        self._first: dict[frozenset[Place], int] = {}
        for number, one in enumerate(judged):
            self._first.setdefault(frozenset((one.one, one.other)), number)

    def letters(self, findings: Sequence[Sequence[Judged]]) -> list[str]:
        """One for each finding, the oldest first; each is given by the comparisons it rests on."""
        ages = [min(self._first[frozenset((j.one, j.other))] for j in one) for one in findings]
        order = sorted(range(len(findings)), key=lambda at: ages[at])
        names = {at: letter(number) for number, at in enumerate(order)}
        return [names[at] for at in range(len(findings))]
