"""Why branches are said to meet, in one sentence that has room in a line of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from loom.records import LexicalEvidence

_N_CHARACTERS = 118
"""What the sentence may take up before its last clause, which alone is lost where a line ends."""

_SHORTEST_QUOTE = 24
MOST_NAMES = 6
"""So many branches are named; beyond that, one fewer and how many more."""

_ELLIPSIS = "…"
_JOINER = "\u200d"


def shared_words(names: Sequence[str], n_names: int, evidence: LexicalEvidence) -> str:
    """What branches say again after they part, and how likely it is by chance alone.

    `names` are those of the first `MOST_NAMES` branches (or all) of `n_names`.
    """
    odds = _odds(evidence.expected_by_chance)
    note = f"a common phrase, chance {odds}" if evidence.common else f"chance {odds}"
    who = _who(names, n_names, evidence)
    return _quoting(f"≈ {who} say the same {_length(evidence)}: ", evidence.text, f" ({note})")


def prompt_echo(names: Sequence[str], n_names: int, evidence: LexicalEvidence) -> str:
    """What branches say that was said before they parted."""
    before = (
        f"≈ {_who(names, n_names, evidence)} repeat {_length(evidence)} from before they part: "
    )
    return _quoting(before, evidence.text, "")


def _who(names: Sequence[str], n_names: int, evidence: LexicalEvidence) -> str:
    """Such as: Branches 1, 2 and 4 (3 of 8). One that forks on counts as all its paths."""
    shown = list(names)
    if n_names > MOST_NAMES:
        shown = [*shown[: MOST_NAMES - 1], f"{n_names - MOST_NAMES + 1} more"]
    share = f"{evidence.n_branches} of {evidence.n_compared}"
    paths = "" if n_names == evidence.n_branches else " paths"
    return f"Branches {', '.join(shown[:-1])} and {shown[-1]} ({share}{paths})"


def _length(evidence: LexicalEvidence) -> str:
    """The length in words; in tokens where the text is not written in words with spaces."""
    n_words = sum(any(map(str.isalnum, word)) for word in evidence.text.split())
    if 3 * n_words < evidence.n_tokens:
        return f"{evidence.n_tokens} tokens"
    return "1 word" if n_words == 1 else f"{n_words} words"


def _odds(expected: float) -> str:
    """Such as: 1 in 40,000. One figure, rounded towards the more likely."""
    if expected < 1e-9:
        return "under 1 in a billion"
    one_in = 1 / expected
    unit = 10 ** floor(log10(one_in))
    return f"1 in {floor(one_in / unit) * unit:,}"


def _quoting(before: str, text: str, after: str) -> str:
    room = max(_SHORTEST_QUOTE, _N_CHARACTERS - len(before) - len(after) - 2)
    return f"{before}“{_elided(_in_a_line(text), room)}”{after}. What follows was not compared."


def _in_a_line(text: str) -> str:
    """The text with pictures for its control characters and one pilcrow for its newlines."""
    paragraphs = " ¶ ".join(part.strip(" ") for part in text.split("\n") if part.strip(" "))
    cut = paragraphs.strip("\ufffd ")
    # A run mostly begins with the end of the sentence before; a quotation does not.
    cut = cut.lstrip(".,;:!?¶ ") or cut
    return "".join(map(_visible, cut))


def _visible(character: str) -> str:
    if character.isprintable() or character == _JOINER:
        return character
    if character == "\t" or (character.isspace() and character > " "):
        return " "
    return chr(0x2400 + ord(character)) if character < " " else "\ufffd"


def _elided(text: str, n_characters: int) -> str:
    """The text without its middle if it is too long: beginnings and ends tell runs apart."""
    if len(text) <= n_characters:
        return text
    n_tail = (n_characters - 3) // 3
    n_head = n_characters - 3 - n_tail
    # No word is cut in two, unless it fills all the room there is.
    head = text[: n_head + 1].rpartition(" ")[0] or text[:n_head]
    tail = text[-n_tail - 1 :].partition(" ")[2] or text[-n_tail:]
    return f"{head.rstrip()} {_ELLIPSIS} {tail.lstrip()}"
