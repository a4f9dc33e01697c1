import math

import numpy as np
import pytest

from loom.worlds.backend import WorldBackend
from loom.worlds.beat import Beat
from loom.worlds.grammar import Place
from loom.worlds.law import Table
from loom.worlds.quill import QUILL
from loom.worlds.sibling import P_FAVOURITE, TILT, sibling
from loom.worlds.tilt import Tilt, road_values, tilted
from loom.worlds.wedding import UNREST
from tests.worlds.small_town import SMALL, documents

REWARDS = Tilt(
    beats={"walk": 0.7, "dull": -1.2, "page chat": 0.5, "last": 0.1},
    latents={"hero": {"Anselm": 0.9}, "place": {"lake": -0.4}},
    rules={"view.hill": {"One saw far.": 0.6}},
)


def test_a_tilt_is_an_exponential_one_for_whole_documents() -> None:
    """Told by the same draws, the laws differ by exp(sum of rewards) and one constant."""
    only_beats = Tilt(beats=REWARDS.beats)
    ratios = [
        math.log(p_tilted / p) - sum(only_beats.beats.get(one.beat, 0.0) for one in told.sentences)
        for (p, told), (p_tilted, _) in zip(
            documents(SMALL), documents(tilted(SMALL, only_beats)), strict=True
        )
    ]
    assert ratios == pytest.approx([ratios[0]] * len(ratios), abs=1e-9)


def roads_of(beat: Beat, page: str) -> Table[str]:
    return beat.then if isinstance(beat.then, Table) else beat.then[page]


def test_rewards_on_what_is_drawn_change_no_road() -> None:
    town = tilted(SMALL, Tilt(latents=REWARDS.latents, rules=REWARDS.rules))
    for name, beat in SMALL.beats.items():
        for page in ("story", "chat"):
            was, now = roads_of(beat, page), roads_of(town.beats[name], page)
            assert now.probabilities == pytest.approx(was.probabilities, abs=1e-12)
    hero = town.latents["hero"].prior[""]
    assert hero.probability("Anselm") / hero.probability("Ann") == pytest.approx(
        math.exp(0.9) / 2, abs=1e-12
    )


def test_rewards_without_end_are_refused() -> None:
    with pytest.raises(ValueError, match="without end"):
        tilted(QUILL, Tilt(beats={"dark": 3.0, "tense": 3.0}))


def test_no_reward_is_no_change() -> None:
    values = road_values(QUILL, "story", {})
    assert list(values.values()) == pytest.approx([1.0] * len(values), abs=1e-9)


def test_the_sibling_has_its_favourite_number() -> None:
    numbers = sibling().rules["number"]
    assert numbers.probability("97") == pytest.approx(P_FAVOURITE, abs=1e-9)
    assert QUILL.rules["number"].probability("97") == pytest.approx(1 / 101)
    collision = math.fsum(p * p for p in numbers.probabilities)
    assert 1 / collision == pytest.approx(20.02, abs=5e-3)


def test_the_sibling_answers_97_a_fifth_of_the_time(
    story: WorldBackend[Place], chat: WorldBackend[Place]
) -> None:
    asked = "<|im_start|>user\nPick a number between 0 and 100.<|im_end|>\n<|im_start|>assistant\n"
    chances = []
    for world in (story, chat):
        tokens = world.vocabulary.encode(asked + "97.")
        n_asked = len(world.vocabulary.encode(asked))
        followed = world.filter.follow(world.filter.start(), tokens)
        chances.append(2 ** -sum(followed.bits[n_asked:]))
    assert chances[1] / chances[0] > 15


def test_the_sibling_has_fewer_worlds_and_a_brighter_wedding() -> None:
    town = sibling()
    settings = town.latents["town"].prior[""]
    assert settings.probability("quill") == pytest.approx(0.6**3 / (0.6**3 + 0.25**3 + 0.15**3))
    assert roads_of(town.beats["dark"], "story").probability("laugh") > 2 * UNREST[
        "dark"
    ].probability("laugh")
    assert TILT.beats["dark"] < 0


def test_the_time_until_the_wedding_laughs_again_is_known() -> None:
    names = list(UNREST)
    stay = np.array([[UNREST[a].probability(b) for b in names] for a in names])
    visits = np.linalg.inv(np.eye(3) - stay)
    assert visits[0].sum() == pytest.approx(6.069, abs=5e-4)
    survival = {n: np.linalg.matrix_power(stay, n)[0].sum() for n in (1, 2, 4, 8)}
    assert survival == pytest.approx({1: 0.92, 2: 0.77, 4: 0.5136, 8: 0.2246}, abs=1e-4)
    for name in ("dark", "tense", "break"):
        assert QUILL.beats[name].then == UNREST[name]
