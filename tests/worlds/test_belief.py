import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.worlds.backend import WorldBackend
from loom.worlds.belief import OUTSIDE, Filter
from loom.worlds.grammar import Place
from loom.worlds.law import Dice
from loom.worlds.quill import QUILL
from loom.worlds.telling import Teller
from loom.worlds.vocabulary import Vocabulary
from tests.worlds.small_town import SMALL, documents, law_of_texts

seeds = st.integers(min_value=0, max_value=2**32)


def told(seed: int) -> tuple[str, float]:
    dice = Dice(random.Random(seed))
    return Teller(QUILL, dice).tell().text, dice.bits


def test_the_small_town_is_ambiguous_and_complete() -> None:
    ways = list(documents(SMALL))
    texts = law_of_texts(SMALL)
    assert math.fsum(p for p, _ in ways) == pytest.approx(1, abs=1e-12)
    assert len(texts) < len(ways)


def test_the_filter_gives_every_text_of_a_small_town_its_probability(
    small: Filter[Place], small_vocabulary: Vocabulary
) -> None:
    for text, p in law_of_texts(SMALL).items():
        tokens = [*small_vocabulary.encode(text), small_vocabulary.end_of_text]
        followed = small.follow(small.start(), tokens)
        assert followed.outside == ()
        assert sum(followed.bits) == pytest.approx(-math.log2(p), abs=1e-6)


def test_a_document_that_ended_leaves_nothing_behind(
    small: Filter[Place], small_vocabulary: Vocabulary
) -> None:
    text = next(iter(law_of_texts(SMALL)))
    tokens = [*small_vocabulary.encode(text), small_vocabulary.end_of_text]
    assert small.follow(small.start(), tokens).belief.weights == small.start().weights


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(min_value=0, max_value=400))
def test_laws_sum_to_one_wherever_one_stands(
    story: WorldBackend[Place], seed: int, n_tokens: int
) -> None:
    tokens = story.vocabulary.encode(told(seed)[0])[:n_tokens]
    belief = story.filter.follow(story.filter.start(), tokens).belief
    assert math.fsum(story.filter.said(belief).values()) == pytest.approx(1, abs=1e-9)
    assert math.fsum(belief.weights.values()) == pytest.approx(1, abs=1e-9)
    whole = math.fsum(math.exp(x) for x in story.log_law(belief))
    assert whole == pytest.approx(1, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(seeds)
def test_whatever_is_told_is_followed_at_the_price_of_its_draws(
    story: WorldBackend[Place], seed: int
) -> None:
    text, bits = told(seed)
    tokens = [*story.vocabulary.encode(text), story.vocabulary.end_of_text]
    followed = story.filter.follow(story.filter.start(), tokens)
    assert followed.outside == ()
    # Two ways can make one text, which is then likelier than either; hardly ever by much.
    assert sum(followed.bits) <= bits + 1e-5
    assert sum(followed.bits) > bits - 12


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_beliefs_stay_small(story: WorldBackend[Place], seed: int) -> None:
    belief = story.filter.start()
    for token in story.vocabulary.encode(told(seed)[0]):
        _, belief = story.filter.advance(belief, token)
        # Once in some hundred tellings a chat about a number leaves 202 places open.
        assert len(belief.weights) <= 256


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=60))
def test_any_text_can_be_followed_and_its_price_is_finite(
    story: WorldBackend[Place], text: bytes
) -> None:
    tokens = story.tokenise(text, special=True, at_start=True)
    followed = story.filter.follow(story.filter.start(), tokens)
    assert all(0 <= bits <= -math.log2(OUTSIDE) + 1e-9 for bits in followed.bits)
    assert math.fsum(followed.belief.weights.values()) == pytest.approx(1, abs=1e-9)


def test_each_token_that_cannot_be_said_costs_forty_bits(story: WorldBackend[Place]) -> None:
    tokens = story.vocabulary.encode("zzz")
    followed = story.filter.follow(story.filter.start(), tokens)
    assert followed.outside == tuple(range(len(tokens)))
    assert followed.bits == pytest.approx([40.0] * len(tokens))


def names_next(story: WorldBackend[Place], text: str) -> dict[str, float]:
    """The law of the next token, as texts."""
    tokens = story.vocabulary.encode(text)
    belief = story.filter.follow(story.filter.start(), tokens).belief
    return {story.vocabulary.decode([token]): p for token, p in story.filter.said(belief).items()}


def test_who_it_is_about_survives_what_the_world_did_not_understand(
    story: WorldBackend[Place],
) -> None:
    known = "One morning in March, Odile the clockmaker opened the door and found a red umbrella."
    after = names_next(story, f"{known} She thought of Mathilde, and blushed. There was once a")
    assert after == {" clock": pytest.approx(1)} or after == {" clockmaker": pytest.approx(1)}


def test_a_sentence_out_of_place_is_read_for_what_it_is(story: WorldBackend[Place]) -> None:
    toast = "I baked this. Friends, raise your glasses. I have known Marco since the winter the"
    assert names_next(story, toast) == {" lake": pytest.approx(1)}


def test_after_a_sentence_of_ones_own_a_story_can_begin(story: WorldBackend[Place]) -> None:
    assert names_next(story, "It is late and I am typing. One morning in").keys() == {
        " March",
        " April",
        " October",
        " November",
    }
