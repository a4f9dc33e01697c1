import math
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.worlds.beat import LAST, SECTION
from loom.worlds.law import Table
from loom.worlds.plot import BEATS, OPENINGS
from loom.worlds.sayings import RULES
from loom.worlds.town import Story, draw_story
from loom.worlds.townsfolk import (
    COMPANIONS,
    FIRST_PLACES,
    FIRST_WEATHERS,
    HEROES,
    OWNERS,
    PLACES,
    ROADS,
    THINGS,
    WEATHER_TURNS,
    WEATHERS,
)

seeds = st.integers(min_value=0, max_value=2**32)


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    rng = random.Random(11)
    return [draw_story(rng) for _ in range(400)]


@given(seeds)
def test_a_seed_is_a_story(seed: int) -> None:
    assert draw_story(random.Random(seed)) == draw_story(random.Random(seed))


@given(seeds)
def test_a_story_keeps_its_cast(seed: int) -> None:
    story = draw_story(random.Random(seed))
    others = [hero for hero in HEROES.options if hero != story.cast.hero]
    assert story.cast.hero.name in story.text
    for hero in others:
        assert not re.search(rf"\b{hero.name}\b", story.text)
    for companion in COMPANIONS.options:
        if companion != story.cast.companion:
            assert companion.first not in story.text
            assert companion.then + " " not in story.text.lower()
    for thing in THINGS.options:
        if thing != story.cast.thing:
            assert thing.first not in story.text


@given(seeds)
def test_the_hero_keeps_one_pronoun_in_what_only_the_hero_does(seed: int) -> None:
    story = draw_story(random.Random(seed))
    he = story.cast.hero.pronouns[0]
    for sentence in story.sentences:
        if sentence.beat in ("found", "known", "search", "lost"):
            said = re.findall(r"\b(?:he|she)\b", sentence.text.lower())
            assert set(said) <= {he}


@given(seeds)
def test_people_and_things_are_introduced_before_they_are_mentioned(seed: int) -> None:
    story = draw_story(random.Random(seed))
    text = story.text.lower()
    for named in (story.cast.companion, story.cast.thing):
        # "the map" is not "the mapmaker".
        mentioned = re.search(rf"{named.then}\b", text)
        introduced = text.find(named.first.lower())
        assert mentioned is None or -1 < introduced <= mentioned.start()


@given(seeds)
def test_a_story_ends_once_and_begins_with_words(seed: int) -> None:
    story = draw_story(random.Random(seed))
    assert story.text.endswith("The end.")
    assert story.text.count("The end.") == 1
    assert story.sentences[0].lead == ""
    assert all(one.lead for one in story.sentences[1:])
    assert story.text == story.text.strip()
    assert not set("{}[]<>|") & set(story.text)


@given(seeds)
def test_bits_add_up_and_are_never_negative(seed: int) -> None:
    story = draw_story(random.Random(seed))
    parts = [bits for one in story.sentences for bits in (one.bits, one.road_bits)]
    assert min(parts) >= 0
    assert story.bits == pytest.approx(story.cast_bits + math.fsum(parts))
    assert story.bits > 0


def test_the_price_of_the_road_is_the_odds_in_the_graph(stories: list[Story]) -> None:
    for story in stories:
        for before, after in zip(story.sentences, story.sentences[1:], strict=False):
            beat = BEATS[after.beat]
            chance = BEATS[before.beat].then.probability(after.beat)
            chance *= beat.lead.probability(after.lead)
            if beat.change in ("roam", "dawn"):
                chance *= ROADS[before.world.place].probability(after.world.place)
            if beat.change in ("weather", "dawn"):
                chance *= WEATHER_TURNS[before.world.weather].probability(after.world.weather)
            assert after.road_bits == pytest.approx(-math.log2(chance))


def every_table() -> list[Table[str]]:
    tables = [OPENINGS, FIRST_PLACES, FIRST_WEATHERS]
    tables += [*ROADS.values(), *WEATHER_TURNS.values(), *RULES.values()]
    return tables + [
        table for beat in BEATS.values() for table in (beat.sentences, beat.then, beat.lead)
    ]


def test_every_table_is_a_distribution() -> None:
    for table in every_table():
        assert math.fsum(table.probabilities) == pytest.approx(1, abs=1e-12)
        assert min(table.probabilities) > 0


def test_every_road_leads_to_something_that_exists() -> None:
    assert {*FIRST_PLACES.options} <= {*PLACES}
    assert {*ROADS} == {*PLACES}
    assert {place for table in ROADS.values() for place in table.options} <= {*PLACES}
    assert {owner.home for owner in OWNERS.options} <= {*PLACES}
    assert {*FIRST_WEATHERS.options} == {*WEATHER_TURNS} == {*WEATHERS}
    assert {*OPENINGS.options} <= {*BEATS}
    assert {name for beat in BEATS.values() for name in beat.then.options} <= {*BEATS}


def test_every_key_has_its_sayings() -> None:
    keys = {
        "act": [one.key for one in COMPANIONS.options],
        "speech": [one.key for one in COMPANIONS.options],
        "does": [one.key for one in THINGS.options],
        "use": [one.key for one in THINGS.options],
        "view": [*PLACES],
        "sky": [*WEATHERS],
        "spell": [*WEATHERS],
        "praise": ["merry", "uneasy", "dark"],
        "arrival": ["far", "here"],
    }
    assert {*RULES} == {f"{rule}.{key}" for rule, all_keys in keys.items() for key in all_keys}


def test_every_beat_comes_to_the_end_without_a_circle() -> None:
    def longest(name: str, above: tuple[str, ...]) -> int:
        assert name not in above, f"a circle: {above}"
        if name == LAST:
            return 1
        return 1 + max(longest(after, (*above, name)) for after in BEATS[name].then.options)

    assert max(longest(name, ()) for name in OPENINGS.options) < 40


def test_every_beat_is_used(stories: list[Story]) -> None:
    used = {sentence.beat for story in stories for sentence in story.sentences}
    assert used == {*BEATS}


def test_roads_part_and_meet_again(stories: list[Story]) -> None:
    arrivals = {
        before.beat
        for story in stories
        for before, after in zip(story.sentences, story.sentences[1:], strict=False)
        if after.beat == "arrive"
    }
    assert len(arrivals) >= 4
    assert len({story.text for story in stories}) == len(stories)


def test_some_stories_break_and_all_are_short(stories: list[Story]) -> None:
    n_broken = sum(SECTION.options[0] in story.text for story in stories)
    assert 0 < n_broken < len(stories)
    n_sentences = [len(story.sentences) for story in stories]
    assert min(n_sentences) >= 8
    assert max(n_sentences) < 40
