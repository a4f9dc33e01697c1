"""How a chat template fails: known without the sandbox that it would run in."""

from __future__ import annotations

from loom.errors import ChatTemplateError

USE_ANOTHER = "Use plain text with this model, or a named template."


class TemplateFailedError(ChatTemplateError):
    """A template did not take what it was given; it may take it in another arrangement."""
