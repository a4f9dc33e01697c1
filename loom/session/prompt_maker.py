"""From a node to what a model reads there: the one way, for growing and for showing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loom.engine.request import LoadSpec
from loom.errors import LoomError
from loom.models.chat_template import ChatTemplate
from loom.models.template_process import TemplateProcess
from loom.session.model_source import ModelSource, source_of
from loom.session.prompt import Prompt, Reader, chat_prompt, plain_prompt
from loom.session.turns import Speaker
from loom.tree.graph import Tree
from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a model for one template: which names count in any text."""

    fingerprint: str
    template: str | None
    names: tuple[str, ...]


class PromptMaker:
    """Makes prompts, in plain text or through a template rendered in a process of its own.

    Belongs to one thread; `close` ends the process. What it read of a model's file it keeps until
    another model or template is asked for.
    """

    def __init__(self) -> None:
        self._templates = TemplateProcess()
        self._source: tuple[str, ModelSource] | None = None
        self._known: _Known | None = None

    def prompt(self, tree: Tree, node_id: str, spec: LoadSpec, speaker: Speaker = "next") -> Prompt:
        """What the model of `spec` is to read in order to go on from a node.

        LoomError while the node's branch still grows; ChatTemplateError if the template of a chat
        is missing or cannot be rendered; ModelFileError if the model's file is no longer sound.
        """
        path = tree.path(node_id)
        if path[-1].state == "growing":
            raise LoomError("This branch is still growing.", "Wait for it, or stop it.")
        if tree.mode == "plain":
            return plain_prompt(path, self._reader(path, spec, None))
        template = self.template(tree, spec)
        reader = self._reader(path, spec, template)
        return chat_prompt(path, reader, template, self._templates.render, speaker)

    def template(self, tree: Tree, spec: LoadSpec) -> ChatTemplate:
        """The session's named template, or the one in the model's file."""
        return self._source_of(spec).template(tree.template)

    def close(self) -> None:
        """End the process."""
        self._templates.close()

    def _source_of(self, spec: LoadSpec) -> ModelSource:
        if self._source is None or self._source[0] != spec.fingerprint:
            self._source = spec.fingerprint, source_of(spec)
        return self._source[1]

    def _reader(
        self, path: Sequence[Node], spec: LoadSpec, template: ChatTemplate | None
    ) -> Reader:
        # Reading a vocabulary takes a tenth of a second; most texts hold nothing like a name.
        if not any(b"<" in node.text or b"[" in node.text for node in path if not node.special):
            return Reader(spec.fingerprint)
        source = None if template is None else template.source
        if self._known is None or (self._known.fingerprint, self._known.template) != (
            spec.fingerprint,
            source,
        ):
            names = self._source_of(spec).names_that_always_count(source or "")
            self._known = _Known(spec.fingerprint, source, names)
        return Reader(spec.fingerprint, self._known.names)
