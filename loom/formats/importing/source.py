"""The bytes of a file to import: unpacked if they are packed, within limits, as text in chunks."""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from loom.errors import ForeignFileError

Progress = Callable[[int, int], None]
"""Told how many bytes of how many were read."""

Packing = Literal["none", "gzip", "zip"]

_CHUNK = 1 << 20
MOST_BYTES = 4 << 30
"""What a packed file may unfold to."""

MOST_RATIO = 200
"""How many times its size a packed file may unfold to, above `FREE_BYTES`."""

FREE_BYTES = 64 << 20

_MAGIC: tuple[tuple[bytes, Packing], ...] = ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"))
_DAMAGES: tuple[type[Exception], ...] = (EOFError, zlib.error, zipfile.BadZipFile)
try:
    from lzma import LZMAError
except ImportError:
    # A Python that was built without it opens no member that is packed so.
    pass
else:
    _DAMAGES = (*_DAMAGES, LZMAError)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or one member of a zip archive."""

    path: Path
    packing: Packing
    member: str = ""

    @property
    def name(self) -> str:
        """What to call it: the file without its folder."""
        return f"{self.path.name} ({self.member})" if self.member else self.path.name

    def head(self, n: int = 64) -> bytes:
        """Its first bytes, unpacked."""
        with self._opened() as file:
            return _read(file, self, n)

    def chunks(self, progress: Progress | None = None) -> Iterator[bytes]:
        """All its bytes; ForeignFileError if they unfold to more than a file should."""
        n_packed = self._packed_size()
        with self._opened() as file:
            n = 0
            while chunk := _read(file, self, _CHUNK):
                n += len(chunk)
                if self.packing != "none":
                    _check_bomb(self.name, n, n_packed)
                if progress is not None:
                    progress(min(n, n_packed) if self.packing == "none" else n, n_packed)
                yield chunk

    def text(self, progress: Progress | None = None) -> Iterator[str]:
        """Its text, UTF-8 or UTF-16 with a mark; bytes that are no UTF-8 survive as surrogates."""
        decoder: codecs.IncrementalDecoder | None = None
        for chunk in self.chunks(progress):
            if decoder is None:
                encoding, skipped = _encoding(chunk)
                decoder = codecs.getincrementaldecoder(encoding)(
                    "surrogateescape" if encoding == "utf-8" else "replace"
                )
                chunk = chunk[skipped:]
            yield decoder.decode(chunk)
        if decoder is not None:
            yield decoder.decode(b"", final=True)

    def _packed_size(self) -> int:
        if self.packing == "zip":
            with _archive(self.path) as archive:
                return archive.getinfo(self.member).compress_size
        return self.path.stat().st_size

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        if self.packing == "zip":
            with _archive(self.path) as archive:
                try:
                    member = archive.open(self.member)
                except (RuntimeError, NotImplementedError) as error:
                    raise ForeignFileError(
                        f"{self.member} in {self.path.name} is encrypted, or packed in a way that"
                        " cannot be read here.",
                        "Unpack it, then import what was in it.",
                    ) from error
                except zipfile.BadZipFile as error:
                    raise _damaged(self.name) from error
                with member:
                    yield member
            return
        with _open_file(self.path) as raw:
            if self.packing == "none":
                yield raw
            else:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield unpacked  # type: ignore[misc]


def sources_of(path: Path) -> list[Source]:
    """The file itself, or every member of a zip archive; ForeignFileError if it cannot be read."""
    with _open_file(path) as file:
        head = file.read(4)
    packing: Packing = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "none")
    if packing != "zip":
        return [Source(path, packing)]
    with _archive(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    return [Source(path, "zip", name) for name in dict.fromkeys(names)]


def _open_file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise ForeignFileError(f"There is no file {path}.", "Check the name.") from error
    except OSError as error:
        raise _unread(path, error) from error


def _unread(path: Path, error: OSError) -> ForeignFileError:
    return ForeignFileError(
        f"{path} cannot be read ({(error.strerror or str(error)).lower()}).",
        "Name a file that you may read.",
    )


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise _damaged(path.name) from error


def _read(file: IO[bytes], source: Source, n: int) -> bytes:
    try:
        return file.read(n)
    except OSError as error:
        # Unpackers say so too that what they were given is damaged.
        raise (
            _unread(source.path, error) if source.packing == "none" else _damaged(source.name)
        ) from error
    except _DAMAGES as error:
        raise _damaged(source.name) from error


def _damaged(name: str) -> ForeignFileError:
    return ForeignFileError(
        f"{name} is damaged or cut short: it cannot be unpacked.", "Save or download it again."
    )


def _check_bomb(name: str, n: int, n_packed: int) -> None:
    if n > MOST_BYTES or (n > FREE_BYTES and n > MOST_RATIO * n_packed):
        raise ForeignFileError(
            f"{name} unfolds to more than {n // 1_000_000:,} MB from {n_packed:,} bytes, which no"
            " tree does.",
            "If you trust it, unpack it yourself and import what was in it.",
        )


def _encoding(chunk: bytes) -> tuple[str, int]:
    for mark, encoding in _BOMS:
        if chunk.startswith(mark):
            # The decoder of UTF-16 reads the mark itself.
            return encoding, len(mark) if encoding == "utf-8" else 0
    return "utf-8", 0
