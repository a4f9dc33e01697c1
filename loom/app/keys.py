"""What a key is: the rows of the one table of keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from textual.binding import Binding

State = Literal[
    "walking",
    "writing",
    "anywhere",
    "tokens",
    "tally",
    "map",
    "evidence",
    "compare",
    "multiverse",
    "selecting",
    "replaying",
]
Group = Literal[
    "Grow",
    "Walk",
    "Look",
    "Where branches meet",
    "Write",
    "Change",
    "Mark",
    "Loom",
    "In the tokens",
    "In the tally",
    "In the map",
    "In the evidence",
    "Comparing",
    "In the multiverse",
    "Selecting",
    "Replay",
]

PALETTE = "Ctrl+P"
"""How a key is shown that has no key: by its name in the command palette, until one is given."""

# A replay is a screen of its own, and has a help of its own.
GROUPS: tuple[Group, ...] = tuple(group for group in get_args(Group) if group != "Replay")


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a key does.

    `state` says when: while walking, while writing, or both. `keys` are Textual's names, and each
    is bound to `action`, in which `{key}` stands for the key itself. `shown` is how a person reads
    them. `label` names it in the footer, where keys in a row with one label are drawn together; a
    key with no `rank` is not in the footer, and the others leave it from the highest rank on when
    there is no room.
    """

    id: str
    keys: tuple[str, ...]
    shown: str
    label: str
    help: str
    group: Group
    state: State = "walking"
    rank: int | None = None
    action: str = ""

    @property
    def has_choices(self) -> bool:
        """Whether its keys do different things."""
        return "{key}" in self.action

    def bindings(self) -> Iterator[Binding]:
        """What Textual binds."""
        for key in self.keys:
            yield Binding(
                key,
                (self.action or self.id).format(key=key),
                self.label,
                show=self.rank is not None,
                priority=self.state == "anywhere",
                key_display=self.shown,
                tooltip=self.help,
                id=self.id if len(self.keys) == 1 else f"{self.id}.{key}",
            )


Row = tuple[str, str, str, str, str, str, int | None]
"""Id, Textual's names, as shown, label, help, action (empty: the id), and rank in the footer."""


def rows(state: State, group: Group, *table: Row) -> Iterator[Key]:
    """The keys of one state that stand under one heading."""
    for name, keys, shown, label, told, action, rank in table:
        yield Key(name, tuple(keys.split()), shown, label, told, group, state, rank, action)
