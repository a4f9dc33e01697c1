"""Grammars (GBNF): read with care, and never shown a token that they forbid.

llama.cpp ends the process when a grammar is made to accept what it does not allow, so every token
is tried on it first.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.llama.candidates import CANDIDATE, CandidateList
from loom.engine.llama.grammar_shape import check_shape
from loom.errors import UsageError

_ROOT = re.compile(r"^\s*root\s*::=", re.MULTILINE)
_SAID = re.compile(r"error parsing grammar: (.*?)\n\n", re.DOTALL)
_AT = re.compile(r"^(.*?) at (.*)$", re.DOTALL)


def parse_grammar(vocab: object, text: str) -> object:
    """A grammar sampler for a GBNF text; UsageError says what is wrong with it and where."""
    check_shape(text)
    source = text.encode()
    grammar = lib.llama_sampler_init_grammar(vocab, source, b"root")
    if grammar:
        return grammar
    if not _ROOT.search(text):
        raise UsageError(
            "The grammar has no rule called root.", "Name the rule that it begins with root."
        )
    raise UsageError(_reason(vocab, source), "Mend it, or grow without a grammar.")


def _reason(vocab: object, source: bytes) -> str:
    """What llama.cpp says about a grammar that it refuses; it says so only to stderr."""
    with _said_to_stderr() as said:
        lib.llama_sampler_init_grammar(vocab, source, b"root")
        said.seek(0)
        found = _SAID.search(said.read().decode("utf-8", "replace"))
    if found is None:
        return "llama.cpp cannot follow the grammar: a rule of it begins with itself."
    at = _AT.match(found[1])
    if at is None:
        return f"The grammar does not parse: {found[1]}."
    n_lines = source.decode().count("\n") - at[2].count("\n") + 1
    return f"The grammar does not parse in line {n_lines}: {at[1]}."


@contextmanager
def _said_to_stderr() -> Iterator[BinaryIO]:
    """A file that gets what C says to stderr in the meantime."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as said:
        usual = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(usual, 2)
            os.close(usual)


class GrammarGate:
    """Where a grammar has got to; it frees `grammar` when it is closed.

    `ends` are the tokens that end a text. `unreadable` are tokens with a NUL within, at which
    llama.cpp stops reading when it is asked, but not when it accepts.
    """

    def __init__(
        self, grammar: object, ends: npt.NDArray[np.int32], unreadable: npt.NDArray[np.int32]
    ) -> None:
        self._grammar = grammar
        self._ends = ends
        self._unreadable = unreadable
        self._left = False

    def permits(self, ids: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """Which of these tokens the text may go on with; only its end once it left the grammar."""
        if self._left:
            return np.isin(ids, self._ends)
        candidates = np.zeros(len(ids), CANDIDATE)
        candidates["id"] = ids
        CandidateList(candidates).apply(self._grammar)
        allowed: npt.NDArray[np.bool_] = candidates["logit"] > -np.inf
        if len(self._unreadable):
            allowed &= ~np.isin(ids, self._unreadable)
        return allowed

    def accept(self, token_id: int) -> None:
        """Go on with a token; the text has left the grammar if it forbids it."""
        if self._left:
            return
        if self.permits(np.array([token_id]))[0]:
            lib.llama_sampler_accept(self._grammar, token_id)
        else:
            self._left = True

    def close(self) -> None:
        """Free the grammar."""
        lib.llama_sampler_free(self._grammar)
