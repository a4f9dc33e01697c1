"""What a file that is not a GGUF probably is, told from its first bytes."""

from __future__ import annotations

from dataclasses import dataclass

_OTHER_FORMAT = (
    "Look for a file of the same model whose name ends in .gguf, "
    "or convert it with llama.cpp's convert_hf_to_gguf.py."
)
_AGAIN = "Download the model again."


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file as one would say it ("a web page") and what to do on meeting it."""

    what: str
    remedy: str


_UNKNOWN = FileKind("some other kind of file", "Give a model file whose name ends in .gguf.")

_BEGINNINGS = (
    (b"version https://git-lfs", FileKind("a Git LFS pointer", "Run `git lfs pull` beside it.")),
    (b"PK\x03\x04", FileKind("a zip or PyTorch file", _OTHER_FORMAT)),
    (b"\x80\x02", FileKind("a PyTorch pickle", _OTHER_FORMAT)),
    (b"lmgg", FileKind("a GGML file from before GGUF", _OTHER_FORMAT)),
    (b"fmgg", FileKind("a GGML file from before GGUF", _OTHER_FORMAT)),
    (b"tjgg", FileKind("a GGML file from before GGUF", _OTHER_FORMAT)),
    (b"\x1f\x8b", FileKind("a gzip archive", "Unpack it first.")),
    (b"SQLite format 3\0", FileKind("a SQLite file", "A loom session opens with `loom FILE`.")),
    (bytes(16), FileKind("an unfinished download (it begins with zeros)", _AGAIN)),
)
_WEB_PAGE = FileKind("a web page", "Download the model file itself, not the page that shows it.")
_SAFETENSORS = FileKind("a safetensors file", _OTHER_FORMAT)


def kind_of(head: bytes) -> FileKind:
    """Guess from the first bytes of a file (64 are enough) what it is; never fails."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return _WEB_PAGE
    # A safetensors file is the length of a JSON header, in eight bytes, and then the header.
    if head[8:9] == b"{" and head[4:8] == bytes(4):
        return _SAFETENSORS
    return _UNKNOWN
