"""The models of a session that are in memory: loaded when needed, let go when they are not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from loom.engine.client import Connect, Listener
from loom.engine.events import Accepted, EngineDied, EngineEvent, LoadFailed, Ready
from loom.engine.free_memory import available_bytes
from loom.engine.request import Cancel, LoadSpec, Request
from loom.paths import data_dir
from loom.records import Opening
from loom.session.hashing import ModelHashes
from loom.session.keeper import Keeper
from loom.session.model_files import state_of_file
from loom.session.model_slot import ModelSlot, load_spec
from loom.session.model_source import is_world
from loom.session.settings import ModelStatus

UNLOAD_AFTER_S = 600.0
MOST_MODELS = 2
QUIET_S = 3.0
"""For so long nobody must have asked for anything before files are hashed."""

Say = Callable[[Literal["information", "warning"], str, str], None]
Loss = LoadFailed | EngineDied | None


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is told what, mostly from other threads, never two at once.

    `events` hears all engines; `lost` which requests will never end, and why (None: their model
    was let go); `say` what a person should know; `hashed` the SHA-256 of a fingerprint's file.
    """

    events: Listener
    lost: Callable[[Iterable[str], Loss], None]
    say: Say
    hashed: Callable[[str, str], None]


class Residents:
    """Room for two models, if they fit: going from one to the other and back loads nothing.

    The one used least recently goes when the next does not fit, and each after `unload_after_s`
    without work. Worlds, which have no weights, take no model's place; there is room for two.
    Methods are called from the session's thread; `status` from any.
    """

    def __init__(
        self, connect: Connect, heard: Heard, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.unload_after_s = UNLOAD_AFTER_S
        self._connect = connect
        self._heard = heard
        self._clock = clock
        self._lock = threading.RLock()
        self._speaking = threading.RLock()
        self._swapping = threading.Lock()
        self._closing = threading.Event()
        self._slots: dict[LoadSpec, ModelSlot] = {}
        self._named: dict[tuple[str, Opening], LoadSpec] = {}
        self._own: tuple[str, Opening] | None = None
        self._current: LoadSpec | None = None
        self._name = ""
        self._hashes = ModelHashes(data_dir() / "model-hashes.json", self._hashed, self._is_quiet)
        self._keeper = Keeper(self._idle_in_s, self.unload_idle)

    @property
    def status(self) -> ModelStatus:
        """The engine of the model that the session grows with."""
        with self._lock:
            slot = self._slots.get(self._current) if self._current else None
            others = tuple(s.name for s in self._slots.values() if s is not slot and s.is_alive)
        status = slot.status_now if slot else ModelStatus(name=self._name)
        return replace(status, others=others)

    def name(self, model: str, opening: Opening) -> None:
        """Say which model the session grows with from now on."""
        self._own = model, opening
        self._name = Path(model).stem
        self._current = self._named.get((model, opening))

    def spec_for(self, model: str, opening: Opening) -> LoadSpec:
        """How a model is opened, or was if it is loaded; ModelFileError if there is none.

        If the file was replaced since, the weights in memory are still those of the old one, and
        so is the fingerprint; if it was written over, they are let go.
        """
        with self._lock:
            key = self._named.get((model, opening))
            slot = self._slots.get(key) if key else None
        if slot is not None and slot.is_alive and self._is_as_loaded(slot):
            return slot.spec
        spec = load_spec(model, opening)
        self._named[model, opening] = _key(spec)
        return spec

    def load(self, spec: LoadSpec) -> None:
        """Begin to load a model; nothing if it is there."""
        key = _key(spec)
        with self._lock:
            slot = self._slots.get(key)
            if self._own is None or self._named.get(self._own) in (None, key):
                # Not of a second model: the session's own stays the one that is told of.
                self._current, self._name = key, spec.name or Path(spec.path).stem
            if slot is not None and slot.is_alive:
                return
            slot = self._slots[key] = ModelSlot.begun(spec, self._clock())
        self._make_room(slot)
        self._start(slot)

    def submit(self, spec: LoadSpec, request: Request) -> None:
        """Hand a request to the model's engine, starting it first if need be."""
        self.load(spec)
        with self._lock:
            slot = self._slots[_key(spec)]
            slot.take(request, self._clock())
            failure = slot.failure
        if failure is not None:
            self._lose(slot, failure)

    def pass_on(self, spec: LoadSpec, request: Request) -> bool:
        """Hand on what runs beside; False if the model was let go. From any thread."""
        with self._lock:
            slot = self._slots.get(_key(spec))
            if slot is None or not slot.is_alive:
                return False
            slot.take(request, self._clock())
            return slot.is_alive

    def tell(self, request: Request) -> None:
        """Hand a request to every engine that runs."""
        with self._lock:
            clients = [slot.client for slot in self._slots.values() if slot.client is not None]
        for client in clients:
            client.submit(request)

    def unload(self) -> None:
        """Free all models; returns when they are gone."""
        with self._lock:
            slots = list(self._slots.values())
        for slot in slots:
            self._let_go(slot)

    def unload_idle(self) -> None:
        """Free the models that had nothing to do for too long."""
        before_s = self._clock() - self.unload_after_s
        with self._lock:
            idle = [s for s in self._slots.values() if s.is_ready and s.used_s <= before_s]
        for slot in idle:
            self._let_go(slot)
            minutes = f"{self.unload_after_s / 60:g} minutes"
            self._heard.say(
                "information",
                f"{slot.name} was unloaded after {minutes} without work.",
                "It is loaded again when it is needed.",
            )

    def close(self) -> None:
        """Free all models and end what runs beside; closing again does nothing."""
        self._closing.set()
        self._keeper.close()
        self._hashes.close()
        self.unload()

    # Starting and letting go

    def _start(self, slot: ModelSlot) -> None:
        spec = replace(slot.spec, room_bytes=self._room_for(slot))
        client = self._connect(spec, lambda events: self._listen(slot, events))
        with self._lock:
            is_wanted = slot.is_alive
            if is_wanted:
                slot.begin(client)
        # It may have failed, or have been let go, before we could take hold of it.
        if not is_wanted and client is not None:
            client.close()

    def _make_room(self, slot: ModelSlot) -> None:
        while others := self._others(slot):
            room_bytes = self._room_for(slot)
            fits = room_bytes is None or slot.stamp.n_bytes <= room_bytes
            if fits and len(others) < MOST_MODELS:
                return
            self._displace(slot)

    def _room_for(self, slot: ModelSlot) -> int | None:
        """Memory for a model; None if the system does not tell.

        What it calls available counts the weights of other models as well: they lie in files that
        could be read again, token after token.
        """
        free_bytes = available_bytes()
        models = [other.status.model for other in self._others(slot)]
        held_bytes = sum(model.weight_bytes for model in models if model is not None)
        return None if free_bytes is None else max(0, free_bytes - held_bytes)

    def _displace(self, slot: ModelSlot) -> None:
        """Let the model go that was used least recently, for another one."""
        others = self._others(slot)
        if others:
            oldest = min(others, key=lambda other: other.used_s)
            slot.made_room.append(oldest.name)
            self._let_go(oldest)

    def _others(self, slot: ModelSlot) -> list[ModelSlot]:
        """Those that may have to make room for it: a world takes none from a model."""
        kind = is_world(slot.spec)
        with self._lock:
            alive = [o for o in self._slots.values() if o is not slot and o.is_alive]
        return [other for other in alive if is_world(other.spec) == kind]

    def _let_go(self, slot: ModelSlot) -> None:
        with self._lock:
            if self._slots.get(_key(slot.spec)) is slot:
                del self._slots[_key(slot.spec)]
            client = slot.end()
        if client is not None:
            client.submit(Cancel(None))
            client.close()
        self._lose(slot, None)

    def _lose(self, slot: ModelSlot, why: Loss) -> None:
        with self._lock:
            lost, slot.request_ids = slot.request_ids, set()
        if lost:
            with self._speaking:
                self._heard.lost(lost, why)

    def _is_as_loaded(self, slot: ModelSlot) -> bool:
        state, name = state_of_file(slot), Path(slot.spec.path).name
        if state == "written over":
            self._let_go(slot)
            what = "so what was loaded of it could no longer be trusted."
            self._heard.say(
                "warning", f"{name} was written to while it was open, {what}", "It is loaded anew."
            )
            return False
        if state == "replaced" and not slot.was_replaced:
            slot.was_replaced = True
            what = "branches still grow with the model that was loaded."
            self._heard.say(
                "warning",
                f"{name} was replaced on the disk while it was open; {what}",
                "Unload it to load the new file.",
            )
        return True

    # What the engines say, each on a thread of its own

    def _listen(self, slot: ModelSlot, events: tuple[EngineEvent, ...]) -> None:
        if self._starts_again(slot, events[-1]):
            return
        told = [event for event in events if self._concerns(slot, event)]
        for event in told:
            slot.notice(event, self._clock())
            if isinstance(event, Ready):
                self._is_open(slot)
            elif isinstance(event, LoadFailed | EngineDied):
                self._lose(slot, event)
        with self._speaking:
            self._heard.events(tuple(map(self._with_hash, told)))

    def _concerns(self, slot: ModelSlot, event: EngineEvent) -> bool:
        """Whether it matters: how a model fares that was let go does not, only what it wrote."""
        with self._lock:
            is_ours = self._slots.get(_key(slot.spec)) is slot
        return is_ours or not isinstance(event, Ready | LoadFailed | EngineDied)

    def _starts_again(self, slot: ModelSlot, event: EngineEvent) -> bool:
        """Whether a model that did not fit is being loaded again where another one was."""
        if not isinstance(event, LoadFailed) or not event.short_bytes:
            return False
        # Two that fail at the same time must not wait for each other's end.
        if self._closing.is_set() or not self._swapping.acquire(blocking=False):
            return False
        try:
            if not self._others(slot) or not self._concerns(slot, event):
                return False
            self._displace(slot)
            self._start(slot)
        finally:
            self._swapping.release()
        return True

    def _is_open(self, slot: ModelSlot) -> None:
        self._hashes.want(slot.spec.fingerprint, slot.stamp)
        self._keeper.stir()
        if slot.made_room:
            names = " and ".join(slot.made_room)
            took = f"which took {slot.status.load_s:.1f} s to open."
            self._heard.say("information", f"{names} made room for {slot.name}, {took}", "")

    def _with_hash(self, event: EngineEvent) -> EngineEvent:
        if not isinstance(event, Accepted):
            return event
        model = event.provenance.model
        sha256 = self._hashes.known(model.fingerprint)
        provenance = replace(event.provenance, model=replace(model, sha256=sha256))
        return replace(event, provenance=provenance)

    # What runs beside

    def _hashed(self, of: str, sha256: str) -> None:
        with self._speaking:
            self._heard.hashed(of, sha256)

    def _is_quiet(self) -> bool:
        before_s = self._clock() - QUIET_S
        with self._lock:
            return all(slot.used_s <= before_s for slot in self._slots.values())

    def _idle_in_s(self) -> float | None:
        with self._lock:
            used_s = [slot.used_s for slot in self._slots.values() if slot.is_ready]
        return min(used_s) + self.unload_after_s - self._clock() if used_s else None


def _key(spec: LoadSpec) -> LoadSpec:
    """What makes two ways to open a model the same: the file may change under its name."""
    return replace(spec, fingerprint="", room_bytes=None)
