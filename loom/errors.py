"""The family of errors that loom raises for the world's faults, each one sentence and a remedy."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns to the shell."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INTERRUPTED = 130


class LoomError(Exception):
    """Something in the world went wrong: `what` is one sentence, `remedy` says what to do."""

    exit_code = ExitCode.FAILED

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class UsageError(LoomError):
    """The person asked for something that cannot be meant."""

    exit_code = ExitCode.USAGE


class CannotScoreError(LoomError):
    """A model cannot say how likely given texts are, or makes no vectors of texts."""


class ModelFileError(LoomError):
    """A model file is missing, empty, cut short, or not one that llama.cpp can run."""


class SessionFileError(LoomError):
    """A session file is missing, not a session, from a newer loom, damaged or locked."""


class NotWritableError(SessionFileError):
    """A session file may be read, but another loom writes it or the system forbids to."""


class ForeignFileError(LoomError):
    """A file of another program cannot be read, or holds no tree that loom knows."""


class NodeNotFoundError(LoomError):
    """No node, or more than one, answers to the id that was given."""


class PromptTooLongError(LoomError):
    """A path holds more tokens than the model can read."""


class ChatTemplateError(LoomError):
    """A model's chat template is missing or cannot be rendered."""


class EngineDiedError(LoomError):
    """The process that owns the model ended while it was needed."""
