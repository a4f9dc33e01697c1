"""What an import did to a tree besides copying it, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["lost", "guessed", "mended", "kept"]
"""Not in the session; put there without being in the file; repaired; there, but not shown."""

_ORDER: tuple[Kind, ...] = ("lost", "guessed", "mended", "kept")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that happened to `n` texts, keys or files."""

    kind: Kind
    what: str
    n: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} ({self.n:,})"

    def as_object(self) -> Mapping[str, object]:
        """As JSON."""
        return {"kind": self.kind, "what": self.what, "n": self.n}


class Report:
    """Counts remarks of the same words together."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Kind, str]] = Counter()

    def lost(self, what: str, n: int = 1) -> None:
        """Something of the file is not in the session."""
        self._counts["lost", what] += n

    def guessed(self, what: str, n: int = 1) -> None:
        """Something is in the session that the file does not say."""
        self._counts["guessed", what] += n

    def mended(self, what: str, n: int = 1) -> None:
        """Something was wrong in the file and was put right."""
        self._counts["mended", what] += n

    def kept(self, what: str, n: int = 1) -> None:
        """Something is in the session that loom has no use for, and goes back on export."""
        self._counts["kept", what] += n

    def remarks(self) -> tuple[Remark, ...]:
        """All of them, losses first."""
        found = [Remark(kind, what, n) for (kind, what), n in self._counts.items() if n]
        return tuple(sorted(found, key=lambda remark: (_ORDER.index(remark.kind), remark.what)))
