"""Write-ups in the programs that read them: a browser and two TeX engines, where they are."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from loom.formats.choice import Choice
from loom.formats.table import format_named

from .browser import Browser, browser
from .trees import HOSTILE, Grown, hostile, large, toast


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


def saved(folder: Path, name: str, grown: Grown, **wording: object) -> Path:
    form = format_named(name)
    path = folder / f"page{form.suffix}"
    for place, write in [
        (path, form.write),
        *((folder / f"page{ending}", write) for ending, write in form.beside),
    ]:
        content = write(grown.material(**wording))  # type: ignore[arg-type]
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("name", ["html", "svg"])
def test_nothing_in_a_text_runs_in_a_browser(chromium: Browser, tmp_path: Path, name: str) -> None:
    chromium.open(saved(tmp_path, name, hostile()))
    # Every handler that could have been smuggled in is given its chance.
    chromium.value(
        "document.querySelectorAll('*').forEach(one => ['mouseover', 'click', 'toggle', 'load',"
        " 'error', 'focus'].forEach(kind => one.dispatchEvent(new Event(kind, {bubbles: true}))))"
    )
    assert chromium.value("typeof window.hurt") == "undefined"
    assert chromium.value("document.querySelectorAll('script, img, iframe').length") == 0
    asked = [
        event["params"]["request"]["url"]
        for event in chromium.events
        if event.get("method") == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith("file:")] == []


def test_a_browser_shows_every_text_as_it_is(chromium: Browser, tmp_path: Path) -> None:
    chromium.open(saved(tmp_path, "html", hostile(), tokens=False))
    shown = chromium.value("document.querySelector('main').textContent")
    for text in (HOSTILE[1], HOSTILE[2], HOSTILE[3], HOSTILE[4], HOSTILE[9].strip(), HOSTILE[10]):
        assert text in shown
    assert "\u202e" not in shown


def test_branches_fold_by_keyboard_and_without_a_script(chromium: Browser, tmp_path: Path) -> None:
    grown, _ = toast()
    chromium.open(saved(tmp_path, "html", grown))
    chromium.value("document.querySelector('summary').focus()")
    is_open = "document.querySelector('details').open"
    assert chromium.value(is_open) is True
    for kind in ("keyDown", "keyUp"):
        chromium.call(
            "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
            windowsVirtualKeyCode=13,
        )  # fmt: skip
    assert chromium.value(is_open) is False
    seen = "document.querySelector('details li').checkVisibility()"
    assert chromium.value(seen) is False
    chromium.value("document.querySelector('#all').click()")
    assert chromium.value(seen) is True


def test_alternatives_stand_beside_a_token_when_it_is_pointed_at(
    chromium: Browser, tmp_path: Path
) -> None:
    grown, _ = toast()
    chromium.open(saved(tmp_path, "html", grown))
    chromium.value("document.querySelector('#shade').click()")
    chromium.value("document.querySelector('.t[tabindex]').focus()")
    card = "getComputedStyle(document.querySelector('.t[tabindex]'), '::after').content"
    assert "50 %" in chromium.value(card)


def test_a_large_page_opens_folded_and_unfolds(chromium: Browser, tmp_path: Path) -> None:
    chromium.open(saved(tmp_path, "html", large(20_000)))
    assert chromium.value("document.querySelectorAll('details').length") == 2_000
    assert chromium.value("document.querySelectorAll('details[open]').length") < 40
    last = "[...document.querySelectorAll('details')].at(-1)"
    assert chromium.value(f"{last}.querySelector('li').checkVisibility()") is False
    chromium.value(
        f"for (let one = {last}; one; one = one.parentElement) if (one.tagName == 'DETAILS')"
        " one.open = true"
    )
    assert chromium.value(f"{last}.querySelector('li').checkVisibility()") is True


def typeset(engine: str, path: Path) -> str:
    program = shutil.which(engine)
    if program is None:
        pytest.skip(f"{engine} is not installed")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, check=False)
    log = path.with_suffix(".log").read_text(errors="replace")
    assert done.returncode == 0, log[-3000:]
    return log


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_latex_is_typeset_with_its_figure(engine: str, tmp_path: Path) -> None:
    grown, _ = toast()
    log = typeset(engine, saved(tmp_path, "latex", grown))
    assert "page-tree.pdf" in log
    assert (tmp_path / "page.pdf").stat().st_size > 10_000


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_hostile_text_every_ascii_character_and_emoji_are_typeset(
    engine: str, tmp_path: Path
) -> None:
    grown = hostile()
    latin = "".join(map(chr, range(0xA0, 0x250)))
    grown.write("more", "r", f"{latin}\n\n\n\n🙂🏳️‍🌈 \n[x] \n\n[y]* {'ж' * 40}".encode())
    typeset(engine, saved(tmp_path, "latex", grown))
    assert (tmp_path / "page.pdf").exists()


def test_a_part_with_nothing_in_it_is_a_page_all_the_same(
    chromium: Browser, tmp_path: Path
) -> None:
    grown = Grown()
    form = format_named("html")
    content = form.write(grown.material(Choice()))
    assert isinstance(content, str)
    (tmp_path / "page.html").write_text(content)
    chromium.open(tmp_path / "page.html")
    assert chromium.value("document.title") == "a wedding toast"
