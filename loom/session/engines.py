"""Where a session's engines run: models where they are told to, worlds in this process."""

from __future__ import annotations

from loom.engine.client import Connect, EngineClient, Listener
from loom.engine.request import LoadSpec
from loom.session.model_source import is_world


def with_worlds(connect: Connect) -> Connect:
    """The same way to reach models; a world needs no llama.cpp and no process of its own."""

    def start(spec: LoadSpec, listener: Listener) -> EngineClient:
        if not is_world(spec):
            return connect(spec, listener)
        # The engine and the worlds are loaded where one runs in this process, and only there.
        from loom.engine.local import LocalEngine
        from loom.worlds.catalogue import open_world

        return LocalEngine(lambda: open_world(spec.path, spec.n_ctx), listener)

    return start
