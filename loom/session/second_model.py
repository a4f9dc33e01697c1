"""A second model beside the session's own: it grows where it is asked to, and reads every text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from loom.engine.events import EngineEvent
from loom.engine.request import LoadSpec, Request
from loom.errors import LoomError, UsageError
from loom.session.laws import Laws
from loom.session.model_source import find_source
from loom.session.news import News
from loom.session.prompt_maker import PromptMaker
from loom.tree.events import SecondModelChosen, TreeEvent
from loom.tree.graph import Tree

SpecOf = Callable[[str | None], LoadSpec]
"""How a model is opened; None asks for the session's own."""


@dataclass(frozen=True, slots=True)
class Alone:
    """No second model, where there can be none."""

    laws: Laws
    reference: str | None = None
    name: str = ""


class SecondModel:
    """Chosen until it is put away, also when the session is opened again.

    `reference` is what it is opened by, if there is one; a person hears of one that is gone.

    `laws` are those of the model that did not write a text: of the second one, and for what that
    one wrote the session's own. Belongs to the thread that owns the tree.
    """

    def __init__(
        self,
        path: Path,
        tree: Tree,
        spec_of: SpecOf,
        submit: Callable[[LoadSpec, Request], None],
        news: News,
        keep: Callable[[TreeEvent], None],
    ) -> None:
        self._tree = tree
        self._spec_of = spec_of
        self._keep = keep
        self._asked: str | None = None
        self.reference: str | None = None
        self.name = ""
        # Prompts of its own: what is read of one model's file must not push out the other's.
        self._prompts = PromptMaker()
        self.laws = Laws(path, tree, self._prompts, self._spec, submit, news.rouse)
        self._take_up(news)

    def choose(self, model: str) -> None:
        """Take a model beside the session's own; ModelFileError or UsageError if it cannot be."""
        source = find_source(model)
        source.check()
        if source.fingerprint() == self._spec_of(None).fingerprint:
            raise UsageError(
                f"{source.name} is the model that grows here already.", "Choose another one."
            )
        self.laws.forget()
        self.reference, self.name = source.reference, source.name
        self._keep(SecondModelChosen(time.time(), self.reference))

    def put_away(self) -> None:
        """Grow and read with the session's own model alone."""
        self.reference, self.name = None, ""
        self.laws.forget()
        self._keep(SecondModelChosen(time.time(), None))

    def _take_up(self, news: News) -> None:
        """The one that was beside when the session was closed, if it is still there."""
        kept = self._tree.second_model
        if kept is None:
            return
        try:
            source = find_source(kept)
            source.fingerprint()
        except LoomError as error:
            what = f"{Path(kept).stem}, which stood beside as the second model, cannot be opened."
            news.say("warning", f"{what} {error.what}", "Choose another one.")
        else:
            self.reference, self.name = source.reference, source.name

    def score(self, node_id: str) -> None:
        """Ask the model that did not write a text about its tokens; LoomError if it cannot be."""
        self._ask_other(node_id)
        self.laws.score(node_id)

    def score_after(self, node_id: str) -> None:
        """Ask the second model what comes after a node; LoomError if it cannot be asked."""
        self._asked = self.reference
        if self._asked is not None:
            self.laws.score_after(node_id)

    def hear(self, events: tuple[EngineEvent, ...]) -> None:
        """Take what is about texts that were asked for here."""
        self.laws.hear(events)

    def lose(self, request_ids: Iterable[str]) -> None:
        """Nothing more comes of these."""
        self.laws.lose(request_ids)

    def close(self) -> None:
        """Let go of everything."""
        self.laws.close()
        self._prompts.close()

    def _ask_other(self, node_id: str) -> None:
        if self.reference is None:
            raise LoomError("No second model is chosen.", "Choose one.")
        writer = self._tree.node(node_id).token_model
        second = self._spec_of(self.reference)
        self._asked = None if writer == second.fingerprint else self.reference

    def _spec(self) -> LoadSpec:
        return self._spec_of(self._asked)
