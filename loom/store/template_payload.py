"""How a chat was arranged, as a JSON object and back."""

from __future__ import annotations

from collections.abc import Mapping

from loom.records.template_use import TemplateUse
from loom.store.payload import Json, Payload


def from_template_use(use: TemplateUse | None) -> Mapping[str, Json] | None:
    """The use of a template as a JSON object; plain text uses none."""
    return None if use is None else {"name": use.name, "sha256": use.sha256}


def to_template_use(payload: Payload | None) -> TemplateUse | None:
    """The use of a template that an object describes, if there is one."""
    if payload is None:
        return None
    return TemplateUse(payload.text_or_none("name"), payload.text("sha256"))
