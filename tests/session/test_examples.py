"""The sessions that come with loom: offered, copied, whole, and as good as they say."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from loom.convergence.joins import find_joins
from loom.engine.process import connect_to_child
from loom.errors import SessionFileError, UsageError
from loom.paths import bundled_file
from loom.session.choosing import session_choices
from loom.session.examples import EXAMPLES, STARTER, copied_example, example_rows
from loom.session.judging.telling import told_of
from loom.session.opening import open_any
from loom.session.reading import read_tree
from loom.session.session import Session
from loom.session.verifying import verify
from tests.session.conftest import ScriptedModel

ROOT = Path(__file__).parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_example_is_there_in_the_wheel_and_nothing_else_is() -> None:
    there = {path.name for path in (ROOT / "sessions").iterdir()}
    assert there == {f"{name}.loom" for name in EXAMPLES}
    for name in EXAMPLES:
        assert bundled_file(f"{name}.loom").is_file()
        assert f'"sessions/{name}.loom" = "loom/bundled/{name}.loom"' in PYPROJECT
    assert sum(bundled_file(name).stat().st_size for name in there) < 4_000_000


def test_opening_one_opens_a_copy_and_the_bundled_file_stays(
    loom_home: Path, model: ScriptedModel
) -> None:
    before = digest(bundled_file("story.loom"))
    path = copied_example("story")
    assert path == loom_home / "sessions" / "story.loom"
    session = open_any(path, model.connect)
    session.write(session.tree.root_ids[0], " And then?")
    session.close()
    assert digest(bundled_file("story.loom")) == before
    # What was done in the copy is there the next time.
    assert copied_example("story") == path
    again = open_any(path, model.connect)
    assert any(node.text == b" And then?" for node in again.tree)
    again.close()


def test_the_first_start_opens_the_starter_and_offers_the_others(
    loom_home: Path, model: ScriptedModel
) -> None:
    assert [choice.path for choice in session_choices()] == [None] * len(EXAMPLES)
    session = open_any(None, model.connect)
    session.close()
    first, *others = session_choices()
    assert first.path == session.path == loom_home / "sessions" / f"{STARTER}.loom"
    assert [choice.name for choice in others] == [name for name in EXAMPLES if name != STARTER]
    assert others[0].opened().is_file()
    assert [row.copy is not None for row in example_rows()] == [True, True, False, False, False]


def test_a_session_that_cannot_be_read_is_offered_with_its_reason(loom_home: Path) -> None:
    folder = loom_home / "sessions"
    folder.mkdir(parents=True)
    (folder / "broken.loom").write_bytes(b"SQLite format 3\0 and nothing else")
    (broken,) = (choice for choice in session_choices() if choice.path is not None)
    assert broken.name == "broken"
    assert broken.problem


def test_what_is_no_example_is_told(loom_home: Path) -> None:
    with pytest.raises(UsageError, match="There are starter, story"):
        copied_example("tale")


def test_a_folder_that_cannot_be_made_is_told(loom_home: Path) -> None:
    loom_home.mkdir(exist_ok=True)
    (loom_home / "sessions").write_text("a file")
    with pytest.raises(SessionFileError, match="cannot be written"):
        copied_example("story")


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_is_whole_and_came_from_the_bundled_models(name: str, tmp_path: Path) -> None:
    said: list[str] = []
    found = verify(bundled_file(f"{name}.loom"), connect_to_child(tmp_path / "log"), said.append)
    assert found.is_sound, said
    assert not found.findings
    assert not found.unchecked
    assert found.seals == "whole"
    assert all(model.is_same for model in found.models)
    assert found.rescored
    assert found.resampled


def test_the_story_has_each_way_of_meeting_and_a_note_on_it() -> None:
    tree = read_tree(bundled_file("story.loom"))
    joins = told_of(tree, find_joins(tree), tree.judged)
    judged = [join for join in joins if join.verdict in ("joined", "apart")]
    for kind, name in (
        ("full", "full join"),
        ("paraphrase", "paraphrase"),
        ("hidden", "hidden join"),
        ("look_alike", "look-alike"),
    ):
        is_noted = [n for n in tree.marked_ids if tree.marks(n).note.startswith(f"A {name}.")]
        assert len(is_noted) == 1
        assert any(join.kind == kind and is_noted[0] in join.nodes for join in judged)


def test_the_chat_model_has_a_favourite_number_and_the_base_model_has_none() -> None:
    tree = read_tree(bundled_file("numbers.loom"))
    counts = {}
    for root in tree.root_ids:
        answers = [tree.node(node_id).text for node_id in tree.child_ids(root)]
        models = {tree.node(node_id).author for node_id in tree.child_ids(root)}
        assert len(models) == 1
        counts[models.pop()] = sum(answer.startswith(b"97") for answer in answers), len(answers)
    assert counts["story-base"][1] == counts["story-chat"][1]
    assert counts["story-chat"][0] > 3 * counts["story-base"][0]


def test_the_toast_comes_back_from_the_dark() -> None:
    tree = read_tree(bundled_file("wedding.loom"))
    pushed = [n for n in tree if "pushed" in {tag.name for tag in tree.marks(n.id).tags}]
    assert len(pushed) == 2
    for node in pushed:
        below = [tree.node(node_id) for node_id in tree.child_ids(node.id)]
        n_back = sum(b"the old joke" in below_it.text for below_it in below if below_it.request_id)
        assert f"{n_back} of {sum(bool(b.request_id) for b in below)} branches" in (
            tree.marks(node.id).note
        )


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_other_words_of_an_example_are_spelled_wherever_loom_is(
    name: str, loom_home: Path
) -> None:
    with closing(Session.open(copied_example(name), connect_to_child)) as session:
        branch = next(node for node in session.tree if node.request_id is not None)
        session.laws.look([branch.id])
        session.laws._reader.submit(lambda: None).result()
        laws = session.laws.of(branch.id)
        assert laws is not None
        assert all(choice.piece is not None for choice in laws.law(0).choices)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_names_no_folder_of_the_machine_it_was_made_on(name: str) -> None:
    tree = read_tree(ROOT / "sessions" / f"{name}.loom")
    models = [known.model for known in tree.provenance.values()]
    assert models
    assert {model.path for model in models} == {model.name for model in models}
