import pytest

from loom.worlds.backend import WorldBackend
from loom.worlds.belief import Belief
from loom.worlds.grammar import Place
from loom.worlds.posterior import law_of_beat, law_of_latent
from loom.worlds.quill import QUILL
from loom.worlds.voices import VOICES

ASKED = "<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\n"


def after(story: WorldBackend[Place], text: str) -> Belief[Place]:
    followed = story.filter.follow(story.filter.start(), story.vocabulary.encode(text))
    assert followed.outside == ()
    return followed.belief


def test_before_anything_is_said_the_prior_holds(story: WorldBackend[Place]) -> None:
    law = law_of_latent(QUILL, story.filter.start(), "voice")
    assert law == pytest.approx(dict(zip(VOICES.options, VOICES.probabilities, strict=True)))
    assert sum(law_of_latent(QUILL, story.filter.start(), "owner").values()) == pytest.approx(1)


def test_a_voice_is_known_by_its_words(story: WorldBackend[Place]) -> None:
    law = law_of_latent(QUILL, after(story, ASKED + "You called down."), "voice")
    assert law == {"well": pytest.approx(1)}


def test_words_that_two_voices_share_leave_both(story: WorldBackend[Place]) -> None:
    law = law_of_latent(QUILL, after(story, ASKED + "I am"), "voice")
    assert {*law} == {"clerk", "porter", "well"}
    # The clerk begins so half the time, and so do the others: only the prior tells them apart.
    assert law["clerk"] / law["porter"] == pytest.approx(6.2)


def test_the_place_in_the_plot_is_known_at_a_sentence_end(story: WorldBackend[Place]) -> None:
    toast = "Friends, raise your glasses."
    assert law_of_beat(after(story, toast)) == {"toast": pytest.approx(1)}


def test_the_same_sentence_is_told_apart_by_what_was_before(story: WorldBackend[Place]) -> None:
    before = "One morning in March, Marco the baker opened the door and found a red umbrella."
    lead = f"{before} A label on it said: for the mayor, before supper. So he put the umbrella "
    chess = lead + (
        "under his arm and set out for the bridge. Two old ladies were playing chess on the "
        "bridge, for a cream bun. Nobody moved."
    )
    toast = (
        "Friends, raise your glasses. I have known Marco since he was as tall as this table and "
        "half as steady. But there is something you should know about the groom. You are a "
        "murderer, Marco. Nobody moved."
    )
    assert law_of_beat(after(story, chess)) == {"chess hush": pytest.approx(1)}
    assert law_of_beat(after(story, toast)) == {"dark": pytest.approx(1)}
