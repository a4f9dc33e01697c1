"""Reading the parts of a prompt as the tokens of one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loom.engine.backend import Backend
from loom.engine.events import ReadPart
from loom.engine.request import PromptPart, TextPart
from loom.errors import LoomError, PromptTooLongError


@dataclass(frozen=True, slots=True)
class ReadPrompt:
    """Token ids of a whole prompt, and how each of its text parts was read (else None)."""

    ids: list[int]
    parts: tuple[ReadPart | None, ...]


class PromptReader:
    """Turns prompts into tokens; what is too long or empty is refused in a sentence."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def beginning(self, parts: Sequence[PromptPart]) -> ReadPrompt:
        """A prompt from the beginning of a text, in front of it what the model wants there.

        One whose first text is empty grows from nothing: it begins with what stands for that.
        """
        first = self._backend.bos_id
        if first is None and parts and parts[0] == TextPart(b""):
            first = self._backend.blank_id
        return self._read(parts, [] if first is None else [first])

    def middle(self, parts: Sequence[PromptPart]) -> ReadPrompt:
        """A stretch that goes on from other text."""
        backend = self._backend
        ids: list[int] = []
        for part in parts:
            if isinstance(part, TextPart):
                ids += backend.tokenise(part.text, special=part.special, at_start=False)
            else:
                ids += part.ids
        return ReadPrompt(ids, ())

    def _read(self, parts: Sequence[PromptPart], ids: list[int]) -> ReadPrompt:
        backend = self._backend
        n_own = len(ids)
        read: list[ReadPart | None] = []
        for part in parts:
            if isinstance(part, TextPart):
                new = backend.tokenise(part.text, special=part.special, at_start=len(ids) == n_own)
                read.append(ReadPart(tuple(new), self._pieces(part.text, new)))
                # A chat template that spells the beginning out means the one that is there.
                ids += new[1:] if ids == new[:1] == [backend.bos_id] else new
            else:
                read.append(None)
                ids += part.ids
        return ReadPrompt(ids, tuple(read))

    def _pieces(self, text: bytes, ids: Sequence[int]) -> tuple[bytes, ...]:
        """The bytes of `text` that each token stands for; together they are exactly the text."""
        pieces = [self._backend.piece(token_id) for token_id in ids]
        whole = b"".join(pieces)
        if whole == b" " + text and pieces[0].startswith(b" "):
            pieces[0] = pieces[0][1:]
        elif whole != text and pieces:
            # A vocabulary that normalises what it reads: no division of the bytes is true.
            pieces = [text] + [b""] * (len(ids) - 1)
        return tuple(pieces)

    def require_some(self, ids: Sequence[int]) -> None:
        """LoomError if there is nothing to go on from."""
        if not ids:
            raise LoomError(
                "There is no text to continue, and this model needs some to begin.",
                "Write a few words.",
            )

    def require_room(self, n_tokens: int, n_more: int = 0) -> None:
        """PromptTooLongError if the model's window cannot hold so many tokens and some more."""
        info = self._backend.info
        if n_tokens + n_more > info.n_ctx:
            raise PromptTooLongError(
                f"The text up to here is {n_tokens:,} tokens, and {info.name} reads at most "
                f"{info.n_ctx:,}.",
                _window_remedy(info.n_ctx, info.n_ctx_train),
            )


def _window_remedy(n_ctx: int, n_ctx_train: int) -> str:
    if n_ctx < n_ctx_train:
        return f"Reopen it with --ctx up to {n_ctx_train:,}, or start from a shorter text."
    return "Start from a shorter text, or open a model with a larger context."
