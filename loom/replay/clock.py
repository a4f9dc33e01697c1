"""Where on a tape one is, as time goes by: a value that knows no real clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""What faster and slower go through; any other speed may be asked for."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A position in seconds of tape, standing or running at `speed` seconds a second.

    `since_s` is the moment, of whatever clock the caller reads, at which it stood at
    `position_s`; None while it stands still. It stops by itself at `duration_s`.
    """

    duration_s: float
    position_s: float = 0.0
    speed: float = 1.0
    since_s: float | None = None

    def at(self, now_s: float) -> float:
        """The position now, in seconds."""
        if self.since_s is None:
            return self.position_s
        passed_s = max(0.0, now_s - self.since_s) * self.speed
        return min(self.position_s + passed_s, self.duration_s)

    def is_playing(self, now_s: float) -> bool:
        """Whether it runs and has not come to the end."""
        return self.since_s is not None and self.at(now_s) < self.duration_s

    def played(self, now_s: float) -> Clock:
        """Running from here on; from the beginning if it is at its end."""
        position_s = self.at(now_s)
        return replace(
            self,
            position_s=0.0 if position_s >= self.duration_s else position_s,
            since_s=now_s,
        )

    def paused(self, now_s: float) -> Clock:
        """Standing where it is."""
        return replace(self, position_s=self.at(now_s), since_s=None)

    def moved(self, position_s: float, now_s: float) -> Clock:
        """At another position, still running if it was."""
        position_s = min(max(0.0, position_s), self.duration_s)
        return replace(self, position_s=position_s, since_s=None if self.since_s is None else now_s)

    def at_speed(self, speed: float, now_s: float) -> Clock:
        """From here on at so many seconds of tape a second."""
        return replace(self.moved(self.at(now_s), now_s), speed=speed)

    def faster(self, by: int, now_s: float) -> Clock:
        """One step up (`by` 1) or down (-1) the ladder of speeds, as far as it goes."""
        others = [s for s in SPEEDS if (s > self.speed if by > 0 else s < self.speed)]
        if not others:
            return self
        return self.at_speed(min(others) if by > 0 else max(others), now_s)
