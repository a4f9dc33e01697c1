"""What could come next: exact on worlds whose law is known, and what is seen never overstated."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.session.multiverse import Block, Ids, Multiverse
from loom.session.token_laws import Choice, Law

from .test_worlds import selected, session_on

Odds = dict[Ids, list[tuple[int, float]]]
END = 0


class Told:
    """Laws that a test tells; what is asked for is known at once."""

    def __init__(self, odds: Odds) -> None:
        self._odds = odds
        self.asked: list[list[Ids]] = []
        self.known: set[Ids] = set()
        self.holds_back = False

    def after(self, node_id: str, ids: Ids = ()) -> Law | None:
        if ids not in self.known:
            return None
        odds = self._odds.get(ids, [])
        choices = tuple(
            Choice(one, b"" if one == END else f" {one}".encode(), p, one == END) for one, p in odds
        )
        return Law("m", "f", choices, max(0.0, 1 - sum(p for _, p in odds)), 1.0)

    def awaits(self, node_id: str, ids: Ids | None = None) -> bool:
        return self.holds_back and ids in (self.asked[-1] if self.asked else [])

    def score_after(self, node_id: str, after: object = ((),)) -> None:
        self.asked.append(list(after))  # type: ignore[call-overload]
        if not self.holds_back:
            self.known |= set(self.asked[-1])


def whole(told: Told, n_levels: int) -> Multiverse:
    """Everything that is told, to so many levels."""
    multiverse = Multiverse(told, "n")
    places: list[Ids] = [()]
    for _ in range(n_levels):
        if places:
            multiverse.ask(places)
        places = [block.ids for ids in places for block in multiverse.after(ids) if not block.ends]
    return multiverse


def test_masses_are_products_and_what_ends_stays_seen() -> None:
    told = Told({(): [(1, 0.5), (END, 0.3), (2, 0.1)], (1,): [(3, 0.8)], (2,): [(3, 1.0)]})
    multiverse = whole(told, 2)
    one = multiverse.after(())[0]
    assert multiverse.after(one.ids, one.mass) == [
        Block((1, 3), Choice(3, b" 3", 0.8), 0.8, pytest.approx(0.4))
    ]
    assert multiverse.seen(3) == pytest.approx([0.9, 0.3 + 0.5 * 0.8 + 0.1, 0.3])
    multiverse.root = (1,)
    assert multiverse.seen(1) == pytest.approx([0.8])
    assert [choice.token_id for choice in multiverse.path((1, 3))] == [1, 3]
    assert [choice.token_id for choice in multiverse.path((1, 9))] == [1]


def test_a_batch_is_asked_at_once_and_no_other_while_it_is_awaited() -> None:
    told = Told({})
    told.holds_back = True
    multiverse = Multiverse(told, "n")
    multiverse.ask([])
    assert told.asked == []
    wanted = [(n,) for n in range(40)]
    multiverse.ask(wanted)
    multiverse.ask(wanted)
    assert told.asked == [wanted[:16]]


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=1, max_size=3), min_size=1, max_size=6))
def test_what_is_seen_never_grows_with_depth(shares: list[list[float]]) -> None:
    odds: Odds = {}
    places: list[Ids] = [()]
    for at, weights in enumerate(shares):
        for ids in places:
            total = sum(weights) * 1.05
            odds[ids] = [(n + at % 2, weight / total) for n, weight in enumerate(weights)]
        places = [(*ids, one) for ids in places for one, _ in odds[ids] if one != END]
    seen = whole(Told(odds), len(shares)).seen(len(shares))
    assert all(0 <= below <= above + 1e-9 for above, below in pairwise(seen))


def test_on_a_world_every_future_has_its_exact_probability(tmp_path: Path) -> None:
    """Never two noughts in a row: after a one both are even, after a nought comes a one."""
    with session_on(tmp_path / "t.loom", "golden-mean", prompt="1011") as session:
        node_id = selected(session)
        multiverse = Multiverse(session.laws, node_id)
        places: list[tuple[Ids, float, str]] = [((), 1.0, "")]
        for _ in range(3):
            multiverse.ask([ids for ids, _, _ in places])
            while any(multiverse.law(ids) is None for ids, _, _ in places):
                session.drain()
            places = [
                (block.ids, block.mass, said + (block.choice.piece or b"").decode())
                for ids, mass, said in places
                for block in multiverse.after(ids, mass)
                if block.share > 1e-6
            ]
        found = {said: mass for _, mass, said in places}
        expected = {"111": 1 / 8, "110": 1 / 8, "101": 1 / 4, "011": 1 / 4, "010": 1 / 4}
        assert found == pytest.approx(expected, abs=1e-5)
        assert multiverse.seen(3) == pytest.approx([1, 1, 1], abs=1e-5)
