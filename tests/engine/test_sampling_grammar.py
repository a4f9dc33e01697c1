"""Grammars through llama.cpp, with the vocabulary of the bundled model and laws made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import llama_cpp as lib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.engine.backend import NothingToDrawError
from loom.engine.llama.chain import ChainSampler
from loom.engine.llama.recipe import Recipes
from loom.engine.llama.vocabulary import Vocabulary
from loom.errors import UsageError
from loom.records import Sampling
from loom.records.sampling import PRESETS, Dry, LogitBias, Penalties
from tests.engine.chains import Logits, logits_of

JSON = r"""
root   ::= object
value  ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ( pair ("," pair)* )? "}"
pair   ::= string ":" value
array  ::= "[" ( value ("," value)* )? "]"
string ::= "\"" [^"\\\x00-\x1F]* "\""
number ::= "-"? [1-9] [0-9]*
"""
SAMPLINGS = [
    Sampling(),
    PRESETS["as is"],
    PRESETS["greedy"],
    Sampling(top_k=3),
    Sampling(top_p=0.9, penalties=Penalties(1.2)),
]


@pytest.fixture(scope="module")
def words(story_base: Path) -> Iterator[Vocabulary]:
    lib.llama_backend_init()
    params = lib.llama_model_default_params()
    params.vocab_only = True
    model = lib.llama_model_load_from_file(str(story_base).encode(), params)
    yield Vocabulary(lib.llama_model_get_vocab(model))
    lib.llama_model_free(model)


@pytest.fixture(scope="module")
def recipes(words: Vocabulary) -> Recipes:
    return Recipes(words)


def laws(words: Vocabulary, seed: int, n: int = 8) -> list[Logits]:
    return [logits_of(seed + i, n=words.n_tokens) for i in range(n)]


def branch(recipes: Recipes, sampling: Sampling, rows: list[Logits], seed: int = 1) -> ChainSampler:
    return ChainSampler(lambda i: rows[i % len(rows)], recipes.recipe(sampling), seed)


def written(chain: ChainSampler, words: Vocabulary, most: int = 200) -> tuple[str, bool]:
    """What a branch writes, and whether it came to its end."""
    text = b""
    for i in range(most):
        token_id = chain.draw(i, may_end=True)
        if words.ends_text(token_id):
            return text.decode(errors="replace"), True
        text += words.piece(token_id)
    return text.decode(errors="replace"), False


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_what_is_written_is_what_the_grammar_allows(
    sampling: Sampling, words: Vocabulary, recipes: Recipes
) -> None:
    n_ended = 0
    for seed in range(6):
        rows = laws(words, seed)
        for law in rows:
            law[words.tokenise(b'"', special=False, at_start=False)[0]] += 6
            law[words.tokenise(b"}", special=False, at_start=False)[0]] += 9
        chain = branch(recipes, replace(sampling, grammar=JSON), rows, seed)
        text, ended = written(chain, words)
        chain.close()
        assert text.startswith("{")
        n_ended += ended
        if ended:
            json.loads(text)
    assert n_ended


def test_the_grammar_speaks_before_any_other_step(words: Vocabulary, recipes: Recipes) -> None:
    """The most likely token is forbidden, and top-k would leave no other."""
    law = logits_of(1, n=words.n_tokens)
    (x,) = words.tokenise(b"x", special=False, at_start=False)
    law[x] = law.min() - 5
    sampling = Sampling(top_k=1, min_p=0.9, grammar='root ::= "x"')
    chain = branch(recipes, sampling, [law])
    assert chain.draw(0, may_end=True) == x
    chain.close()


def test_a_grammar_that_has_come_to_its_end_ends_the_text(
    words: Vocabulary, recipes: Recipes
) -> None:
    chain = branch(recipes, Sampling(grammar='root ::= "x"', ban_end=True), laws(words, 1))
    assert words.piece(chain.draw(0, may_end=False)) == b"x"
    assert words.ends_text(chain.draw(1, may_end=False))
    assert words.ends_text(chain.draw(2, may_end=False))
    chain.close()


@given(st.lists(st.integers(0, 1900), min_size=1, max_size=5), st.integers(0, 10**6))
def test_forced_tokens_that_violate_it_do_no_harm(
    words: Vocabulary, recipes: Recipes, forced: list[int], seed: int
) -> None:
    """llama.cpp ends the process when its grammar has to accept what it forbids."""
    sampling = Sampling(grammar='root ::= "{" [a-z ]+ "}"')
    chain = branch(recipes, sampling, laws(words, seed), seed)
    allowed = True
    for token_id in forced:
        allowed = allowed and chain.permits(token_id)
        chain.accept(token_id)
    token_id = chain.draw(0, may_end=True)
    assert words.ends_text(token_id) or allowed
    chain.close()


def test_a_text_that_left_its_grammar_ends(words: Vocabulary, recipes: Recipes) -> None:
    chain = branch(recipes, Sampling(grammar='root ::= "x"+'), laws(words, 3))
    (y,) = words.tokenise(b"y", special=False, at_start=False)
    assert not chain.permits(y)
    chain.accept(y)
    assert words.ends_text(chain.draw(0, may_end=False))
    chain.close()


def test_a_forced_beginning_is_gone_on_with(words: Vocabulary, recipes: Recipes) -> None:
    chain = branch(recipes, Sampling(grammar='root ::= "{" "x"{3} "}"'), laws(words, 3))
    for token_id in words.tokenise(b"{x", special=False, at_start=False):
        assert chain.permits(token_id)
        chain.accept(token_id)
    assert written(chain, words) == ("xx}", True)
    chain.close()


def test_the_prompt_is_no_part_of_what_the_grammar_reads(
    words: Vocabulary, recipes: Recipes
) -> None:
    chain = branch(recipes, Sampling(grammar='root ::= "x"'), laws(words, 3))
    chain.prime(words.tokenise(b"Once upon a time", special=False, at_start=True))
    assert written(chain, words) == ("x", True)
    chain.close()


def test_what_grammar_and_biases_leave_nothing_of_is_said(
    words: Vocabulary, recipes: Recipes
) -> None:
    bias = LogitBias("x", None)
    chain = branch(recipes, Sampling(grammar='root ::= "x"', biases=(bias,)), laws(words, 1))
    with pytest.raises(NothingToDrawError, match="leave no token"):
        chain.draw(0, may_end=True)
    chain.close()


@pytest.mark.parametrize(
    ("grammar", "why"),
    [
        ("", "is empty"),
        ('start ::= "x"', "no rule called root"),
        ("root = x", "no rule called root"),
        ("root ::= other", "does not parse: Undefined rule identifier 'other'"),
        ('root ::= "x"\n\n# more\nroot2 ::= "y" )', "in line 4: expecting newline or end"),
        ('root ::= "x', "does not parse: unexpected end of input"),
        ('root ::= "\\q"', "in line 1: unknown escape"),
        ('root ::= root "x" | ""', "rule root of the grammar comes back to itself"),
        ("root ::= a\na ::= b a [x]\nb ::= c\nc ::= " + '""', "rule a of the grammar comes back"),
        ("root ::= (" + "(" * 300, "brackets within brackets"),
        ("root ::= <[17]>", "names a token by its name or number in line 1"),
        ('root ::= "x"{9000}', "does not parse: number of repetitions"),
        ("root ::= " + '"x" ' * 20_000, "longer than 64 KiB"),
        ('root ::= "\0"', "NUL"),
        ('root ::= "\udcff"', "not valid UTF-8"),
    ],
)
def test_a_grammar_that_cannot_be_used_is_refused(grammar: str, why: str, recipes: Recipes) -> None:
    with pytest.raises(UsageError, match=why) as error:
        recipes.recipe(Sampling(grammar=grammar))
    assert error.value.remedy


def test_an_empty_grammar_allows_the_end_only(words: Vocabulary, recipes: Recipes) -> None:
    chain = branch(recipes, Sampling(grammar="root ::= "), laws(words, 1))
    assert written(chain, words) == ("", True)
    chain.close()


PIECES = st.sampled_from(
    ["root", "a", "b", "(", ")", "|", '"x"', '""', "[a-z]", "*", "+", "?", "{0,2}", '"é"', "."]
)


@given(st.lists(st.lists(PIECES, max_size=6).map(" ".join), min_size=3, max_size=3))
def test_any_grammar_is_either_refused_or_read(recipes: Recipes, bodies: list[str]) -> None:
    """Rules that come back to themselves must not fill the memory."""
    names = ("root", "a", "b")
    grammar = "\n".join(f"{name} ::= {body}" for name, body in zip(names, bodies, strict=True))
    with suppress(UsageError):
        recipes.recipe(Sampling(grammar=grammar))


def test_dry_forgets_at_its_breakers(words: Vocabulary, recipes: Recipes) -> None:
    """What would repeat "one, two\\n three" is held back, unless a line break is a breaker."""
    start, end = (
        words.tokenise(text, special=False, at_start=False) for text in (b"one, two\n", b" three")
    )
    law = np.zeros(words.n_tokens, np.float32)
    law[end[0]] = 1.0
    for breakers, held_back in (((), True), (("\n", "…"), False)):
        dry = Dry(multiplier=5.0, breakers=breakers)
        chain = branch(recipes, replace(PRESETS["greedy"], dry=dry), [law])
        chain.prime([*start, *end, *start])
        assert (chain.draw(0, may_end=True) != end[0]) is held_back
        chain.close()


def test_special_tokens_can_be_biased_by_name(words: Vocabulary, recipes: Recipes) -> None:
    (end,) = words.tokenise(b"<|endoftext|>", special=True, at_start=False)
    sampling = replace(PRESETS["greedy"], biases=(LogitBias("<|endoftext|>", 100.0),))
    chain = branch(recipes, sampling, laws(words, 2))
    assert chain.draw(0, may_end=True) == end
    chain.close()


def test_a_text_of_several_tokens_cannot_be_biased(recipes: Recipes) -> None:
    with pytest.raises(UsageError, match="is no token of this model but"):
        recipes.recipe(Sampling(biases=(LogitBias("once upon a time", 1.0),)))
