"""The gauge in words."""

from __future__ import annotations

from loom.app.gauge_words import room_lines, room_used
from loom.app.words import how_it_stands
from loom.engine.events import Gauge
from loom.session import ModelStatus
from loom.tree.graph import Tree


def test_room_is_a_share_and_nothing_is_said_while_nothing_is_used() -> None:
    assert room_used(None) is None
    assert room_used(Gauge(0, 1000, 0, 0)) is None
    assert room_used(Gauge(380, 1000, 400, 0)) == "room used 38 %"
    assert room_used(Gauge(1, 1000, 1, 0)) == "room used under 1 %"


def test_all_of_the_gauge_can_be_read() -> None:
    gauge = Gauge(559, 32768, 12044, 6022, 500, 1448, 17 << 20, 915, 30, 1)
    assert room_lines(gauge) == (
        "Room: 559 of 32,768 tokens, 500 of them kept to come back to",
        "Computed: 12,044 tokens; 6,022 (33 %) were kept and not computed again",
        "Beside it in memory: 1,448 tokens (17 MiB), 915 copied back so far",
    )


def test_the_status_line_tells_the_room() -> None:
    status = ModelStatus("ready", "m", gauge=Gauge(380, 1000, 400, 0))
    assert "room used 38 %" in how_it_stands(Tree(), status, (), None)
