"""Whether the file of a loaded model is still the one that was loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from loom.errors import ModelFileError
from loom.session.model_slot import FileStamp, ModelSlot

FileState = Literal["the same", "replaced", "written over"]


def state_of_file(slot: ModelSlot) -> FileState:
    """How the file of a loaded model stands; mostly one look at its size and times.

    Weights are read from the file as they are needed. Another file under the same name leaves
    them as they were, as does taking the file away; writing into the file changes them.
    """
    path = Path(slot.spec.path)
    stamp = FileStamp.of(path)
    if stamp == slot.stamp or not stamp.parts:
        return "the same"
    if stamp.n_bytes == slot.stamp.n_bytes and _fingerprint(path) == slot.spec.fingerprint:
        slot.stamp = stamp
        return "the same"
    return "written over" if stamp.same_files(slot.stamp) else "replaced"


def _fingerprint(path: Path) -> str:
    from loom.models.gguf_file import fingerprint

    try:
        return fingerprint(path)
    except ModelFileError:
        return ""
