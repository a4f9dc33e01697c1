"""What a new session starts from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from loom import __version__
from loom.models.named_templates import known_name
from loom.records import Opening
from loom.tree.events import Mode, Reading, Role, SessionStarted


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new session starts from; `model` is a name or a path.

    `template` is a named one for a chat (None: the one in the model's file). `reading` says what
    names of special tokens in the texts are.
    """

    title: str
    model: str
    mode: Mode = "plain"
    system: str = ""
    prompt: str = ""
    opening: Opening = field(default_factory=Opening)
    template: str | None = None
    reading: Reading = "text"

    def started(self, reference: str) -> SessionStarted:
        """The first event, with what is remembered of the model; UsageError for no template."""
        return SessionStarted(
            time.time(),
            self.title,
            self.mode,
            reference,
            __version__,
            self.opening,
            None if self.template is None else known_name(self.template),
        )

    def remark_on_window(self, most: int | None) -> tuple[str, str] | None:
        """What to say where more is wished for than the `most` tokens that a model reads."""
        wished = self.opening.n_ctx
        if most is None or wished is None or wished <= most:
            return None
        what = f"{PurePath(self.model).stem} reads at most {most:,} tokens, not {wished:,}."
        return what, f"Its window will be {most:,}."

    def texts(self) -> Iterator[tuple[str, Role]]:
        """What is written into it at once, each text below the one before."""
        if self.system:
            yield self.system, "system"
        if self.prompt:
            yield self.prompt, "user" if self.mode == "chat" else "text"
