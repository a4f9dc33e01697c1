"""The one question about a model: does it take turns, or go on with any text?"""

from __future__ import annotations

from dataclasses import dataclass

from loom.engine.request import LoadSpec
from loom.models.mode_memory import ModeAnswer
from loom.models.named_templates import FORMATS
from loom.session.model_source import source_of
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


def question_about(spec: LoadSpec) -> ModeQuestion:
    """The question about a model; ModelFileError if its file is not sound."""
    source = source_of(spec)
    guess = source.guess()
    answer = source.usual(spec.fingerprint)
    return ModeQuestion(source.name, guess.mode, guess.why, source.has_template, answer)
