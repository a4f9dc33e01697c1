"""Texts aligned by their words, and the screen that shows them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.app.comparing import LEAST_SHARED, compare

from .conftest import NARROW, WIDE, main_screen, opened, screen_text
from .fake_session import toast
from .test_snapshots import grown

texts = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=25).map(" ".join)


@given(st.lists(texts, min_size=2, max_size=4))
def test_stretches_cover_every_word_once_and_shared_ones_are_the_same(all_texts: list[str]) -> None:
    comparison = compare(all_texts)
    for number, text in enumerate(all_texts):
        ranges = [stretch.ranges[number] for stretch in comparison.stretches]
        covered = [at for start, end in ranges for at in range(start, end)]
        assert covered == list(range(len(text.split())))
        assert "".join(comparison.words[number]) == text
    for stretch in comparison.stretches:
        said = {
            tuple(word.strip() for word in words[start:end])
            for words, (start, end) in zip(comparison.words, stretch.ranges, strict=True)
        }
        if stretch.shared:
            assert len(said) == 1
            assert len(said.pop()) >= LEAST_SHARED
            for own, span in zip(comparison.own, stretch.ranges, strict=True):
                assert not own & set(range(*span))


@given(texts)
def test_the_same_text_is_shared_whole(text: str) -> None:
    comparison = compare([text, text, text])
    assert comparison.own == (frozenset(),) * 3
    if len(text.split()) >= LEAST_SHARED:
        assert [stretch.shared for stretch in comparison.stretches] == [True]


def test_words_of_one_text_alone_are_its_own() -> None:
    comparison = compare(["It was the old joke, told well", "So it was the old joke, told twice"])
    own = [
        [words[at].strip() for at in sorted(numbers)]
        for words, numbers in zip(comparison.words, comparison.own, strict=True)
    ]
    assert own == [["It", "well"], ["So", "it", "twice"]]
    assert [stretch.shared for stretch in comparison.stretches] == [False, True, False]


async def test_as_many_as_have_room_stand_side_by_side_and_shared_words_fold() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("C")
        text = screen_text(pilot)
        assert "branches 1, 2, 3 and 4 of 8" in text
        await pilot.press("3", "4", "2", "1")
        assert "branches 1 and 2 of 8" in screen_text(pilot)
        await pilot.press("0")
        assert "branches 1 and 2 of 8" in screen_text(pilot)
        assert "= It was the old joke, told (6 words)" in screen_text(pilot)
        await pilot.press("f")
        assert "(6 words)" not in screen_text(pilot)
        await pilot.press("down", "escape")
        assert pilot.app.screen is main_screen(pilot)


async def test_twins_are_not_compared_unasked_and_a_new_one_takes_the_oldest_place() -> None:
    async with opened(grown(), NARROW) as pilot:
        await pilot.press("down", "C")
        assert "branches 1 and 2 of 8" in screen_text(pilot)
        await pilot.press("7")
        assert "branches 2 and 7 of 8" in screen_text(pilot)
        await pilot.press("1")
        assert "branches 1 and 7 of 8" in screen_text(pilot)
        assert "28 words are the same in all" in screen_text(pilot)


async def test_one_branch_has_nothing_to_be_compared_with() -> None:
    async with opened(toast(), WIDE) as pilot:
        await pilot.press("C")
        assert "There are no two branches here." in screen_text(pilot)
