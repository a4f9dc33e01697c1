"""The text of a node for formats that hold characters, not bytes."""

from __future__ import annotations

import json

from loom.formats.importing.report import Report
from loom.formats.loom_json import fits_utf8
from loom.tree.node import Node

_AS_THEY_ARE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_IN_ASCII = json.JSONEncoder(separators=(",", ":"))


def characters(node: Node, report: Report) -> str:
    """The text; lone surrogates stay, and bytes that are no UTF-8 become U+FFFD and are counted."""
    for errors in ("strict", "surrogatepass"):
        try:
            return node.text.decode("utf-8", errors)
        except UnicodeDecodeError:
            continue
    report.lost("texts with bytes that are no UTF-8, which became U+FFFD")
    return node.display_text()


def spelled(value: object) -> str:
    """JSON in characters as they are; in ASCII where they are none that UTF-8 can hold."""
    found = _AS_THEY_ARE.encode(value)
    return found if found.isascii() or fits_utf8(found) else _IN_ASCII.encode(value)
