"""Records made from columns are those that are made one by one."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.records.in_bulk import from_columns


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    size: int = 3
    parts: tuple[str, ...] = field(default_factory=tuple)


@given(st.lists(st.tuples(st.text(), st.integers())))
def test_they_are_those_made_one_by_one(rows: list[tuple[str, int]]) -> None:
    columns = {"name": [name for name, _ in rows], "size": [size for _, size in rows]}
    assert from_columns(Thing, len(rows), columns, {}) == [Thing(*row) for row in rows]


def test_what_is_alike_and_what_is_left_out() -> None:
    made = from_columns(Thing, 2, {"size": [1, 2]}, {"name": "x"})
    assert made == [Thing("x", 1), Thing("x", 2)]
    with pytest.raises(FrozenInstanceError):
        made[0].size = 5  # type: ignore[misc]


@pytest.mark.parametrize(("columns", "what"), [({"name": ["a"]}, "1 values"), ({}, "no value")])
def test_a_field_without_its_values_makes_nothing(columns: dict[str, list[str]], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        from_columns(Thing, 2, columns, {})
