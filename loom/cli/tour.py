"""The guided tour of where branches meet."""

from __future__ import annotations

from loom.cli.group import cli
from loom.cli.opened import check_for_terminal, connect


@cli.command()
def tour() -> None:
    """See in five minutes how branches meet again, on three small worlds; no model is needed."""
    check_for_terminal(
        "The tour needs a terminal to draw on.",
        "Without one, read how branches meet in the README.",
    )
    from loom.app.pauses import look_for_garbage_when_asked
    from loom.app.tour_app import TourApp
    from loom.config import load_config
    from loom.session.tour.tour import Tour

    config = load_config()
    begun = Tour.begin(connect())
    look_for_garbage_when_asked()
    try:
        TourApp(begun, config.theme).run()
    finally:
        begun.close()
