"""All that a bug report should hold, in one piece that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping

from loom.session.doctor import machine, places
from loom.session.doctor.hiding import Private
from loom.session.doctor.terminal import terminal


def examine(private: Private | None = None) -> Mapping[str, object]:
    """Look at this machine; takes a second. Paths are told from ~, secrets and names not at all."""
    found = {
        "loom": machine.loom_itself(),
        "python": machine.python(),
        "packages": machine.packages(),
        "system": machine.system(),
        "llama_cpp": machine.llama(),
        "terminal": terminal(),
        "models": places.models(),
        "places": places.places(),
        "settings": places.settings(),
        "environment": places.environment(),
        "last_errors": places.last_errors(),
    }
    private = private or Private.of_this_machine()
    return {name: private.within(section) for name, section in found.items()}
