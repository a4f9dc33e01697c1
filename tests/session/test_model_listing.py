"""What is said of the models of a machine: in columns for a person, in facts for a script."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest

from loom.engine.devices import rebuild_line
from loom.engine.free_memory import available_bytes
from loom.engine.llama.header import read_shape
from loom.engine.room import DEFAULT_WINDOW, NotEnoughMemoryError, Wish, fitting_cells
from loom.errors import ModelFileError
from loom.models.gguf_file import fingerprint, read_metadata
from loom.models.mode_guess import guess_mode
from loom.models.mode_memory import remember_mode
from loom.session import model_listing
from loom.session.memory_told import need_told
from loom.session.model_listing import describe, detail_lines, listing, listing_lines, rows
from loom.worlds.catalogue import open_world
from loom.worlds.names import SKETCHES


def write_model(path: Path, **texts: str) -> Path:
    """A model that says so much of itself; `tags` are separated by spaces."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(2_048)
    writer.add_embedding_length(32)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_token_list(["a", "b"])
    for key, text in texts.items():
        if key == "tags":
            writer.add_tags(text.split())
        elif key == "template":
            writer.add_chat_template(text)
        else:
            writer.add_string(f"general.{key}", text)
    writer.add_tensor("token_embd.weight", np.zeros((2, 32), dtype=np.float16))
    writer.add_tensor("blk.0.attn_norm.weight", np.ones(32, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def here(bare_machine: Path) -> Path:
    return bare_machine.parent / "here"


def test_the_columns_stand_under_their_headings(here: Path) -> None:
    write_model(here / "a-long-name-that-is-there.gguf", name="x")
    write_model(here / "漢字.gguf", name="x")
    (here / "half.gguf").write_bytes(b"GGUF")
    heading, *lines = listing_lines(listing())
    assert heading.startswith("NAME  ")
    assert {line[heading.index("ARCH") :][:6] for line in lines[:2]} == {"llama "}
    wide = next(line for line in lines if line.startswith("漢字"))
    assert wide.index("llama") == heading.index("ARCH") - 2
    assert lines[-1].startswith("half: ")
    assert "cut short" in lines[-1]


def test_a_script_is_told_the_facts(here: Path) -> None:
    path = write_model(here / "m.gguf", name="M", template="{{ messages }}")
    (entry,) = describe("m")
    metadata = read_metadata(path)
    assert entry == {
        "name": "m",
        "path": str(path),
        "bundled": False,
        "source": "this folder",
        "architecture": "llama",
        "n_parameters": 96,
        "quantisation": "F16",
        "n_bytes": path.stat().st_size,
        "n_files": 1,
        "n_ctx_train": 2_048,
        "n_vocab": 2,
        "chat_template": True,
        "mode": None,
        "mode_is_guess": True,
        "mode_reason": "it has a chat template, which base models often have too",
        "memory_bytes": need_told(metadata, None).n_bytes,
        "memory_window": 2_048,
        "fits": True,
    }
    assert entry in listing()


def test_a_person_is_told_the_same(here: Path) -> None:
    write_model(here / "m.gguf", name="M")
    told = dict(line.split(":", 1) for line in detail_lines(describe("m")))
    told = {what: fact.strip() for what, fact in told.items()}
    assert told["trained context"] == "2,048 tokens"
    assert told["made for"] == "base? (it has no chat template)"
    assert told["fits"] == "yes"


def test_a_gpu_that_is_not_used_is_told_with_the_line_that_rebuilds(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(here / "m.gguf", name="M")
    monkeypatch.setattr(model_listing, "_unused_gpu", lambda: "NVIDIA")
    *_, what = detail_lines(describe("m"))
    words, command = what.splitlines()
    assert words.startswith("GPU:             NVIDIA, unused: ")
    assert command == rebuild_line("NVIDIA")


def test_what_cannot_be_read_is_an_error_where_it_was_asked_for(here: Path) -> None:
    (here / "half.gguf").write_bytes(b"GGUF")
    with pytest.raises(ModelFileError, match="cut short"):
        describe("half")


def test_models_of_one_name_are_opened_by_their_paths(here: Path, bare_machine: Path) -> None:
    first = write_model(here / "m.gguf", name="one")
    (bare_machine / "llama").mkdir()
    second = write_model(bare_machine / "llama" / "m.gguf", name="two")
    references = [row.reference for row in rows(listing()) if row.name == "m"]
    assert references == [str(first), str(second)]


def test_no_name_can_paint_the_terminal(here: Path) -> None:
    write_model(here / "a\x1b[31m\nb.gguf", name="x")
    (here / "c\x1b[2J.gguf").write_bytes(b"\x1b")
    text = "\n".join(listing_lines(listing()))
    assert "\x1b" not in text
    assert "␛[31m" in text
    assert len(text.splitlines()) == 5 + len(SKETCHES)


@pytest.mark.parametrize(
    ("texts", "mode"),
    [
        ({"name": "Llama 3.2 1B Instruct"}, "chat"),
        ({"name": "gemma-3-4b-it"}, "chat"),
        ({"name": "x", "finetune": "Instruct"}, "chat"),
        ({"name": "Base of an Instruct", "finetune": "base"}, "plain"),
        ({"name": "Qwen3 4B Base", "template": "t"}, "plain"),
        ({"name": "Qwen2.5 0.5B", "template": "t"}, None),
        ({"name": "Qwen2.5 0.5B", "template": "t", "tags": "chat text-generation"}, "chat"),
        ({"name": "unit 5"}, "plain"),
        ({"name": "Chat Base", "template": "t"}, None),
    ],
)
def test_base_or_chat_is_guessed(texts: dict[str, str], mode: str | None, tmp_path: Path) -> None:
    assert guess_mode(read_metadata(write_model(tmp_path / "m.gguf", **texts))).mode == mode


def test_what_the_person_answered_is_no_guess(here: Path) -> None:
    path = write_model(here / "m.gguf", name="Base")
    assert rows(describe("m"))[0].made_for == "base?"
    remember_mode(fingerprint(path), "chat")
    (entry,) = describe("m")
    assert (entry["mode"], entry["mode_is_guess"]) == ("chat", False)
    assert rows([entry])[0].made_for == "chat"


def test_what_a_model_takes_is_what_the_engine_reckons(here: Path) -> None:
    path = write_model(here / "m.gguf", name="x")
    told, shape = need_told(read_metadata(path), None), read_shape(str(path))
    assert told.n_ctx == 2_048
    # Two heads of eight, keys and values, two bytes each.
    assert shape.cache_bytes(2_048, "f16") == 2 * 8 * 2 * 2 * 2_048
    assert told.n_bytes == (
        path.stat().st_size
        + shape.cache_bytes(2_048, "f16")
        + shape.compute_bytes(2_048, 256, flash=True)
    )


def test_a_model_fits_if_the_engine_would_open_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_model(here / "m.gguf", name="x")
    shape, wish = read_shape(str(path)), Wish(None, "f16", 256, flash=True)
    most = need_told(read_metadata(path), None)
    least = need_told(read_metadata(path), 0)
    assert least.n_ctx < most.n_ctx <= DEFAULT_WINDOW
    for free in (None, most.n_bytes, most.n_bytes - 1, least.n_bytes, least.n_bytes - 1):
        monkeypatch.setattr(model_listing, "available_bytes", lambda free=free: free)
        (entry,) = describe("m")
        if free is None:
            assert entry["fits"] is None
            continue
        try:
            window = fitting_cells(shape, wish, free, on_host=1.0).n_ctx
        except NotEnoughMemoryError:
            assert entry["fits"] is False
        else:
            assert (entry["fits"], entry["memory_window"]) == (True, window)


def test_this_machine_says_what_is_free() -> None:
    free = available_bytes()
    assert free is not None
    assert free > 2**20


def test_worlds_stand_behind_the_models(here: Path) -> None:
    write_model(here / "m.gguf", name="M")
    write_model(here / "story-world.gguf", name="a file of the same name")
    (here / "half.gguf").write_bytes(b"GGUF")
    *sound, broken = rows(listing())
    assert broken.name == "half"
    worlds = [row for row in sound if row.about]
    assert [row.name for row in worlds] == list(SKETCHES)
    assert sound[-len(worlds) :] == worlds
    assert all(
        (row.parameters, row.size, row.quantisation) == ("none", "none", "exact") for row in worlds
    )
    # Two of one name: the world keeps it, and the file is opened by its path.
    named = [row.reference for row in sound if row.name == "story-world"]
    assert named == [str(here / "story-world.gguf"), "story-world"]


def test_a_world_says_what_it_is(here: Path) -> None:
    (entry,) = describe("story-world-chat")
    told = dict(line.split(":", 1) for line in detail_lines([entry]))
    told = {what: fact.strip() for what, fact in told.items()}
    assert told["about"] == SKETCHES["story-world-chat"].about
    assert told["made for"] == "chat (it is a world that answers in turns)"
    assert told["context"] == "8,192 tokens"
    assert "exact" in told["kind"]
    assert (entry["n_parameters"], entry["n_bytes"], entry["fits"]) == (0, 0, True)
    assert entry.keys() >= describe("story-base")[0].keys()
    remember_mode(open_world("story-world-chat").info.fingerprint, "plain")
    (entry,) = describe("story-world-chat")
    assert (entry["mode"], entry["mode_reason"]) == ("plain", "as you said")
