import random

import pytest

from loom.worlds.law import Dice, even
from loom.worlds.wording import Facts, as_sentence, expand

RULES = {"act.goose": even("hissed at {hero}"), "act.dog": even("barked"), "sky": even("fog")}
FACTS = Facts(words={"hero": "Odile"}, keys={"companion": "goose"})


def test_holes_are_filled_in_place() -> None:
    dice = Dice(random.Random(3))
    text = expand("the goose <act.companion>, and <sky> fell.", RULES, FACTS, dice)
    assert text == "the goose hissed at Odile, and fog fell."
    assert dice.bits == 0


def test_wordings_are_equally_likely_and_may_hold_holes() -> None:
    said = {
        expand("[{hero} left|<sky>|a|b]", RULES, FACTS, Dice(random.Random(seed)))
        for seed in range(60)
    }
    assert said == {"Odile left", "fog", "a", "b"}
    dice = Dice(random.Random(3))
    expand("[{hero} left|<sky>|a|b]", RULES, FACTS, dice)
    assert dice.bits == 2


@pytest.mark.parametrize("template", ["{heroine}", "<act.thing>", "<weather>"])
def test_a_hole_that_nothing_fills_is_an_error(template: str) -> None:
    with pytest.raises(KeyError):
        expand(template, RULES, FACTS, Dice(random.Random(3)))


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("the jam hummed.", "The jam hummed."),
        ('"six," said the crow.', '"Six," said the crow.'),
        ("Odile slept.", "Odile slept."),
        ("", ""),
    ],
)
def test_sentences_begin_with_a_capital(text: str, raised: str) -> None:
    assert as_sentence(text) == raised
