"""One golden file for each format, with the ending that such files have.

`pytest --snapshot-update tests/formats/test_golden.py` writes them anew; look at them then.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from loom import __version__
from loom.formats.choice import Choice
from loom.formats.table import format_named

from .trees import toast

GOLDEN = Path(__file__).parent / "golden"

CASES: dict[str, tuple[str, dict[str, object]]] = {
    "nested.md": ("markdown", {}),
    "chapters.md": ("markdown", {"arrangement": "chapters"}),
    "obsidian.md": ("markdown", {"flavour": "obsidian"}),
    "page.html": ("html", {}),
    "paper.tex": ("latex", {}),
    "plain.txt": ("text", {}),
    "figure.svg": ("svg", {}),
    "growth.cast": ("cast", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_format_is_written_as_its_golden_file(name: str, request: pytest.FixtureRequest) -> None:
    format_name, wording = CASES[name]
    grown, joins = toast()
    form = format_named(format_name)
    assert name.endswith(form.suffix)
    content = form.write(grown.material(Choice(depth=3), joins, **wording))
    assert isinstance(content, str)
    written = content.replace(f"loom {__version__}", "loom VERSION")
    if request.config.getoption("update_snapshots"):
        (GOLDEN / name).write_text(written, encoding="utf-8")
    assert (GOLDEN / name).read_text(encoding="utf-8") == written


def test_every_golden_file_is_of_a_case() -> None:
    of_data = {path.name for path in GOLDEN.iterdir() if path.name.startswith("toast.")}
    assert {path.name for path in GOLDEN.iterdir()} - of_data == set(CASES)
