"""Counting tokens without a model gives what llama.cpp gives with it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loom.models.encoding import VocabularyEncoding, encoding_for
from loom.models.gguf_file import read_metadata
from loom.models.pretokenizers import PATTERNS
from loom.paths import bundled_file

from .vocabularies import write_vocabulary

# Every pair of these bytes is a merge, so that a cut in the wrong place changes the ids. The bytes
# that no letter of ASCII has come first, for their pairs to win over those of letters.
PAIRED = (
    b"\xa9\xa5\x89\xc3\xe6\x97\xcc\x81\xc2\xa0\xd9\xa3\xe3\x8b\x83\xbb\xea\xb0\x80\xd7\x90\xef\xbc"
)
PAIRED += b" \n\r\t.,!$+/-_=`<|{'0129abzAZslmdvret"
PAIRS = [(bytes([left]), bytes([right])) for left, right in product(PAIRED, repeat=2)]
AWKWARD = [
    "don't, I'LL we'Ve it's '' 's'S",
    "def f(x):\n    return x+1  # né\n\n\n\tif a==b:   \r\n  ",
    "1 12 123 1234 12345678 1٣2 ½  7",
    "日本 é e\u0301 日\u0301a é\u0301b 👩\u200d👩\u200d👧 🏽x",
    "  a   .   1    \n   \t  ",
    "a.\n/b /\r\n//x !\n\n+\n \n \n\nz",
    "éÉaÉAbÉÉ日AZa日zA 日Ab éZb it'sx 'Tis'ta",
    "camelCase AZaz aZ $$ <|end|> </s> --__++",
    "\u00a0\u3000 a\u0085b\u00ad\x00\x1f",
    "かな・カー゛ 가나  日1 \x00か \u3040か、！ａ",
    "א ב  א1 א  a א\n  é! aé‘ 日 Ḁb①",
]
PIECES = st.one_of(
    st.sampled_from(AWKWARD + [chr(byte) for byte in PAIRED if byte < 0x80]),
    st.characters(exclude_categories=("Cs", "Cn")),
    st.sampled_from([" " * n for n in (2, 3, 7, 40)]),
    st.sampled_from("かー・゛゠가日①Ⅷ٣éא、！ａḀ\u3099\u3040\u3000\x00"),
    st.text(alphabet="0123456789", min_size=1, max_size=9),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)

Tokenise = Callable[[str], list[int]]
Pair = tuple[VocabularyEncoding, Tokenise]


@pytest.fixture(scope="session")
def both(
    llama_tokeniser: Callable[[Path], Tokenise], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Pair]:
    """Writes a vocabulary and opens it with loom and with llama.cpp."""

    def write_and_open(**how: object) -> Pair:
        path = write_vocabulary(tmp_path_factory.mktemp("toy") / "toy.gguf", **how)
        encoding = encoding_for(read_metadata(path))
        assert encoding is not None
        return encoding, llama_tokeniser(path)

    return write_and_open


@pytest.fixture(scope="session")
def by_rule(both: Callable[..., Pair]) -> dict[str, Pair]:
    """One vocabulary for each pattern."""
    rules = {pattern: rule for rule, pattern in PATTERNS.items()}
    return {rule: both(pre=rule, merges=PAIRS) for rule in rules.values()}


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_every_rule_of_cutting_cuts_like_llama_cpp(by_rule: dict[str, Pair], text: str) -> None:
    for rule, (encoding, tokenise) in by_rule.items():
        assert encoding.encode(text) == tokenise(text), rule


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_are_read_like_llama_cpp(by_rule: dict[str, Pair], text: str) -> None:
    for rule, (encoding, tokenise) in by_rule.items():
        assert encoding.encode(text) == tokenise(text), rule


def test_ranks_are_not_taken_for_ids(both: Callable[..., Pair]) -> None:
    encoding, tokenise = both(pre="gpt-2", merges=[(b"a", b"b"), (b"ab", b"c"), (b"b", b"c")])
    assert encoding.encode("abc bc") == tokenise("abc bc")
    assert encoding.count_tokens("abc bc") == 3


def test_the_same_product_by_two_roads_keeps_the_rank_of_the_first(
    both: Callable[..., Pair],
) -> None:
    merges = [(b"a", b"b"), (b"b", b"c"), (b"ab", b"c"), (b"a", b"bc")]
    encoding, tokenise = both(pre="llama-bpe", merges=merges)
    for text in ("abc", "abcbc", "bcabcab"):
        assert encoding.encode(text) == tokenise(text)


def test_names_of_special_tokens_stay_text(both: Callable[..., Pair]) -> None:
    encoding, tokenise = both(pre="gpt-2", control=("<|end|>", "<s>"))
    for text in ("<|end|>", "a<s>b"):
        assert encoding.encode(text) == tokenise(text)
        assert encoding.count_tokens(text) == len(text)


def test_user_defined_tokens_are_found_in_any_text(both: Callable[..., Pair]) -> None:
    names = ("<think>", "<think>!", "    ", "  ", "<|im_end|>")
    encoding, tokenise = both(pre="qwen2", merges=PAIRS, user_defined=names)
    for text in ("a<think>! b<think>", "x     y   z", "<think", "<|im_end|> <think>"):
        assert encoding.encode(text) == tokenise(text)
    assert encoding.count_tokens("<think>!") == 1
    assert encoding.count_tokens("<|im_end|>") > 1


def test_bytes_that_a_vocabulary_lacks_are_left_out(both: Callable[..., Pair]) -> None:
    encoding, tokenise = both(pre="gpt-2", without_bytes=b"q\xc3")
    assert encoding.encode("aqué") == tokenise("aqué")


def test_a_whole_word_stays_whole_where_the_rule_says_so(both: Callable[..., Pair]) -> None:
    encoding, tokenise = both(pre="llama-bpe", merges=[(b"a", b"b")], whole_words=[b"xyz"])
    assert encoding.encode("xyz xyza") == tokenise("xyz xyza")
    assert encoding.count_tokens("xyz") == 1


@pytest.mark.parametrize("rule", ["llama-bpe", "deepseek-llm", "deepseek-coder", "bloom", "viking"])
def test_a_long_text_is_read_in_parts_without_a_trace(rule: str, both: Callable[..., Pair]) -> None:
    encoding, tokenise = both(pre=rule, merges=PAIRS)
    text = "a bb  'll 123 . . א ב.\n  z" * 8_000
    assert encoding.encode(text) == tokenise(text)


@pytest.mark.parametrize("rule", ["tiny_aya", "llama-bpe", "deepseek-v3"])
def test_a_long_number_is_counted(rule: str, both: Callable[..., Pair]) -> None:
    encoding, _ = both(pre=rule)
    assert encoding.count_tokens("7" * 99_998) == 99_998


def test_a_million_spaces_are_counted(both: Callable[..., Pair]) -> None:
    encoding, _ = both(pre="gpt-2")
    assert encoding.count_tokens(" " * 1_000_000 + "a") == 1_000_001


@pytest.mark.parametrize(
    "how", [{"pre": "superbpe"}, {"pre": "gemma4"}, {"pre": "gpt-2", "without_tokens": [b"ab"]}]
)
def test_what_tiktoken_cannot_express_is_left_to_llama_cpp(
    tmp_path: Path, how: dict[str, object]
) -> None:
    path = write_vocabulary(tmp_path / "toy.gguf", merges=[(b"a", b"b")], **how)
    assert encoding_for(read_metadata(path)) is None


@pytest.fixture(scope="module")
def bundled(llama_tokeniser: Callable[[Path], Tokenise]) -> Pair:
    path = bundled_file("story-base.gguf")
    encoding = encoding_for(read_metadata(path))
    assert encoding is not None
    return encoding, llama_tokeniser(path)


@settings(deadline=None, max_examples=300)
@given(text=TEXTS)
@example(text="The harbour was quiet that morning, and Marco didn't laugh.\n\n")
def test_the_bundled_model_counts_like_llama_cpp(bundled: Pair, text: str) -> None:
    encoding, tokenise = bundled
    assert encoding.encode(text) == tokenise(text)
    assert encoding.count_tokens(text) == len(tokenise(text))
