"""One table of keys: everything in it works, and everything is in it."""

from __future__ import annotations

from itertools import groupby

from rich.cells import cell_len

from loom.app.app import LoomApp
from loom.app.keymap import GROUPS, KEYMAP, bindings, footer
from loom.app.screens.compare import CompareScreen
from loom.app.screens.evidence import EvidenceScreen
from loom.app.screens.main import MainScreen
from loom.app.screens.map import MapScreen
from loom.app.screens.multiverse import MultiverseScreen
from loom.app.screens.tally import TallyScreen
from loom.app.widgets.composer import Draft
from loom.app.widgets.keyed_reading import KeyedReading
from loom.app.widgets.tokens import Tokens

OWNERS = {
    "walking": MainScreen,
    "writing": Draft,
    "anywhere": LoomApp,
    "tokens": Tokens,
    "tally": TallyScreen,
    "map": MapScreen,
    "evidence": EvidenceScreen,
    "compare": CompareScreen,
    "multiverse": MultiverseScreen,
    "selecting": KeyedReading,
}


def test_every_key_has_an_action_that_exists() -> None:
    for key in KEYMAP:
        name = (key.action or key.id).partition("(")[0].removeprefix("app.")
        owner = LoomApp if key.action.startswith("app.") else OWNERS[key.state]
        assert hasattr(owner, f"action_{name}"), key.id


def test_no_key_means_two_things_in_one_state() -> None:
    for state in OWNERS:
        rows = [row for row in KEYMAP if row.state in {state, "anywhere"}]
        bound = [key for row in rows for key in row.keys]
        assert len(bound) == len(set(bound))


def test_ids_are_unique_and_each_binding_has_one() -> None:
    ids = [key.id for key in KEYMAP]
    assert len(ids) == len(set(ids))
    bound = [binding.id for state in OWNERS for binding in bindings(state)]  # type: ignore[arg-type]
    assert len(bound) == len(set(bound))


def test_what_a_terminal_cannot_send_is_no_route_to_anything() -> None:
    cannot = {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+b", "shift+space", "ctrl+enter"}
    assert not cannot & {key for row in KEYMAP for key in row.keys}


def test_groups_are_in_order_and_complete() -> None:
    seen = [group for group, _ in groupby(key.group for key in KEYMAP)]
    assert tuple(seen) == GROUPS


def test_the_footer_draws_keys_of_one_label_together() -> None:
    assert footer("walking")[:2] == [("Space", "grow"), ("←→↑↓", "walk")]
    assert [label for _, label in footer("writing")] == ["add", "new line", "walk on, draft kept"]


def test_the_keys_needed_first_fit_into_eighty_columns() -> None:
    needed = footer("walking")[:7]
    assert sum(cell_len(f" {key} {label} ") for key, label in needed) <= 80
    assert "help" in [label for _, label in needed]
