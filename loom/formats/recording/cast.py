"""A replay of the tree's growth as asciicast v2, which asciinema plays."""

from __future__ import annotations

import json
from collections.abc import Iterator

from loom.formats.material import Material
from loom.formats.recording.frame import HEIGHT, WIDTH, Painter, changes
from loom.formats.recording.timeline import Arrival, timeline
from loom.formats.writeup.appendix import plain_name
from loom.formats.writeup.heading import title
from loom.tree.visible import visible_line

FRAMES_PER_S = 12.0
MOST_FRAMES = 12_000
LAST_LOOK_S = 2.0


def cast(material: Material) -> str:
    """The recording: a header, then one line for each change of the screen."""
    name = visible_line(title(material))
    head = {"version": 2, "width": WIDTH, "height": HEIGHT, "title": name}
    lines = [json.dumps(head, ensure_ascii=False)]
    lines += [
        json.dumps([round(at_s, 3), "o", output], ensure_ascii=False)
        for at_s, output in _output(material, name)
    ]
    return "\n".join(lines) + "\n"


def _output(material: Material, name: str) -> Iterator[tuple[float, str]]:
    tree = material.excerpt.tree
    painter = Painter(tree, name)
    texts: dict[str, bytes] = {}
    shown: list[str] = []
    yield 0.0, "\x1b[?25l\x1b[2J"
    at_s = 0.0
    for at_s, arrivals in _batches(timeline(material)):
        for arrival in arrivals:
            texts[arrival.node_id] = texts.get(arrival.node_id, b"") + arrival.piece
        here = arrivals[-1].node_id
        model = plain_name(_model(material, here), material.wording.paths)
        frame = painter.frame(texts, here, visible_line(model))
        if told := changes(shown, frame):
            yield at_s, told
        shown = frame
    yield at_s + LAST_LOOK_S, f"\x1b[{HEIGHT};1H\x1b[?25h"


def _model(material: Material, node_id: str) -> str:
    node = material.excerpt.tree.node(node_id)
    return material.excerpt.tree.model if node.written else node.author


def _batches(arrivals: list[Arrival]) -> Iterator[tuple[float, list[Arrival]]]:
    """What came within one frame, with the time it is shown at; long trees have fewer frames."""
    whole_s = arrivals[-1].at_s if arrivals else 0.0
    step_s = max(1 / FRAMES_PER_S, whole_s / MOST_FRAMES)
    batch: list[Arrival] = []
    for arrival in arrivals:
        if batch and arrival.at_s - batch[0].at_s >= step_s:
            yield batch[-1].at_s, batch
            batch = []
        batch.append(arrival)
    if batch:
        yield batch[-1].at_s, batch
