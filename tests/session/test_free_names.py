"""A name that nobody has taken, so that nothing is written over."""

from __future__ import annotations

from pathlib import Path

from loom.session.free_names import free_name


def test_each_name_is_the_next_that_is_free(tmp_path: Path) -> None:
    path = tmp_path / "a.b.loom"
    found = []
    for _ in range(3):
        found.append(free_name(path))
        found[-1].touch()
    assert [one.name for one in found] == ["a.b.loom", "a.b-2.loom", "a.b-3.loom"]
    found[1].unlink()
    assert free_name(path) == found[1]
