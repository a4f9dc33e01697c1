"""`loom keys` lists what `[keys]` in config.toml may change, as it is now."""

from __future__ import annotations

import json

from click.testing import CliRunner

from loom.app.keymap import KEYMAP
from loom.cli import cli
from loom.config import config_path


def test_every_key_is_listed_as_it_is_bound_now() -> None:
    config_path().parent.mkdir(parents=True, exist_ok=True)
    config_path().write_text('[keys]\nhide = "f9"\n', "utf-8")
    lines = CliRunner().invoke(cli, ["keys"]).stdout.splitlines()
    assert [line.split()[0] for line in lines] == [key.id for key in KEYMAP]
    (hide,) = (line.split() for line in lines if line.startswith("hide "))
    assert hide[1] == "F9"
    told = json.loads(CliRunner().invoke(cli, ["keys", "--json"]).stdout)["keys"]
    assert [row["keys"] for row in told if row["id"] == "hide"] == [["f9"]]
