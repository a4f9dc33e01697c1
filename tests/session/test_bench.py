"""The benchmark on the bundled model, made small: what it tells, and when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loom.session.bench import as_document, bench_lines, measure, measuring, whole
from loom.session.bench.results import Found


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"N_BRANCHES": (1, 2), "N_PREFIX": 32, "N_TOKENS": 3, "N_ROUNDS": 1}
    for name, size in sizes.items():
        monkeypatch.setattr(measuring, name, size)
    monkeypatch.setattr(whole, "N_LEAVES", 2)
    monkeypatch.setattr(whole, "N_TO_EVICT", 4)


def test_every_row_is_told_before_the_next_is_measured_and_all_of_it_is_one_document() -> None:
    heard, seen = list[str](), list[Found]()

    def noted() -> Iterator[Found]:
        for one in measure(["story-base"], heard.append):
            seen.append(one)
            yield one

    for line in bench_lines(noted()):
        heard.append(line)
    assert [words.split(":")[-1].split()[0] for words in heard[:3]] == [
        "1",
        "story-base",
        "branches",
    ]
    assert heard[3].split()[0] == "1"
    assert heard[4] == "story-base: 2 branches"
    assert heard[5].split()[0] == "2"
    assert heard[6] == "story-base: growing again from leaves"
    assert heard[8].lstrip().startswith("a step of 2: ")
    (result,) = as_document(seen)["results"]
    assert result["model"] == "story-base"
    runs = result["runs"]
    assert isinstance(runs, tuple)
    assert [run["n_branches"] for run in runs] == [1, 2]
    assert all(run["tok_per_s"] > 0 and run["bare_decode_tok_per_s"] > 0 for run in runs)
    assert set(result) >= {"device", "n_threads", "step", "regrow", "regrow_from_host", "memory"}
