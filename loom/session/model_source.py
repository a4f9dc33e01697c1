"""A model as it can be known without being loaded: a file on the disk, or a world of loom's own."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from loom.engine.request import LoadSpec
from loom.errors import LoomError, ModelFileError
from loom.worlds.names import SKETCHES

if TYPE_CHECKING:
    from loom.models.chat_template import ChatTemplate
    from loom.models.mode_guess import ModeGuess
    from loom.models.mode_memory import ModeAnswer

Count = Callable[[str], int]
"""How many tokens a text has."""


class Spelling(Protocol):
    """A vocabulary that reads as the engine does.

    `bos_id` begins every prompt, if it is one; `blank_id` one that begins with an empty text.
    """

    bos_id: int | None
    blank_id: int | None

    def encode(self, text: str, *, special: bool) -> list[int]:
        """Token ids; with `special` the names of special tokens are those tokens."""

    def pieces(self, token_ids: Sequence[int]) -> list[bytes]:
        """The bytes that each token stands for; of a special token its name."""

    @property
    def names(self) -> Mapping[int, bytes]:
        """The names of the special tokens, by id."""


class ModelSource(Protocol):
    """What can be told of a model while it is not in memory.

    `place` is what it is opened by: a path, or the name of a world. `reference` is what a session
    remembers of it, which stays true when loom moves. All methods raise ModelFileError if a file
    is not sound.
    """

    name: str
    place: str
    reference: str

    def fingerprint(self) -> str:
        """What tells it from other models in what is recorded; cheap."""

    def check(self) -> None:
        """Read what it says about itself."""

    @property
    def window(self) -> int | None:
        """The most tokens that it reads, if that is known."""

    @property
    def eos_text(self) -> str:
        """The name of the token that ends a document; empty if there is none."""

    @property
    def has_template(self) -> bool:
        """Whether it brings a chat template."""

    def template(self, name: str | None) -> ChatTemplate:
        """Its own template, or the named one; ChatTemplateError if it brings none."""

    def names_that_always_count(self, template: str) -> tuple[str, ...]:
        """Names of markup that it takes for tokens in any text, typed or not."""

    def spelling(self) -> Spelling | None:
        """Its vocabulary; None where only the model itself can read its kind."""

    def count(self) -> Count | None:
        """Counts tokens as it would read them; None as for `spelling`."""

    def guess(self) -> ModeGuess:
        """Whether it goes on with text or answers in turns, as far as that can be told."""

    def usual(self, fingerprint: str) -> ModeAnswer | None:
        """How it is grown with unless a session says otherwise; None if nobody has said."""


def find_source(model: str) -> ModelSource:
    """The model that a person or a session means by a name or path; ModelFileError if none."""
    if model in SKETCHES:
        return _world(model)
    # What reads models' files is loaded with the first model that is asked about, not with the
    # program: no session asks before its first frame.
    from loom.models.discovery import find_model
    from loom.session.file_source import FileSource

    try:
        return FileSource.of(find_model(model))
    except ModelFileError as error:
        near = difflib.get_close_matches(model, SKETCHES, n=1, cutoff=0.75)
        if not near:
            raise
        raise ModelFileError(error.what, f"Did you mean {near[0]}? {error.remedy}") from error


def source_of(spec: LoadSpec) -> ModelSource:
    """The source of a model that was found before."""
    if is_world(spec):
        return _world(spec.path)
    from loom.session.file_source import FileSource

    return FileSource(spec.name, Path(spec.path), bundled=False)


def found_again(fingerprint: str, names: Iterable[str]) -> ModelSource | None:
    """The model of that fingerprint under one of these names or paths; None if it is gone.

    A file may have moved since it was recorded, and a session may come from another machine.
    """
    for name in dict.fromkeys(filter(None, names)):
        with suppress(LoomError, OSError):
            source = find_source(name)
            if source.fingerprint() == fingerprint:
                return source
    return None


def is_world(spec: LoadSpec) -> bool:
    """Whether a world is to be opened; files are named by whole paths, and no world is one."""
    return spec.path in SKETCHES


def _world(name: str) -> ModelSource:
    # Its tables take a tenth of a second to read, and most sessions are on a file.
    from loom.session.world_source import WorldSource

    return WorldSource(name)
