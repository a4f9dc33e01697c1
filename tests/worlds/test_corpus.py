import random

import numpy as np
import pytest

from assets.training.corpus import Rows
from loom.worlds.quill import QUILL
from loom.worlds.vocabulary import story_vocabulary


def test_rows_begin_with_a_document_and_targets_are_laws() -> None:
    vocabulary = story_vocabulary()
    batch = Rows(QUILL, vocabulary).batch(2, 200, random.Random(3))
    assert batch.inputs.shape == (2, 200)
    assert batch.inputs[:, 0].tolist() == [vocabulary.end_of_text] * 2
    masses = np.bincount(batch.positions, batch.chances, minlength=batch.inputs.size)
    assert masses == pytest.approx(np.ones(batch.inputs.size), abs=1e-5)


def test_the_token_that_came_is_in_the_law_before_it() -> None:
    batch = Rows(QUILL, story_vocabulary()).batch(1, 300, random.Random(4))
    laws: dict[int, set[int]] = {}
    for position, token in zip(batch.positions.tolist(), batch.ids.tolist(), strict=True):
        laws.setdefault(position, set()).add(token)
    tokens = batch.inputs[0].tolist()
    assert all(after in laws[i] for i, after in enumerate(tokens[1:]))


def test_the_same_seed_makes_the_same_rows() -> None:
    one, other = (Rows(QUILL, story_vocabulary()).batch(1, 100, random.Random(9)) for _ in range(2))
    assert np.array_equal(one.inputs, other.inputs)
    assert np.array_equal(one.chances, other.chances)
