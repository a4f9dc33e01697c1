"""Sums over the subtrees of a forest that keeps growing."""

from __future__ import annotations

from heapq import heapify, heappop, heappush


class Subtotals:
    """An amount for each member of a forest, and the sum over the members at and below each.

    Members are numbered as they come; member 0 is there from the start and every other hangs
    from an earlier one. `credit` is O(1): the way up is walked when a sum is asked for, once for
    everything credited since, so that many amounts below one ancestor cost one step there.
    """

    def __init__(self) -> None:
        self._parents = [0]
        self._sums = [0]
        self._credited: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._parents)

    def add(self, parent: int) -> int:
        """A new member with nothing to its name; returns its number."""
        self._parents.append(parent)
        self._sums.append(0)
        return len(self._parents) - 1

    def credit(self, member: int, amount: int) -> None:
        """Give a member so much more (or less)."""
        self._credited[member] = self._credited.get(member, 0) + amount

    def total(self, member: int) -> int:
        """The sum over the member and everything below it."""
        if self._credited:
            self._settle()
        return self._sums[member]

    def _settle(self) -> None:
        # Children have higher numbers than their parents, so falling order meets each once.
        waiting = [-member for member in self._credited]
        heapify(waiting)
        while waiting:
            member = -heappop(waiting)
            amount = self._credited.pop(member)
            self._sums[member] += amount
            if member == 0:
                continue
            parent = self._parents[member]
            if parent not in self._credited:
                heappush(waiting, -parent)
                self._credited[parent] = 0
            self._credited[parent] += amount
