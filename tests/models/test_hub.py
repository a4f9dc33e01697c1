"""`loom models pull`, against a hub on this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from filelock import FileLock

from loom.errors import LoomError, ModelFileError
from loom.models.hub import HubFile, choose, parse_wanted, pull

from .hub_server import Hub, running
from .splitting import split_model

REPO = "org/kit-GGUF"
PULL = [sys.executable, "-m", "loom", "models", "pull"]
# huggingface_hub writes to the disk by ten MiB.
CHUNK = 10 * 2**20

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def surroundings(bare_machine: Path) -> dict[str, str]:
    """The variables of a person with a cache of their own, and no proxy before this machine."""
    away = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    kept = {name: value for name, value in os.environ.items() if name.upper() not in away}
    return {**kept, "HF_HOME": str(bare_machine / "hub"), "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def content(small_model: Path) -> bytes:
    """A model that takes three pieces to write; what follows the weights is nobody's."""
    return small_model.read_bytes() + bytes(2 * CHUNK)


@pytest.fixture
def run(surroundings: dict[str, str]) -> Run:
    """Run `loom models pull` against a hub."""

    def run_pull(hub: Hub, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        variables = {**surroundings, "HF_ENDPOINT": hub.url, **more}
        return subprocess.run(
            [*PULL, *words], env=variables, capture_output=True, text=True, check=False
        )

    return run_pull


def blobs(surroundings: dict[str, str]) -> Path:
    return Path(surroundings["HF_HOME"], "hub", "models--org--kit-GGUF", "blobs")


def test_a_model_is_fetched_once_and_found_by_its_name(
    run: Run, surroundings: dict[str, str], content: bytes
) -> None:
    files = {"kit-Q8_0.gguf": content, "kit-F16.gguf": b"GGUF", "README.md": b"#"}
    with running(Hub(REPO, files)) as hub:
        done = run(hub, f"{REPO}:q8_0", "--json", TQDM_POSITION="-1")
        assert done.returncode == 0, done.stderr
        (model,) = json.loads(done.stdout)
        assert Path(model["path"]).read_bytes() == content
        assert "100%" in done.stderr
        run(hub, f"{REPO}:kit-Q8_0.gguf")
        assert hub.served == [("kit-Q8_0.gguf", 0)]
    listing = [sys.executable, "-m", "loom", "models", "--json"]
    found = json.loads(subprocess.check_output(listing, env=surroundings))
    elsewhere = [(m["name"], m["source"]) for m in found if m["source"] != "loom"]
    assert elsewhere == [("kit-Q8_0", "Hugging Face")]


def test_an_interrupted_download_goes_on_where_it_was(
    run: Run, surroundings: dict[str, str], content: bytes
) -> None:
    with running(Hub(REPO, {"kit.gguf": content}, stop_after=CHUNK + 1_000)) as hub:
        variables = {**surroundings, "HF_ENDPOINT": hub.url}
        with subprocess.Popen([*PULL, REPO], env=variables, stderr=subprocess.PIPE) as pulling:
            unfinished = blobs(surroundings) / f"{sha256(content).hexdigest()}.incomplete"
            hub.silent.wait()
            while not (unfinished.exists() and unfinished.stat().st_size):
                assert pulling.poll() is None
            pulling.send_signal(signal.SIGINT)
            assert pulling.stderr is not None
            assert b"Traceback" not in pulling.stderr.read()
        assert pulling.returncode == 130
        assert unfinished.read_bytes() == content[:CHUNK]
        hub.stop_after = None
        assert run(hub, REPO).returncode == 0
        assert hub.served == [("kit.gguf", 0), ("kit.gguf", CHUNK)]
    assert [path.read_bytes() for path in blobs(surroundings).iterdir()] == [content]


def test_a_connection_that_breaks_is_taken_up_again(run: Run, content: bytes) -> None:
    with running(Hub(REPO, {"kit.gguf": content}, cut_after=CHUNK + 1_000)) as hub:
        done = run(hub, REPO, "--json")
        assert done.returncode == 0, done.stderr
        assert hub.served == [("kit.gguf", 0), ("kit.gguf", CHUNK)]
        assert Path(json.loads(done.stdout)[0]["path"]).read_bytes() == content


def test_a_split_model_is_fetched_whole(run: Run, story_base: Path, tmp_path: Path) -> None:
    parts = split_model(story_base, tmp_path / "story", n_tensors=20)
    files = {f"Q8/{part.name}": part.read_bytes() for part in parts}
    with running(Hub(REPO, files)) as hub:
        done = run(hub, f"{REPO}:{parts[1].name}", "--json")
        assert done.returncode == 0, done.stderr
        assert [name for name, _ in hub.served] == list(files)
    (model,) = json.loads(done.stdout)
    assert (model["name"], model["n_files"]) == ("story", 3)
    assert Path(model["path"]).name == parts[0].name


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"repo": "org/other"}, f"There is no {REPO} on the hub"),
        ({"status": 403}, "The hub answered 403"),
        ({"tampered": True}, "damaged on the way"),
    ],
)
def test_what_the_hub_does_wrong_is_told_in_a_sentence(
    how: dict[str, object], said: str, run: Run, surroundings: dict[str, str]
) -> None:
    with running(Hub(**{"repo": REPO, "files": {"kit.gguf": b"GGUF" * 9}, **how})) as hub:
        done = run(hub, REPO)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not blobs(surroundings).exists() or not list(blobs(surroundings).iterdir())


def test_going_offline_is_respected(run: Run) -> None:
    with running(Hub(REPO, {"kit.gguf": b"GGUF"})) as hub:
        done = run(hub, REPO, HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE forbids" in done.stderr
    assert hub.served == []


def test_two_programs_do_not_write_the_same_file(
    run: Run, surroundings: dict[str, str], content: bytes
) -> None:
    folder = Path(surroundings["HF_HOME"], "hub", ".locks", "models--org--kit-GGUF")
    folder.mkdir(parents=True)
    with (
        running(Hub(REPO, {"kit.gguf": content})) as hub,
        FileLock(folder / f"{sha256(content).hexdigest()}.lock"),
    ):
        done = run(hub, REPO)
    assert "being downloaded by another program" in done.stderr
    assert hub.served == []


def test_a_full_disk_is_told_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loom.models import hub_download

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 0, 3 * 2**30))
    hub_download._check_room(tmp_path, 3 * 2**30)
    with pytest.raises(LoomError, match=r"room for 3\.0 GiB, the model needs 4\.0 GiB"):
        hub_download._check_room(tmp_path, 4 * 2**30)


def test_without_the_extra_the_line_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(LoomError) as caught:
        pull(REPO)
    assert "pip install 'multiverse-loom[hub]'" in caught.value.remedy


def test_nothing_loads_the_extra_until_it_is_asked_for() -> None:
    asked = "import sys, loom.session.model_listing; print('huggingface_hub' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", asked], text=True) == "False\n"


FILES = [
    HubFile(path, 1)
    for path in (
        "README.md",
        "kit-Q4_K_M.gguf",
        "kit-Q4_K_S.gguf",
        "kit-IQ4_XS.gguf",
        "BF16/kit-BF16-00002-of-00002.gguf",
        "BF16/kit-BF16-00001-of-00002.gguf",
        "mmproj-F16.gguf",
    )
]


@pytest.mark.parametrize(
    ("which", "paths"),
    [
        ("Q4_K_M", ["kit-Q4_K_M.gguf"]),
        ("q4_k_s", ["kit-Q4_K_S.gguf"]),
        ("kit-IQ4_XS.gguf", ["kit-IQ4_XS.gguf"]),
        ("kit-iq4_xs", ["kit-IQ4_XS.gguf"]),
        ("bf16", [f"BF16/kit-BF16-0000{n}-of-00002.gguf" for n in (1, 2)]),
        (
            "BF16/kit-BF16-00002-of-00002.gguf",
            [f"BF16/kit-BF16-0000{n}-of-00002.gguf" for n in (1, 2)],
        ),
        ("mmproj-F16", ["mmproj-F16.gguf"]),
    ],
)
def test_one_model_is_meant(which: str, paths: list[str]) -> None:
    chosen = choose(parse_wanted(f"{REPO}:{which}"), FILES)
    assert [file.path for file in chosen] == paths


@pytest.mark.parametrize(
    ("text", "files", "said"),
    [
        (REPO, FILES, "kit-Q4_K_M, kit-Q4_K_S, kit-IQ4_XS, kit-BF16."),
        (f"{REPO}:Q4_K", FILES, "2 models called Q4_K"),
        (f"{REPO}:kit", FILES, "4 models called kit"),
        (f"{REPO}:F16", FILES, "no model called F16"),
        (REPO, FILES[:1], "has no GGUF files"),
        (f"{REPO}:BF16", [FILES[4]], "lacks 1 of the 2 parts"),
    ],
)
def test_what_is_unclear_is_answered_with_what_there_is(
    text: str, files: list[HubFile], said: str
) -> None:
    with pytest.raises(ModelFileError) as caught:
        choose(parse_wanted(text), files)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["kit", "a/b/c", "", "a/", "/b", "a b/c", "https://x/y"])
def test_what_is_no_name_on_the_hub_is_told_so(text: str) -> None:
    with pytest.raises(ModelFileError, match="does not name a model on the Hugging Face hub"):
        pull(text)
