import random

from hypothesis import given
from hypothesis import strategies as st

from loom.worlds.quill import QUILL, draw_document
from loom.worlds.vocabulary import (
    SPECIAL_TOKENS,
    byte_vocabulary,
    learn_merges,
    pieces_of,
    story_vocabulary,
)

STORY = story_vocabulary()


@given(st.text())
def test_text_comes_back_as_it_was(text: str) -> None:
    tokens = STORY.encode(text, special=False)
    assert b"".join(map(STORY.piece, tokens)) == text.encode()
    assert "".join(pieces_of(text)) == text


@given(st.binary())
def test_so_do_bytes_that_are_no_text(text: bytes) -> None:
    assert b"".join(map(STORY.piece, STORY.encode_bytes(text, special=False))) == text


def test_special_tokens_are_read_only_when_asked_for() -> None:
    for token in SPECIAL_TOKENS:
        (number,) = STORY.encode(token)
        assert STORY.piece(number) == b""
        assert STORY.decode([number]) == token
        assert len(STORY.encode(token, special=False)) > 1


def test_the_vocabulary_is_small_and_made_of_bytes_merges_and_special_tokens() -> None:
    assert len(STORY) == 256 + len(STORY.merges) + len(SPECIAL_TOKENS) <= 2048
    assert len(set(STORY.tokens)) == len(STORY)
    assert len(byte_vocabulary()) == 256 + len(SPECIAL_TOKENS)


def test_words_of_the_world_are_few_tokens_each() -> None:
    rng = random.Random(2)
    n_tokens, n_pieces = 0, 0
    for _ in range(60):
        text = draw_document(QUILL, rng).text
        n_tokens += len(STORY.encode(text, special=False))
        n_pieces += len(pieces_of(text))
    assert n_tokens < 1.2 * n_pieces


def test_merges_are_learned_from_the_most_frequent_pairs_down() -> None:
    assert learn_merges(["aab aab aab ab"], 3) == [("a", "b"), ("a", "ab"), ("Ġ", "aab")]
    assert learn_merges(["ab<|im_end|>ab"], 9) == [("a", "b")]


def test_a_full_stop_ends_a_sentence_and_a_comma_does_not() -> None:
    assert [STORY.ends_sentence(STORY.encode(mark)[0]) for mark in (".", "?", ",", "a")] == [
        True,
        True,
        False,
        False,
    ]
