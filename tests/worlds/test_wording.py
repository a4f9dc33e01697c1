import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.worlds.wording import Rule, Slot, Text, Wordings, as_sentence, parts_of, units_of


def test_a_template_is_read_with_its_holes() -> None:
    assert parts_of("So {he} [went|ran to {place}] <act.dog>, <noise>.") == (
        Text("So "),
        Slot("he"),
        Text(" "),
        Wordings(((Text("went"),), (Text("ran to "), Slot("place")))),
        Text(" "),
        Rule("act", "dog"),
        Text(", "),
        Rule("noise", None),
        Text("."),
    )


def test_marks_of_turns_are_words() -> None:
    assert parts_of("<|im_start|>user\n") == (Text("<|im_start|>user\n"),)


def test_units_begin_at_spaces_outside_of_holes() -> None:
    assert units_of("{hero} [sat down|fell], slowly.") == (
        (Slot("hero"),),
        (Text(" "), Wordings(((Text("sat down"),), (Text("fell"),))), Text(",")),
        (Text(" slowly."),),
    )


@given(st.text(alphabet="ab {}h.,\n").filter(lambda text: "{}" not in text))
def test_units_of_plain_words_are_the_words(words: str) -> None:
    plain = words.replace("{", "").replace("}", "")
    units = units_of(plain)
    said = "".join(part.words for unit in units for part in unit if isinstance(part, Text))
    assert said == plain
    assert all(units)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("the jam", "The jam"), ('"go," it said', '"Go," it said'), ("> be me", "> be me"), ("", "")],
)
def test_a_sentence_begins_with_a_capital(text: str, expected: str) -> None:
    assert as_sentence(text) == expected
