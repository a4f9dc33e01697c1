"""Garbage is looked for when it is asked for, and then it is found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from loom.app.pauses import (
    let_go,
    look_for_garbage_when_asked,
    look_for_no_garbage,
    tidy,
)


@pytest.fixture
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.enable()
    gc.unfreeze()


class Ring:
    """What only a full look finds: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("as_before")
def test_what_is_old_waits_until_all_is_looked_through() -> None:
    look_for_garbage_when_asked()
    assert gc.get_freeze_count() > 0
    ring = Ring()
    gone = weakref.ref(ring)
    gc.collect(1)
    del ring
    gc.collect(1)
    assert gone() is not None
    tidy()
    assert gone() is None


@pytest.mark.usefixtures("as_before")
def test_while_the_program_is_loaded_nothing_is_looked_for_and_then_it_is_again() -> None:
    look_for_no_garbage()
    assert not gc.isenabled()
    look_for_garbage_when_asked()
    assert gc.isenabled()


@pytest.mark.usefixtures("as_before")
def test_a_session_that_was_left_goes_although_it_was_to_be_left_alone() -> None:
    session = Ring()
    gone = weakref.ref(session)
    look_for_garbage_when_asked()
    del session
    tidy()
    assert gone() is not None
    let_go()
    assert gone() is None
