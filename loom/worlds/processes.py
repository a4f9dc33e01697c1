"""Small processes with known answers: one entropy rate, three kinds of memory.

V1, V2 and V3 of the validation suite all have h = 2/3 bit a symbol, so entropy cannot tell them
apart, while their histories meet in quite different ways. Symbols are the bytes `0` and `1`.
"""

from __future__ import annotations

from loom.worlds.machine import Chain, Exit

ZERO, ONE = ord("0"), ord("1")


def golden_mean() -> Chain:
    """V1: no two zeros in a row. The last symbol tells the state."""
    return Chain(
        {"A": 2 / 3, "B": 1 / 3},
        {"A": (Exit(ONE, 0.5, "A"), Exit(ZERO, 0.5, "B")), "B": (Exit(ONE, 1.0, "A"),)},
    )


def even() -> Chain:
    """V2: ones come in even numbers. No number of last symbols is sure to tell the state."""
    return Chain(
        {"A": 2 / 3, "B": 1 / 3},
        {"A": (Exit(ZERO, 0.5, "A"), Exit(ONE, 0.5, "B")), "B": (Exit(ONE, 1.0, "A"),)},
    )


def rrxor() -> Chain:
    """V3: two coins and then their exclusive or. States that look alike differ two symbols on."""
    coin = 0.5
    return Chain(
        {"S": 1 / 3, "S0": 1 / 6, "S1": 1 / 6, "E0": 1 / 6, "E1": 1 / 6},
        {
            "S": (Exit(ZERO, coin, "S0"), Exit(ONE, coin, "S1")),
            "S0": (Exit(ZERO, coin, "E0"), Exit(ONE, coin, "E1")),
            "S1": (Exit(ZERO, coin, "E1"), Exit(ONE, coin, "E0")),
            "E0": (Exit(ZERO, 1.0, "S"),),
            "E1": (Exit(ONE, 1.0, "S"),),
        },
    )


def die(favourite: int | None = None, p_favourite: float = 0.209, n_sides: int = 101) -> Chain:
    """V0: one uniform draw from `n_sides` symbols a step, or one with a favourite.

    The favourite takes `p_favourite`; the others share the rest evenly. Symbols are the tokens
    0, 1, ... below `n_sides`.
    """
    rest = 1.0 if favourite is None else 1 - p_favourite
    n_rest = n_sides if favourite is None else n_sides - 1
    exits = tuple(
        Exit(side, p_favourite if side == favourite else rest / n_rest, "die")
        for side in range(n_sides)
    )
    return Chain({"die": 1.0}, {"die": exits})
