"""Which chat template a prompt was arranged by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A named template, or (`name` None) the one in the model's file; `sha256` of its source."""

    name: str | None
    sha256: str
