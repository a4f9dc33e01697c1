import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.worlds.law import Dice, Table, even, odds

weights = st.floats(min_value=0.01, max_value=100)
tables = st.dictionaries(st.text(max_size=5), weights, min_size=1, max_size=12).map(
    lambda rows: odds(*((weight, option) for option, weight in rows.items()))
)


@given(tables)
def test_probabilities_sum_to_one(table: Table[str]) -> None:
    assert math.fsum(table.probabilities) == pytest.approx(1, abs=1e-12)
    assert math.fsum(map(table.probability, table.options)) == pytest.approx(1, abs=1e-12)


@given(st.lists(tables, min_size=1, max_size=8), st.integers())
def test_dice_charge_what_they_rolled(drawn_from: list[Table[str]], seed: int) -> None:
    dice = Dice(random.Random(seed))
    rolled = [dice.draw(table) for table in drawn_from]
    likelihood = math.prod(
        table.probability(option) for table, option in zip(drawn_from, rolled, strict=True)
    )
    assert dice.bits == pytest.approx(-math.log2(likelihood), abs=1e-9)


def test_draws_follow_the_weights() -> None:
    table = odds((6, "often"), (3, "sometimes"), (1, "rarely"))
    dice = Dice(random.Random(7))
    seen = Counter(dice.draw(table) for _ in range(10_000))
    # Five standard errors of the largest share are 2.5 %.
    for option in table.options:
        assert seen[option] / 10_000 == pytest.approx(table.probability(option), abs=0.025)


def test_a_sure_thing_costs_nothing_and_a_coin_one_bit() -> None:
    dice = Dice(random.Random(1))
    assert dice.draw(even("only")) == "only"
    assert dice.bits == 0
    dice.draw(even("heads", "tails"))
    assert dice.bits == 1


def test_what_is_not_listed_is_impossible() -> None:
    assert even("heads", "tails").probability("edge") == 0


@pytest.mark.parametrize(
    ("options", "weights"),
    [((), ()), (("a",), (1.0, 2.0)), (("a", "a"), (1.0, 2.0)), (("a", "b"), (1.0, 0.0))],
)
def test_no_table_without_a_law(options: tuple[str, ...], weights: tuple[float, ...]) -> None:
    with pytest.raises(AssertionError):
        Table(options, weights)
