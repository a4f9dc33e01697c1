"""Trees whose nodes stand inside one another, walked without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from loom.formats.importing.json_stream import JsonStream, TooDeepError
from loom.formats.importing.planting import Planting


@dataclass(slots=True)
class NestedNode:
    """One object of the tree: its place, the place of its parent, and its members but children.

    `inside` is the key under which it stands in its parent, "" in a list of children.
    """

    place: int
    parent: int | None
    inside: str
    found: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    steps: Iterator[str | int]
    node: NestedNode | None
    parent: int | None


class NestedTree:
    """Walks nodes that hold a list `children`, and perhaps single nodes under other keys."""

    def __init__(
        self,
        stream: JsonStream,
        planting: Planting,
        finish: Callable[[NestedNode], None],
        nested_keys: tuple[str, ...] = (),
    ) -> None:
        """`finish` is told each node when all of it was read, children before parents."""
        self._stream = stream
        self._planting = planting
        self._finish = finish
        self._nested_keys = nested_keys

    def walk(self, parent: int | None = None) -> None:
        """Take the node, or the list of nodes, that comes next."""
        stack: list[_Frame] = []
        self._enter(stack, parent, "")
        while stack:
            frame = stack[-1]
            step = next(frame.steps, None)
            if step is None:
                stack.pop()
                if frame.node is not None:
                    self._finish(frame.node)
            elif frame.node is None:
                self._enter(stack, frame.parent, "")
            else:
                self._member(stack, frame.node, str(step))

    def _member(self, stack: list[_Frame], node: NestedNode, key: str) -> None:
        kind = self._stream.kind()
        if key == "children" and kind == "[":
            stack.append(_Frame(self._stream.items(), None, node.place))
        elif key in self._nested_keys and kind == "{":
            node.found[key] = self._enter(stack, node.parent, key)
        else:
            node.found[key] = kept(self._stream, self._planting)

    def _enter(self, stack: list[_Frame], parent: int | None, inside: str) -> int | None:
        """Begin with the node, or the list of nodes, that comes next; the place of a node."""
        kind = self._stream.kind()
        if kind == "{":
            place = self._planting.reserve()
            self._begin(stack, NestedNode(place, parent, inside))
            return place
        if kind == "[" and not stack:
            stack.append(_Frame(self._stream.items(), None, parent))
        else:
            self._stream.skip()
            self._planting.report.lost("nodes that are no objects")
        return None

    def _begin(self, stack: list[_Frame], node: NestedNode) -> None:
        front = self._stream.front("children", self._nested_keys)
        if front is None:
            stack.append(_Frame(self._stream.members(), node, node.parent))
            return
        node.found, is_open = front
        if not is_open:
            self._finish(node)
            return
        stack.append(_Frame(self._stream.more_members(), node, node.parent))
        stack.append(_Frame(self._stream.items(), None, node.place))


def kept(stream: JsonStream, planting: Planting) -> object:
    """The next value; None, and counted, if it is nested too deeply to be kept."""
    try:
        return stream.value()
    except TooDeepError:
        stream.skip()
        planting.report.lost("values nested too deeply to be kept")
        return None
