"""The lock that keeps a second writer out of a session file and dies with its owner.

It sits on one byte far behind the end of the file, where SQLite locks nothing: on a network
filesystem a lock on the whole file would shut SQLite itself out. Where the system has locks that
belong to the open file (Linux) those are used, because POSIX locks are lost as soon as the process
closes *any* descriptor of the file. SQLite has POSIX locks of its own on the same file, so whoever
closes a descriptor of it while this process has the session open takes those away: keep the
descriptor until the last connection is closed.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

_BYTE = 1 << 60


def open_descriptor(path: Path, flags: int) -> int:
    """A descriptor to lock with, not inherited by child processes; OSError if it cannot be had."""
    return os.open(path, flags | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))


if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        """Take the lock until the descriptor is closed; False if another has it."""
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def is_locked(descriptor: int) -> bool:
        """Whether another has the lock."""
        if not try_lock(descriptor):
            return True
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        return False

elif sys.platform == "linux":
    import fcntl

    # struct flock: type, whence, start, length, process (0 for locks of an open file).
    _FLOCK = "hhqqi"

    def try_lock(descriptor: int) -> bool:
        """Take the lock until the descriptor is closed; False if another has it."""
        wanted = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _BYTE, 1, 0)
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def is_locked(descriptor: int) -> bool:
        """Whether another has the lock."""
        wanted = struct.pack(_FLOCK, fcntl.F_RDLCK, os.SEEK_SET, _BYTE, 1, 0)
        found = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, wanted)
        return int(struct.unpack(_FLOCK, found)[0]) != fcntl.F_UNLCK

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Take the lock until the descriptor is closed; False if another has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def is_locked(descriptor: int) -> bool:
        """Whether another has the lock."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        return False
