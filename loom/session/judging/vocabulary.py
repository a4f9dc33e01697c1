"""The vocabulary that judging reads texts with, read before anybody waits for it."""

from __future__ import annotations

import threading
from contextlib import suppress

from loom.engine.request import LoadSpec
from loom.errors import LoomError
from loom.session.model_source import ModelSource, Spelling, source_of


class Vocabulary:
    """Keeps the vocabulary of the last model that was asked for.

    One of 150,000 tokens takes a second to read, which a key must not wait for.
    """

    def __init__(self) -> None:
        self._of: str | None = None
        self._source: ModelSource | None = None
        self._known: tuple[Spelling | None] | None = None
        self._thread: threading.Thread | None = None

    def read_behind(self, spec: LoadSpec) -> None:
        """Begin to read in a thread of its own, unless it was read or is being read."""
        if self._of == spec.fingerprint:
            return
        self._wait()
        self._of, self._known, self._source = spec.fingerprint, None, source_of(spec)
        self._thread = threading.Thread(
            target=self._read, args=(self._source,), name="loom vocabulary", daemon=True
        )
        self._thread.start()

    def of(self, spec: LoadSpec) -> Spelling | None:
        """The vocabulary, None if there is no telling it; waits until it is read.

        LoomError if the file is not sound.
        """
        source = self.source(spec)
        self._wait()
        if self._known is None:
            # What went wrong behind is told to who asks.
            self._known = (source.spelling(),)
        return self._known[0]

    def source(self, spec: LoadSpec) -> ModelSource:
        """What tells of the model, which was read already."""
        self.read_behind(spec)
        assert self._source is not None
        return self._source

    def _wait(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _read(self, source: ModelSource) -> None:
        # What judges is not loaded with the program, and takes a moment as well.
        import loom.convergence.suspected
        import loom.session.judging.asking
        import loom.session.judging.reading
        import loom.session.judging.rounds  # noqa: F401

        with suppress(LoomError):
            self._known = (source.spelling(),)
