"""A world of loom's own, as its tables describe it: exact, and with no weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from loom.errors import ChatTemplateError
from loom.models.chat_template import ChatTemplate
from loom.models.mode_guess import ModeGuess
from loom.models.mode_memory import ModeAnswer, remembered_answer
from loom.models.named_templates import named_template
from loom.models.template_failure import USE_ANOTHER
from loom.worlds.catalogue import open_world
from loom.worlds.names import SKETCHES
from loom.worlds.vocabulary import END_OF_TEXT, SPECIAL_TOKENS, Vocabulary


class WorldSpelling:
    """The vocabulary of a world, with which it reads as well."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.bos_id: int | None = vocabulary.end_of_text
        self.blank_id: int | None = self.bos_id
        self.names: Mapping[int, bytes] = {
            token_id: token.encode()
            for token_id, token in enumerate(vocabulary.tokens)
            if token in SPECIAL_TOKENS
        }
        self._vocabulary = vocabulary

    def encode(self, text: str, *, special: bool) -> list[int]:
        """Token ids; with `special` the names of special tokens are those tokens."""
        return self._vocabulary.encode(text, special=special)

    def pieces(self, token_ids: Sequence[int]) -> list[bytes]:
        """The bytes that each token stands for; of a special token its name."""
        return [self.names.get(one) or self._vocabulary.piece(one) for one in token_ids]


class WorldSource:
    """What a world tells of itself; nothing is compiled for it."""

    bos_text: str = END_OF_TEXT
    eos_text: str = END_OF_TEXT

    def __init__(self, name: str) -> None:
        self.name = self.place = self.reference = name
        world = open_world(name)
        self.info = world.info
        self._vocabulary = world.vocabulary
        self._mode = SKETCHES[name].mode

    def fingerprint(self) -> str:
        """A hash of all its odds and words."""
        return self.info.fingerprint

    def check(self) -> None:
        """There is nothing that could be damaged."""

    @property
    def window(self) -> int:
        """How many tokens one branch can have."""
        return self.info.n_ctx_train

    @property
    def has_template(self) -> bool:
        """Whether it answers in turns."""
        return self.info.chat_template is not None

    def template(self, name: str | None) -> ChatTemplate:
        """Its own template, or the named one; ChatTemplateError if it brings none."""
        if name is not None:
            return named_template(name, self)
        if self.info.chat_template is None:
            raise ChatTemplateError(f"{self.name} brings no chat template.", USE_ANOTHER)
        return ChatTemplate(self.info.chat_template, self.bos_text, self.eos_text)

    def names_that_always_count(self, template: str) -> tuple[str, ...]:  # noqa: ARG002
        """None: what is typed stays text in a world."""
        return ()

    def spelling(self) -> WorldSpelling:
        """Its vocabulary."""
        return WorldSpelling(self._vocabulary)

    def count(self) -> Callable[[str], int]:
        """Counts in its vocabulary."""
        return lambda text: len(self._vocabulary.encode(text, special=False))

    def guess(self) -> ModeGuess:
        """What it was made for, which is no guess."""
        what = "that answers in turns" if self._mode == "chat" else "of plain text"
        return ModeGuess(self._mode, f"it is a world {what}")

    def usual(self, fingerprint: str) -> ModeAnswer:
        """What a person answered, else what it was made for."""
        return remembered_answer(fingerprint) or ModeAnswer(self._mode)
