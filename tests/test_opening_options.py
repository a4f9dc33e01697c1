"""How a model is to be opened: from the command line into the session file."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from loom.cli import cli
from loom.cli.opening_options import CACHE_TYPES
from loom.records import CacheType, Opening
from loom.session.reading import read_tree


@pytest.mark.parametrize(
    ("options", "opening"),
    [
        ([], Opening()),
        (
            ["--ctx", "512", "--gpu-layers", "0", "--device", "CPU"],
            Opening(n_ctx=512, gpu_layers=0, device="CPU"),
        ),
        (
            ["--flash-attention", "on", "--cache-type", "q8_0"],
            Opening(flash_attention="on", cache_type="q8_0"),
        ),
    ],
)
def test_a_new_session_remembers_how_its_model_is_opened(
    tmp_path: Path, options: list[str], opening: Opening
) -> None:
    path = tmp_path / "s.loom"
    done = CliRunner().invoke(cli, ["new", str(path), "--prompt", "Once", *options])
    assert done.exit_code == 0
    assert read_tree(path).opening == opening


@pytest.mark.parametrize(
    "options", [["--ctx", "4"], ["--cache-type", "q9_9"], ["--flash-attention", "maybe"]]
)
def test_what_cannot_be_meant_makes_no_session(tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "s.loom"
    done = CliRunner().invoke(cli, ["new", str(path), "--prompt", "Once", *options])
    assert done.exit_code == 2
    assert not path.exists()


def test_every_type_of_cache_can_be_asked_for() -> None:
    assert get_args(CacheType) == CACHE_TYPES
