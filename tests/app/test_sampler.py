"""The sampler as a form, and its panel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.app.sampler_form import FIELDS, n_more, preset_of, read, written
from loom.errors import UsageError
from loom.records.sampling import PRESETS, Dry, LogitBias, Mirostat, Penalties, Sampling, Xtc
from loom.session.presets import own_presets, save_preset

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text
from .fake_session import toast
from .test_snapshots import Snap, three_sizes

RICH = Sampling(
    top_k=40,
    xtc=Xtc(0.5, 0.2),
    penalties=Penalties(1.1, 0.2, 0.0, 32),
    dry=Dry(0.5, 2.0),
    mirostat=Mirostat(1, 4.0),
    biases=(LogitBias(3, None),),
    ban_end=True,
    grammar='root ::= "a"',
)


@pytest.mark.parametrize("sampling", [*PRESETS.values(), RICH])
def test_a_form_that_nobody_changed_asks_for_what_was_there(sampling: Sampling) -> None:
    assert read(written(sampling), sampling) == sampling


@given(st.floats(0.01, 5), st.one_of(st.none(), st.floats(0, 1)), st.integers(1, 100))
def test_numbers_arrive_where_they_belong(
    temperature: float, min_p: float | None, top_k: int
) -> None:
    texts = written(RICH) | {
        "temperature": repr(temperature),
        "min_p": "" if min_p is None else f"{min_p:.6f}",
        "top_k": str(top_k),
    }
    sampling = read(texts, RICH)
    assert sampling.temperature == temperature
    assert sampling.min_p == (None if min_p is None else float(f"{min_p:.6f}"))
    assert sampling.top_k == top_k
    assert (sampling.dry, sampling.grammar, sampling.biases) == (
        RICH.dry,
        RICH.grammar,
        RICH.biases,
    )


def test_every_field_can_be_emptied_and_filled() -> None:
    empty = read({field.name: "" for field in FIELDS}, RICH)
    assert n_more(empty) == 0
    assert empty.temperature == 1
    assert (empty.penalties, empty.dry, empty.mirostat, empty.xtc) == (None,) * 4
    for field in FIELDS:
        if field.name != "xtc_threshold":
            filled = read(
                written(empty) | {field.name: "0.5" if field.name != "top_k" else "5"}, empty
            )
            assert field.read(filled) in (0.5, 5)


def test_what_is_no_number_or_out_of_bounds_is_told() -> None:
    with pytest.raises(UsageError, match="temperature is '-'"):
        read(written(Sampling()) | {"temperature": "-"}, Sampling())
    with pytest.raises(UsageError, match="min-p is 2"):
        read(written(Sampling()) | {"min_p": "2"}, Sampling())


def test_presets_are_known_by_their_numbers() -> None:
    assert preset_of(Sampling()) == "tidy"
    assert preset_of(RICH) is None


async def test_a_number_is_typed_and_taken() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("comma")
        assert "How the next token is drawn" in screen_text(pilot)
        await pilot.press("backspace", *"0.7", "down", *["backspace"] * 4, "enter")
        assert session.settings.sampling == Sampling(temperature=0.7, min_p=None)
        assert pilot.app.screen is main_screen(pilot)
        assert "T .7" in screen_text(pilot)


async def test_presets_fill_the_form_and_escape_changes_nothing() -> None:
    session = toast()
    before = session.settings
    async with opened(session, WIDE) as pilot:
        await pilot.press("comma", "up", "right")
        assert "T 0" in screen_text(pilot)
        await pilot.press("escape")
        assert session.settings == before
        await pilot.press("comma", "up", "left", "enter")
        assert session.settings.sampling == PRESETS["as is"]


async def test_the_rest_is_under_more_and_what_is_wrong_is_not_taken() -> None:
    session = toast()
    async with opened(session, NARROW) as pilot:
        await pilot.press("comma")
        assert "mirostat" not in screen_text(pilot)
        await pilot.press("ctrl+o")
        assert "XTC" in screen_text(pilot)
        await pilot.press("down", *["backspace"] * 4, *"7", "enter")
        assert "min-p is 7." in screen_text(pilot)
        assert pilot.app.screen is not main_screen(pilot)


async def test_a_sampler_is_saved_under_a_name_chosen_and_deleted() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("comma", "backspace", *"0.7", "ctrl+s")
        await pilot.press(*"warm", "enter")
        assert own_presets() == {"warm": Sampling(temperature=0.7)}
        await pilot.press("escape")
        assert session.settings.sampling == PRESETS["tidy"]
        await pilot.press("comma", "up", "left", "left", "enter")
        assert session.settings.sampling == Sampling(temperature=0.7)
        await pilot.press("comma")
        assert "warm" in screen_text(pilot)
        await pilot.press("ctrl+d")
        assert own_presets() == {}
        assert "warm" not in screen_text(pilot)


async def test_everybody_s_presets_are_neither_overwritten_nor_deleted() -> None:
    async with opened(toast(), WIDE) as pilot:
        await pilot.press("comma", "ctrl+d")
        assert "'tidy' is no preset of yours." in screen_text(pilot)
        await pilot.press("ctrl+s", *"greedy", "enter")
        assert "'greedy' is everybody's." in screen_text(pilot)
        assert own_presets() == {}


@three_sizes
def test_presets_of_ones_own(snap_compare: Snap, size: tuple[int, int]) -> None:
    save_preset("warm", Sampling(temperature=1.2, min_p=0.02))
    save_preset("long road", RICH)
    assert snap_compare(app_on(toast()), press=["comma", "up", "left"], terminal_size=size)


async def test_the_temperature_has_keys_of_its_own() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("left_parenthesis", "left_parenthesis")
        assert session.settings.sampling == Sampling(temperature=0.8)
        assert "T .8 min-p .05" in screen_text(pilot)
        await pilot.press("right_parenthesis")
        assert session.settings.sampling.temperature == 0.9
        await pilot.press(*["left_parenthesis"] * 12)
        assert session.settings.sampling.temperature == 0
