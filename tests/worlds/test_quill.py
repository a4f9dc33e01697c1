import math
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.worlds.beat import END, Beat
from loom.worlds.feast import FEAST, P_LEAVE, P_SILENCE
from loom.worlds.greentext import GREENTEXT
from loom.worlds.greentext import P_LEAVE as P_ANON_LEAVES
from loom.worlds.law import Table
from loom.worlds.quill import QUILL, draw_document, draw_story
from loom.worlds.telling import Told
from loom.worlds.voices import TOPICS, VOICES

seeds = st.integers(min_value=0, max_value=2**32)


@pytest.fixture(scope="module")
def documents() -> list[Told]:
    rng = random.Random(11)
    return [draw_document(QUILL, rng) for _ in range(500)]


def roads(beat: Beat) -> list[Table[str]]:
    return [beat.then] if isinstance(beat.then, Table) else list(beat.then.values())


@given(seeds)
def test_a_seed_is_a_document(seed: int) -> None:
    one, other = (draw_document(QUILL, random.Random(seed)) for _ in range(2))
    assert one == other
    assert one.over


@settings(deadline=None)
@given(seeds)
def test_holes_are_all_filled(seed: int) -> None:
    text = draw_document(QUILL, random.Random(seed)).text
    assert text == text.strip()
    assert not set("{}[]") & set(text)
    assert not re.search(r"<(?!\|im_)", text)
    assert "  " not in text


@settings(deadline=None)
@given(seeds)
def test_a_story_keeps_its_hero_until_another_begins(seed: int) -> None:
    told = draw_story(random.Random(seed))
    hero = QUILL.order["hero"]
    for before, after in zip(told.sentences, told.sentences[1:], strict=False):
        if before.values[hero] is not None and after.beat not in ("again", "new day", "first hum"):
            assert after.values[hero] == before.values[hero]


@settings(deadline=None)
@given(seeds)
def test_only_one_hero_is_named_between_two_breaks(seed: int) -> None:
    heroes = [name for (name,) in QUILL.slots["hero"].says]
    for part in re.split(r"\*\*\*|It began as a hum", draw_story(random.Random(seed)).text):
        assert len([name for name in heroes if re.search(rf"\b{name}\b", part)]) <= 1


def test_every_table_is_a_distribution() -> None:
    tables = [*QUILL.rules.values()]
    for latent in QUILL.latents.values():
        tables += [*latent.prior.values(), *latent.turns.values()]
    for beat in QUILL.beats.values():
        tables += [beat.sentences, beat.lead, *roads(beat)]
    for table in tables:
        assert math.fsum(table.probabilities) == pytest.approx(1, abs=1e-12)
        assert min(table.probabilities) > 0


def test_every_road_leads_to_something_that_exists() -> None:
    for beat in QUILL.beats.values():
        for table in roads(beat):
            assert {*table.options} <= {*QUILL.beats, END}


def test_every_key_has_its_sayings() -> None:
    keyed = {
        "act": "companion",
        "speech": "companion",
        "does": "thing",
        "use": "thing",
        "view": "place",
        "sky": "weather",
        "spell": "weather",
        "praise": "mood",
        "arrival": "home",
        **dict.fromkeys(TOPICS, "voice"),
    }
    expected = {
        f"{rule}.{key}" for rule, name in keyed.items() for key in QUILL.keys[name].says.values()
    }
    assert {*QUILL.rules} == {*expected, "number"}


def test_every_beat_is_reached_and_every_kind_of_page_told(documents: list[Told]) -> None:
    rng = random.Random(12)
    said = {one.beat for told in documents for one in told.sentences}
    for _ in range(2500):
        said |= {one.beat for one in draw_document(QUILL, rng).sentences}
    assert {*QUILL.beats} - said == {"", "lost"}


def test_documents_are_short_enough_for_a_small_window(documents: list[Told]) -> None:
    n_words = sorted(len(told.text.split()) for told in documents)
    assert n_words[len(n_words) // 2] < 300
    assert n_words[int(0.95 * len(n_words))] < 1000


def test_the_feast_is_hard_to_leave_and_the_hum_has_no_way_out() -> None:
    feast = {"band", "dance", "supper", "gossip", "children"}
    hum = {"hum", "hush", "all hum"}
    for name in feast:
        (table,) = roads(FEAST[name])
        inside = math.fsum(table.probability(other) for other in feast)
        assert 1 - inside == pytest.approx(P_LEAVE, abs=1e-12)
    for name in (*hum, "first hum"):
        (table,) = roads(FEAST[name])
        assert {*table.options} == {*hum, "stop"}
        assert table.probability("stop") == pytest.approx(P_SILENCE, abs=1e-12)


def test_most_stories_fall_into_the_feast_or_come_home(documents: list[Told]) -> None:
    told = [one for one in documents if one.sentences[0].beat == "page story"]
    n_weddings = sum(any(s.beat == "toast" for s in one.sentences) for one in told)
    n_feasts = sum(any(s.beat == "band" for s in one.sentences) for one in told)
    assert n_feasts > 0.9 * n_weddings
    assert n_feasts > 0.4 * len(told)


def test_anon_leaves_at_a_known_hazard() -> None:
    for name, hazard in P_ANON_LEAVES.items():
        (table,) = roads(GREENTEXT[name])
        assert table.probability("leave") == pytest.approx(hazard, abs=1e-12)


def test_one_voice_is_rare() -> None:
    assert VOICES.probability("well") == pytest.approx(0.02)
    assert min(VOICES.probabilities) == VOICES.probability("well")
