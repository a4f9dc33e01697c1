"""Many records at once, from a column of values for each of their fields."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from itertools import repeat
from typing import Any, TypeVar

_Record = TypeVar("_Record")


def from_columns(
    kind: type[_Record],
    n: int,
    columns: Mapping[str, Sequence[object]],
    alike: Mapping[str, object],
) -> list[_Record]:
    """N frozen dataclasses with slots: `columns` has n values of a field, `alike` one for all.

    A field that neither has is as it is by default. The values are not looked at, as they are not
    by a dataclass. ValueError where a column is of another length or a field is without a value.
    """
    made = list(map(object.__new__, repeat(kind, n)))
    # A frozen dataclass sets one field at a time, by name; at 100,000 records that takes most of
    # the time that opening a session takes. This is a loop in C for each field.
    for each in fields(kind):  # type: ignore[arg-type]
        values = columns[each.name] if each.name in columns else [_value(each, alike)] * n
        if len(values) != n:
            raise ValueError(f"{len(values)} values of {each.name} for {n} records")
        deque(map(getattr(kind, each.name).__set__, made, values), maxlen=0)
    return made


def _value(field: Field[Any], alike: Mapping[str, object]) -> object:
    if field.name in alike:
        return alike[field.name]
    if field.default_factory is not MISSING:
        return field.default_factory()
    if field.default is MISSING:
        raise ValueError(f"no value of {field.name}")
    return field.default
