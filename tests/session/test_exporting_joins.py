"""What leaves loom tells of joins what the app tells of them."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import pytest

from loom.convergence.denying import places_of
from loom.formats.choice import Choice
from loom.session.data_exporting import write_data
from loom.session.judging.telling import joins_of
from loom.session.reading import read_tree
from loom.tree.changes import JoinDenied
from loom.tree.graph import Tree
from tests.replay.test_tape import SESSIONS

(STORY,) = (path for path in SESSIONS if path.stem == "story")


@pytest.fixture
def tree() -> Tree:
    return read_tree(STORY)


def test_roads_that_were_judged_are_roads_of_the_graph(tree: Tree, tmp_path: Path) -> None:
    roads = {f"road {join.id}" for join in joins_of(tree) if join.verdict == "joined"}
    out = tmp_path / "roads.graphml"
    write_data(STORY, tree, "graphml-roads", Choice(), out)
    graph = nx.read_graphml(out)
    assert roads
    assert {name for name in graph if name.startswith("road ")} == roads
    assert all(graph.in_degree(name) > 1 for name in roads)


def test_a_join_that_a_person_denies_is_none_in_an_export(tree: Tree) -> None:
    first = next(join for join in joins_of(tree) if join.verdict == "joined")
    tree.apply(JoinDenied(1.0, first.nodes[0], places_of(first)))
    assert first.id not in {join.id for join in joins_of(tree)}


def test_a_write_up_calls_a_join_by_the_letter_of_the_app(tree: Tree, tmp_path: Path) -> None:
    from tests.cli.test_library import run

    out = tmp_path / "story.md"
    run("export", STORY, "-o", out)
    text = out.read_text(encoding="utf-8")
    letters = {join.mark for join in joins_of(tree) if join.verdict == "joined"}
    shown = set(re.findall(r"\b[A-Z]\b", text))
    assert len(letters & shown) > 5
    assert "where branches meet" in text
