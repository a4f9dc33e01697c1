"""The one question about a model: does it take turns, or go on with any text?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loom.engine.request import LoadSpec
from loom.models.gguf_file import read_metadata
from loom.models.mode_guess import guess_mode
from loom.models.mode_memory import ModeAnswer, remembered_answer
from loom.models.named_templates import FORMATS
from loom.tree.events import Mode

TEMPLATE_NAMES = tuple(FORMATS)
"""The chat templates that go by a name."""


@dataclass(frozen=True, slots=True)
class ModeQuestion:
    """What a person should know to say plain text or chat.

    `guess` is what the file suggests (None: nothing) and `why` the reason in words;
    `has_template` says whether the file brings a chat template; `answer` is the earlier answer.
    """

    model: str
    guess: Mode | None
    why: str
    has_template: bool
    answer: ModeAnswer | None

    @property
    def is_open(self) -> bool:
        """Whether it is to be asked unbidden: there is a template, and no answer yet."""
        return self.has_template and self.answer is None


def question_about(spec: LoadSpec, name: str) -> ModeQuestion:
    """The question about a model; ModelFileError if its file is not sound."""
    metadata = read_metadata(Path(spec.path))
    guess = guess_mode(metadata)
    return ModeQuestion(
        name,
        guess.mode,
        guess.why,
        metadata.chat_template is not None,
        remembered_answer(spec.fingerprint),
    )
