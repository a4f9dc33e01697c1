"""A model in a GGUF file, as its header describes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from loom.models.chat_template import ChatTemplate, chat_template_of
from loom.models.discovery import bundled_models
from loom.models.encoding import encoding_for
from loom.models.gguf_file import GgufMetadata, fingerprint, read_metadata
from loom.models.markup_encoding import (
    MarkupEncoding,
    markup_encoding_for,
    names_that_always_count,
)
from loom.models.mode_guess import ModeGuess, guess_mode
from loom.models.mode_memory import ModeAnswer, remembered_answer
from loom.models.model_file import ModelFile
from loom.models.named_templates import named_template


class FileSource:
    """What a model's file tells; the header is read once, when it is first asked for."""

    def __init__(self, name: str, path: Path, *, bundled: bool) -> None:
        self.name = name
        self.place = str(path)
        # A bundled model moves with loom, others stay put. Links are kept as they are: behind
        # those of a hub's cache are blobs without a name.
        self.reference = name if bundled else str(path.absolute())
        self._path = path

    @classmethod
    def of(cls, found: ModelFile) -> FileSource:
        """The source of a file that was found."""
        return cls(found.name, found.path, bundled=found.bundled)

    def fingerprint(self) -> str:
        """A hash of the first and last bytes of the file as it is now."""
        return fingerprint(self._path)

    def check(self) -> None:
        """Read the header."""
        _ = self.metadata

    @cached_property
    def metadata(self) -> GgufMetadata:
        """All that the header says."""
        return read_metadata(self._path)

    @property
    def window(self) -> int | None:
        """The context that it was trained with, in tokens, if it says so."""
        return self.metadata.n_ctx_train

    @property
    def eos_text(self) -> str:
        """The name of the token that ends a document; empty if there is none."""
        return self.metadata.eos_text

    @property
    def has_template(self) -> bool:
        """Whether the file brings a chat template."""
        return self.metadata.chat_template is not None

    def template(self, name: str | None) -> ChatTemplate:
        """The file's own template, or the named one; ChatTemplateError if it brings none."""
        if name is not None:
            return named_template(name, self.metadata)
        return chat_template_of(self.metadata)

    def names_that_always_count(self, template: str) -> tuple[str, ...]:
        """The user-defined tokens that look like markup."""
        return names_that_always_count(self.metadata, template)

    def spelling(self) -> MarkupEncoding | None:
        """The vocabulary with its special tokens; a large one takes a second to read."""
        return markup_encoding_for(self.metadata)

    def count(self) -> Callable[[str], int] | None:
        """Counts in the vocabulary without its special tokens, which is sooner read."""
        encoding = encoding_for(self.metadata)
        return None if encoding is None else encoding.count_tokens

    def guess(self) -> ModeGuess:
        """A guess from names and tags: files do not say."""
        return guess_mode(self.metadata)

    def usual(self, fingerprint: str) -> ModeAnswer | None:
        """What a person answered about the file of that fingerprint; loom knows its own models."""
        answer = remembered_answer(fingerprint)
        if answer is None and self._path in (model.path for model in bundled_models()):
            mode = self.guess().mode
            return None if mode is None else ModeAnswer(mode)
        return answer
