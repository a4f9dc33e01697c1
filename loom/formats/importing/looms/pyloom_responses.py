"""What the original Loom keeps of a model's answers: endings, tokens and what might have come."""

from __future__ import annotations

from collections.abc import Mapping

from loom.formats.importing.shape import members
from loom.formats.importing.values import list_of, number_of, text_of
from loom.tree.events import Finish
from loom.tree.origin import OriginToken

_FINISHES: Mapping[object, Finish] = {"stop": "stop", "length": "length"}


def finish_of(reason: object) -> Finish | None:
    """How a completion ended; it is a word, or an object with a word."""
    found = members(reason)
    return _FINISHES.get(text_of(found.get("reason")) if found else text_of(reason))


def tokens_of(tokens: list[object]) -> tuple[OriginToken, ...]:
    """The tokens of a completion, with counterfactuals where there are some."""
    found = []
    for token in map(members, tokens):
        generated = members(token.get("generatedToken"))
        found.append(
            OriginToken(
                text_of(generated.get("token")),
                number_of(generated.get("logprob")),
                _alternatives(token.get("counterfactuals")),
            )
        )
    return tuple(found)


def tokens_of_logprobs(logprobs: Mapping[str, object]) -> tuple[OriginToken, ...]:
    """The tokens of an old node, in the columns of the completions interface."""
    texts = list_of(logprobs.get("tokens"))
    chosen = list_of(logprobs.get("token_logprobs"))
    top = list_of(logprobs.get("top_logprobs"))
    return tuple(
        OriginToken(
            text_of(text),
            number_of(chosen[n]) if n < len(chosen) else None,
            _alternatives(top[n]) if n < len(top) else (),
        )
        for n, text in enumerate(texts)
    )


def _alternatives(found: object) -> tuple[tuple[str, float], ...]:
    pairs = ((text, number_of(logprob)) for text, logprob in members(found).items())
    return tuple((text, logprob) for text, logprob in pairs if logprob is not None)
