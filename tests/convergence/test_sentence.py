"""The reason for a join, as a person reads it."""

from __future__ import annotations

import pytest

from loom.convergence.sentence import prompt_echo, shared_words
from loom.records import LexicalEvidence

LAST = ". What follows was not compared."


def evidence(
    text: str = " and raised her glass",
    n_tokens: int = 4,
    n_branches: int = 3,
    expected: float = 1 / 43_210,
) -> LexicalEvidence:
    return LexicalEvidence(text, n_tokens, n_branches, 8, expected, common=False)


def quoted(text: str) -> str:
    return shared_words(["1", "2"], 2, evidence(text)).partition("“")[2].partition("”")[0]


def test_shared_words_name_branches_words_and_chance() -> None:
    assert shared_words(["1", "2", "4"], 3, evidence()) == (
        "≈ Branches 1, 2 and 4 (3 of 8) say the same 4 words: “and raised her glass”"
        " (chance 1 in 40,000)" + LAST
    )


def test_many_branches_are_counted_instead_of_named() -> None:
    names = ["1", "2", "3", "5", "6", "7"]
    six = shared_words(names, 6, evidence(n_branches=6))
    assert six.startswith("≈ Branches 1, 2, 3, 5, 6 and 7 (6 of 8) ")
    seven = shared_words(names, 7, evidence(n_branches=7))
    assert seven.startswith("≈ Branches 1, 2, 3, 5, 6 and 2 more (7 of 8) ")


def test_a_branch_that_forks_on_is_several_paths() -> None:
    assert "Branches 1 and 2.3 (5 of 8 paths)" in prompt_echo(
        ["1", "2.3"], 2, evidence(n_branches=5)
    )


@pytest.mark.parametrize(
    ("expected", "odds"),
    [
        (0.01, "1 in 100"),
        (0.0034, "1 in 200"),
        (1 / 99_999, "1 in 90,000"),
        (1e-12, "under 1 in a billion"),
        (0.0, "under 1 in a billion"),
    ],
)
def test_chance_is_rounded_towards_the_more_likely(expected: float, odds: str) -> None:
    assert f"(chance {odds})" in shared_words(["1", "2"], 2, evidence(expected=expected))


def test_text_without_spaces_is_measured_in_tokens() -> None:
    assert "the same 7 tokens" in shared_words(["1", "2"], 2, evidence("我们举起酒杯说", 7))
    assert "the same 3 words:" in shared_words(["1", "2"], 2, evidence(". Then – he said,", 6))
    assert "the same 1 word:" in shared_words(["1", "2"], 2, evidence(" wonderfully", 3))


def test_what_would_break_the_line_is_drawn() -> None:
    assert quoted("the end.\n\n Then\x1b[31m\tred\u202e x\r") == "the end. ¶ Then␛[31m red\ufffd x␍"


def test_halves_of_characters_are_left_off_the_quote() -> None:
    assert quoted("\ufffd and so\ufffd") == "and so"


def test_long_runs_lose_their_middle_at_words() -> None:
    words = " ".join(f"word{i}" for i in range(60))
    long = shared_words(["1", "2", "4"], 3, evidence(words))
    assert len(long.removesuffix(LAST)) <= 118
    head, tail = long.partition("“")[2].partition("”")[0].split(" … ")
    assert words.startswith(head + " ")
    assert words.endswith(" " + tail)


def test_a_long_run_without_spaces_loses_its_middle_anyway() -> None:
    assert len(quoted("x" * 500)) < 100
