"""A place in a file that cannot be moved past the file's end."""

from __future__ import annotations

import mmap
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loom.errors import ModelFileError

_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")


class Cursor:
    """The bytes of a file, read from front to back; all numbers are little-endian."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self.path = path
        self.offset = 0
        self.size = len(data)
        self._data = data

    def damaged(self, why: str) -> ModelFileError:
        """The error for a file that contradicts itself."""
        return ModelFileError(
            f"{self.path} is damaged: {why}.", "Download it again, or from somewhere else."
        )

    def cut_short(self) -> ModelFileError:
        """The error for a file that ends too early."""
        return ModelFileError(
            f"{self.path} is cut short or damaged: its header goes on past its end "
            f"at {self.size:,} bytes.",
            "Download it again.",
        )

    def take(self, n_bytes: int) -> bytes:
        """The next bytes."""
        start = self.offset
        self.skip(n_bytes)
        return self._data[start : self.offset]

    def skip(self, n_bytes: int) -> None:
        """Step over bytes."""
        self.offset += n_bytes
        if self.offset > self.size:
            raise self.cut_short()

    def u32(self) -> int:
        """The next four bytes as a number."""
        return int(_U32.unpack(self.take(4))[0])

    def u64(self) -> int:
        """The next eight bytes as a number."""
        return int(_U64.unpack(self.take(8))[0])

    def text(self, max_bytes: int) -> str:
        """The next string, with U+FFFD where it is not UTF-8."""
        n_bytes = self.u64()
        if n_bytes > self.size - self.offset:
            raise self.cut_short()
        if n_bytes > max_bytes:
            raise self.damaged(f"a text in its header claims to be {n_bytes:,} bytes long")
        return self.take(n_bytes).decode("utf-8", "replace")

    def strings(self, n_strings: int) -> tuple[bytes, ...]:
        """The next strings."""
        data, offset, unpack = self._data, self.offset, _U64.unpack_from
        found = []
        try:
            for _ in range(n_strings):
                start = offset + 8
                offset = start + unpack(data, offset)[0]
                found.append(data[start:offset])
        except (struct.error, OverflowError) as error:
            raise self.cut_short() from error
        self.skip(offset - self.offset)
        return tuple(found)

    def skip_strings(self, n_strings: int) -> None:
        """Step over strings; this loop is most of the time that opening a model takes."""
        data, offset, unpack = self._data, self.offset, _U64.unpack_from
        try:
            for _ in range(n_strings):
                offset += 8 + unpack(data, offset)[0]
        except (struct.error, OverflowError) as error:
            raise self.cut_short() from error
        self.skip(offset - self.offset)


@contextmanager
def opened(path: Path) -> Iterator[Cursor]:
    """A cursor at the start of a file that is there, is a file, is readable and is not empty."""
    with _mapped(path) as data:
        yield Cursor(path, data)


def _mapped(path: Path) -> mmap.mmap:
    try:
        status = path.stat()
        # Asked before opening, because opening a named pipe waits for someone to write to it.
        if not stat.S_ISREG(status.st_mode):
            folder = stat.S_ISDIR(status.st_mode)
            raise _no_model_file(path, "is a folder" if folder else "is not a file")
        if status.st_size == 0:
            raise ModelFileError(f"{path} is empty.", "Download the model again.")
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise _no_model_file(path, "does not exist") from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ModelFileError(
            f"{path} cannot be read: {reason}.", "Check the path, its permissions and its disk."
        ) from error


def _no_model_file(path: Path, problem: str) -> ModelFileError:
    return ModelFileError(
        f"{path} {problem}.", "Give the path of a .gguf file, or see `loom models`."
    )
